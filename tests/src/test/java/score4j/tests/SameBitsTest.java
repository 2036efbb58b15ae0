package score4j.tests;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.stream.Stream;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

/// Same key, same bits: the numbers depend neither on threads nor on kernels, the width of vectors
/// or the compiler. Prints the hashes, one for each kind of number.
@Tag("fork")
class SameBitsTest {
  private static final String VECTOR = "--add-modules=jdk.incubator.vector";
  private static final int PARTICLES = 10_000;

  /// A virtual machine to run [BitsProgram] in.
  ///
  /// @param kernels what its log must name
  record Machine(String kernels, int threads, int particles, List<String> options) {
    static Machine of(String kernels, int threads, String... options) {
      return new Machine(kernels, threads, PARTICLES, List.of(options));
    }

    /// Slow: a few particles only, which are the first of the many elsewhere.
    static Machine slow(String... options) {
      return new Machine("scalar", 1, 50, List.of(options));
    }

    Jvm.Output run() throws Exception {
      List<String> arguments = new ArrayList<>();
      // options of another processor's virtual machine change nothing here
      arguments.add("-XX:+IgnoreUnrecognizedVMOptions");
      arguments.addAll(options);
      arguments.addAll(List.of("-cp", System.getProperty("java.class.path")));
      arguments.add(BitsProgram.class.getName());
      arguments.add(Integer.toString(threads));
      arguments.add(Integer.toString(particles));
      return Jvm.java(Jvm.home(), arguments);
    }
  }

  private static final List<Machine> MACHINES =
      List.of(
          Machine.of("scalar", 1, "-Dscore4j.kernels=scalar"),
          Machine.of("scalar", 2, "-Dscore4j.kernels=scalar"),
          Machine.of("scalar", 1),
          Machine.of("vector", 1, VECTOR, "-Dscore4j.kernels=vector"),
          Machine.of("vector", 2, VECTOR, "-Dscore4j.kernels=vector"),
          Machine.of("vector", 2, VECTOR),
          Machine.of("vector", 1, VECTOR, "-XX:UseAVX=2"),
          Machine.of("vector", 2, VECTOR, "-XX:UseAVX=3"),
          Machine.of("vector", 1, VECTOR, "-XX:MaxVectorSize=16"),
          Machine.slow(VECTOR, "-Xint"),
          Machine.slow(VECTOR, "-XX:TieredStopAtLevel=1"));

  @Test
  void sameKeySameBits() throws Exception {
    Map<String, String> bits = new TreeMap<>();
    for (Machine machine : MACHINES) {
      Jvm.Output output = machine.run();
      assertThat(output.log()).as("log of %s", machine).hasSize(1);
      assertThat(output.log().getFirst())
          .as("log of %s", machine)
          .contains("kernels: " + machine.kernels());
      Map<String, String> mine = hashes(output);
      assertThat(mine).as("what %s computes", machine).hasSize(machine.particles() > 50 ? 6 : 5);
      mine.forEach((what, hash) -> bits.putIfAbsent(what, hash));
      assertThat(bits).as("what %s computes", machine).containsAllEntriesOf(mine);
      System.out.println(mine.values() + " " + output.log() + " " + machine);
    }
    bits.forEach((what, hash) -> System.out.println("same bits in all: " + what + " " + hash));
  }

  /// The last word of each line by the words before it. The virtual machine may put warnings of its
  /// own between them.
  private static Map<String, String> hashes(Jvm.Output output) {
    Map<String, String> hashes = new TreeMap<>();
    for (String line : output.out()) {
      if (Stream.of("gradients ", "traced ", "parameters ", "particles ", "diffusion ")
          .anyMatch(line::startsWith)) {
        int space = line.lastIndexOf(' ');
        hashes.put(line.substring(0, space), line.substring(space + 1));
      }
    }
    return hashes;
  }
}
