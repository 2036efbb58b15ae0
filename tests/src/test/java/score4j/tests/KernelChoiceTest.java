package score4j.tests;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/// Which kernels a virtual machine gets for its options, and that the log says why in one line.
@Tag("fork")
class KernelChoiceTest {
  private static Jvm.Output run(String options) throws Exception {
    List<String> arguments = new ArrayList<>();
    for (String option : options.split(" ", -1)) {
      // short names, so that the table below stays readable
      arguments.add(
          switch (option) {
            case "module" -> "--add-modules=jdk.incubator.vector";
            case "scalar", "vector", "auto", "simd" -> "-Dscore4j.kernels=" + option;
            default -> option;
          });
    }
    arguments.addAll(List.of("-cp", System.getProperty("java.class.path")));
    arguments.add(KernelNameProgram.class.getName());
    return Jvm.tryJava(Jvm.home(), arguments);
  }

  @ParameterizedTest
  @CsvSource({
    "module,                          vector, kernels: vector-",
    "module auto,                     vector, kernels: vector-",
    "module vector,                   vector, kernels: vector-",
    "module scalar,                   scalar, -Dscore4j.kernels=scalar asks for them",
    "auto,                            scalar, --add-modules jdk.incubator.vector",
    "module -Xint,                    scalar, C2 compiler is off",
    "module -XX:TieredStopAtLevel=1,  scalar, C2 compiler is off",
    "module -XX:-UseFMA,              scalar, WARNING",
  })
  void choosesAndSaysWhy(String options, String kernels, String log) throws Exception {
    Jvm.Output output = run(options);
    assertThat(output.exit()).as("%s", output).isZero();
    assertThat(output.out()).hasSize(1).allMatch(line -> line.startsWith(kernels));
    assertThat(output.log()).hasSize(1).allMatch(line -> line.contains(log));
  }

  @ParameterizedTest
  @CsvSource({
    "vector,                          jdk.incubator.vector",
    "module vector -Xint,             C2 compiler is off",
    "module vector -XX:-UseFMA,       fused multiply-add",
    "simd,                            'auto, scalar or vector but was simd'",
  })
  void refusesWhatCannotBeMet(String options, String reason) throws Exception {
    Jvm.Output output = run(options);
    assertThat(output.exit()).as("%s", output).isNotZero();
    assertThat(output.out()).isEmpty();
    assertThat(output.err())
        .anyMatch(line -> line.contains("score4j.kernels") && line.contains(reason));
  }
}
