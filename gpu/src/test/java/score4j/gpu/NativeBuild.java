package score4j.gpu;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.ArrayList;
import java.util.HexFormat;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.regex.Pattern;
import java.util.stream.Stream;

/// What the tests compile with g++, into `target/native`, again only when a source has changed.
final class NativeBuild {
  private static final Path MODULE = Path.of(System.getProperty("basedir", "")).toAbsolutePath();
  private static final Path SOURCES = MODULE.resolve("src/test/native");
  static final Path CUDA = MODULE.resolve("src/main/cuda");
  private static final Path OUT = MODULE.resolve("target/native");

  private static final Pattern KERNEL =
      Pattern.compile(
          "^extern \"C\" __global__ void (?:__launch_bounds__\\([^)]*\\) )?(\\w+)\\(",
          Pattern.MULTILINE);

  /// What the compiler says of its version and of what this processor has, for which it compiles: a
  /// folder that came from another machine, or a newer compiler, is reason to compile again.
  private static final class Compiler {
    static final String SAYS =
        said("g++", "--version") + said("g++", "-march=native", "-Q", "--help=target");

    private static String said(String... command) {
      try {
        Process process = new ProcessBuilder(command).redirectErrorStream(true).start();
        String said = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
        if (process.waitFor() != 0) {
          throw new AssertionError(String.join(" ", command) + "\n" + said);
        }
        return said;
      } catch (IOException e) {
        throw new UncheckedIOException(e);
      } catch (InterruptedException e) {
        throw new AssertionError(e);
      }
    }
  }

  private NativeBuild() {}

  /// Whether there is a compiler, on a system that has shared libraries of the kind we make.
  static boolean possible() {
    return isLinux() && onPath("g++");
  }

  /// Whether this is Linux on x86-64, for which JCuda has its libraries.
  static boolean isLinux() {
    return "Linux".equals(System.getProperty("os.name"))
        && "amd64".equals(System.getProperty("os.arch"));
  }

  static boolean onPath(String program) {
    return Stream.of(Optional.ofNullable(System.getenv("PATH")).orElse("").split(":"))
        .anyMatch(folder -> Files.isExecutable(Path.of(folder, program)));
  }

  /// Leaves out a test, or all of a class, where this is not possible.
  static void need(String what) {
    LeftOut.unless(possible(), what, "they need Linux on x86-64 and g++");
  }

  /// A file of the tests' sources.
  static Path source(String name) {
    return SOURCES.resolve(name);
  }

  /// The driver whose card is the CPU, without kernels.
  static Path driver() {
    return library(
        "libcuda.so.1",
        List.of(SOURCES.resolve("fake_cuda.cpp"), SOURCES.resolve("fake_kernels.h")),
        List.of("-O1", "-Wl,-soname,libcuda.so.1", "fake_cuda.cpp", "-ldl", "-pthread"));
  }

