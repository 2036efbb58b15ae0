package score4j.bench.report;

import java.io.IOException;
import java.lang.management.ManagementFactory;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.ZoneOffset;
import java.time.ZonedDateTime;
import java.time.format.DateTimeFormatter;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import score4j.internal.kernel.KernelChoice;

/// Where and when the numbers were taken; as far as Linux tells, elsewhere less.
final class Stamp {
  static final String BENCHMARK = "report.Stamp";

  private static final List<String> FLAGS = List.of("fma", "avx2", "avx512f", "amx_tile");

  private Stamp() {}

  /// What is known now, in the order to show it.
  ///
  /// @param command what was asked for
  static Map<String, String> now(String command) {
    Map<String, String> facts = new LinkedHashMap<>();
    facts.put(
        "date",
        ZonedDateTime.now(ZoneOffset.UTC)
            .format(DateTimeFormatter.ofPattern("uuuu-MM-dd HH:mm 'UTC'", Locale.ROOT)));
    facts.put("command", command);
    facts.put("processor", processor());
    facts.put("flags", flags());
    facts.put("cores", Integer.toString(Runtime.getRuntime().availableProcessors()));
    facts.put("governor", first("/sys/devices/system/cpu/cpu0/cpufreq/scaling_governor"));
    facts.put("load", load());
    facts.put("system", System.getProperty("os.name") + " " + System.getProperty("os.arch"));
    facts.put(
        "java",
        System.getProperty("java.vendor")
            + " "
            + Runtime.version()
            + ", "
            + System.getProperty("java.vm.name"));
    facts.put(
        "options",
        ManagementFactory.getRuntimeMXBean().getInputArguments().stream()
            .filter(option -> !option.contains("/"))
            .collect(Collectors.joining(" ")));
    facts.put("kernels", KernelChoice.kernels().name());
    return facts;
  }

  /// The load average of a minute.
  static String load() {
    double load = ManagementFactory.getOperatingSystemMXBean().getSystemLoadAverage();
    return load < 0 ? "unknown" : "%.1f".formatted(load);
  }

  private static String processor() {
    String model = cpuinfo("model name");
    return model.isEmpty()
        ? System.getProperty("os.arch")
        : "%s, family %s, model %s".formatted(model, cpuinfo("cpu family"), cpuinfo("model"));
  }

  private static String flags() {
    List<String> all = List.of(cpuinfo("flags").split(" ", -1));
    return all.size() < 2
        ? "unknown"
        : FLAGS.stream()
            .map(flag -> all.contains(flag) ? flag : "no " + flag)
            .collect(Collectors.joining(", "));
  }

  private static String cpuinfo(String key) {
    try (Stream<String> lines = Files.lines(Path.of("/proc/cpuinfo"))) {
      return lines
          .map(line -> line.split(":", 2))
          .filter(parts -> parts.length == 2 && parts[0].strip().equals(key))
          .map(parts -> parts[1].strip())
          .findFirst()
          .orElse("");
    } catch (IOException e) {
      return "";
    }
  }

  private static String first(String file) {
    try {
      return Files.readString(Path.of(file)).strip();
    } catch (IOException e) {
      return "unknown";
    }
  }
}