  /// The kernels of a mode, compiled for this processor, where the driver looks for them.
  static Path kernels(Arithmetic arithmetic) {
    String mode = arithmetic.name().toLowerCase(Locale.ROOT);
    List<Path> sources = new ArrayList<>(cuda());
    Path list = OUT.resolve("kernels.inc");
    try {
      StringBuilder lines = new StringBuilder();
      String included = Files.readString(CUDA.resolve("kernels.cu"));
      for (Path source : cuda()) {
        if (!included.contains('"' + source.getFileName().toString() + '"')) {
          continue;
        }
        KERNEL
            .matcher(Files.readString(source))
            .results()
            .forEach(found -> lines.append("KERNEL(").append(found.group(1)).append(")\n"));
      }
      write(list, lines.toString());
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
    sources.add(list);
    Stream.of("fake_kernels.cpp", "fake_kernels.h", "cuda_cpu_shim.h")
        .map(SOURCES::resolve)
        .forEach(sources::add);
    // -Bsymbolic: the C library has functions of the same names, such as `step`
    List<String> arguments =
        new ArrayList<>(
            List.of(
                "-O2",
                "-Wl,-Bsymbolic",
                "-march=native",
                "-ffp-contract=off",
                "-Wno-unknown-pragmas"));
    if (arithmetic == Arithmetic.FAST) {
      arguments.add("-DFAST");
    }
    arguments.addAll(
        List.of("-I" + CUDA, "-I" + SOURCES, "-I" + OUT, "fake_kernels.cpp", "-pthread"));
    return library("libkernels-" + mode + ".so", sources, arguments);
  }

  /// A program of one file, which tests kernels through the shim.
  ///
  /// @param arithmetic the mode of the kernels
  static Path program(String file, Arithmetic arithmetic) {
    String mode = arithmetic.name().toLowerCase(Locale.ROOT);
    return program(
        file,
        file.replace(".cpp", "-" + mode),
        CUDA,
        arithmetic == Arithmetic.FAST ? List.of("-DFAST") : List.of());
  }

  /// The sources of the kernels with faults in them, each behind its switch.
  static Path planted(List<Fault> faults) throws IOException {
    Path folder = OUT.resolve("planted");
    Fault.plant(faults, folder);
    return folder;
  }

  /// A program of reproducible kernels with faults.
  ///
  /// @param planted the kernels' sources
  static Path program(String file, Path planted) {
    return program(
        file, file.replace(".cpp", "-planted"), planted, List.of("-include", "planted.h"));
  }

  private static Path program(String file, String name, Path cuda, List<String> options) {
    List<Path> sources = new ArrayList<>(cuda(cuda));
    sources.add(SOURCES.resolve(file));
    sources.addAll(files(SOURCES, ".*\\.h"));
    List<String> arguments =
        new ArrayList<>(
            List.of("-O1", "-march=native", "-ffp-contract=off", "-Wno-unknown-pragmas"));
    arguments.addAll(options);
    arguments.addAll(List.of("-I" + cuda, "-I" + SOURCES, file, "-pthread"));
    return built(name, sources, arguments);
  }

  private static Path library(String name, List<Path> sources, List<String> arguments) {
    List<String> all = new ArrayList<>(List.of("-shared", "-fPIC"));
    all.addAll(arguments);
    return built(name, sources, all);
  }

  /// Writes a file that others may be reading, unless it is there.
  private static synchronized void write(Path file, String text) throws IOException {
    Files.createDirectories(OUT);
    if (!Files.exists(file) || !Files.readString(file).equals(text)) {
      Files.writeString(file, text);
    }
  }

  /// The sources of the kernels, in the order of their names.
  static List<Path> cuda() {
    return cuda(CUDA);
  }

  private static List<Path> cuda(Path folder) {
    return files(folder, ".*\\.cuh?");
  }

  private static List<Path> files(Path folder, String names) {
    try (Stream<Path> files = Files.list(folder)) {
      return files.filter(file -> file.toString().matches(names)).sorted().toList();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  private static Path built(String name, List<Path> sources, List<String> arguments) {
    Path library = OUT.resolve(name);
    Path stamp = OUT.resolve(name + ".sha256");
    List<String> command = new ArrayList<>(List.of("g++", "-std=c++17"));
    command.addAll(arguments);
    command.addAll(List.of("-o", library.toString()));
    try {
      String hash = hash(sources, command, Compiler.SAYS);
      if (Files.exists(library) && Files.exists(stamp) && Files.readString(stamp).equals(hash)) {
        return library;
      }
      Files.createDirectories(OUT);
      Path log = OUT.resolve(name + ".log");
      int exit =
          new ProcessBuilder(command)
              .directory(SOURCES.toFile())
              .redirectErrorStream(true)
              .redirectOutput(log.toFile())
              .start()
              .waitFor();
      if (exit != 0) {
        throw new AssertionError(String.join(" ", command) + "\n" + Files.readString(log));
      }
      Files.writeString(stamp, hash);
      return library;
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    } catch (InterruptedException e) {
      throw new AssertionError(e);
    }
  }

  private static String hash(List<Path> sources, List<String> command, String compiler)
      throws IOException {
    try {
      MessageDigest digest = MessageDigest.getInstance("SHA-256");
      digest.update(String.join(" ", command).getBytes(StandardCharsets.UTF_8));
      digest.update(compiler.getBytes(StandardCharsets.UTF_8));
      for (Path source : sources) {
        digest.update(Files.readAllBytes(source));
      }
      return HexFormat.of().formatHex(digest.digest());
    } catch (NoSuchAlgorithmException e) {
      throw new AssertionError(e);
    }
  }
}
