package score4j.bench.train;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.Locale;
import score4j.Threads;
import score4j.bench.Workload;
import score4j.nn.JetEngine;
import score4j.rng.Key;

/// How soon a new JVM steps at full speed: every step of workload W1 on one thread, from the start
/// of the process.
///
/// ```text
/// java --add-modules jdk.incubator.vector -cp bench/target/benchmarks.jar \
///   score4j.bench.train.WarmUpCurve curve.csv [seconds, 5] [epoch ms of the start]
/// ```
/// With Java's ahead-of-time cache: `-XX:AOTCacheOutput=score4j.aot` in a first run makes it,
/// `-XX:AOTCache=score4j.aot` in a second uses it. Java 25 takes neither the graph of modules nor
/// the profiles of methods into such a cache when an incubating module is added (`-Xlog:aot` says
/// so while it is made), so it saves some loading of classes and no compilation.
///
/// A line of the file is a step: when it ended and how long it took, in ms. Nothing is compiled or
/// warmed up on purpose before the first.
public final class WarmUpCurve {
  private static final int MOST = 1 << 18;

  private WarmUpCurve() {}

  /// Steps for some seconds and writes the times.
  public static void main(String[] args) throws IOException {
    long now = System.currentTimeMillis();
    long clock = System.nanoTime();
    double seconds = args.length > 1 ? Double.parseDouble(args[1]) : 5;
    long start =
        args.length > 2
            ? Long.parseLong(args[2])
            : ProcessHandle.current().info().startInstant().orElseThrow().toEpochMilli();
    double before = now - start;
    double[] end = new double[MOST];
    double[] took = new double[MOST];
    int steps = 0;
    Workload workload = Workload.named("W1");
    float[] gradient = new float[workload.parameters().size()];
    try (JetEngine engine = workload.engine(Threads.ONE)) {
      long from = System.nanoTime();
      do {
        engine.lossAndGradient(workload.parameters(), workload.x(), Key.of(steps), gradient);
        long to = System.nanoTime();
        end[steps] = before + 1e-6 * (to - clock);
        took[steps] = 1e-6 * (to - from);
        from = to;
        steps++;
      } while (steps < MOST && end[steps - 1] < 1e3 * seconds);
    }
    StringBuilder lines = new StringBuilder("end_ms,step_ms\n");
    for (int i = 0; i < steps; i++) {
      lines.append(String.format(Locale.ROOT, "%.3f,%.4f%n", end[i], took[i]));
    }
    Path file = Path.of(args[0]);
    Path part = Path.of(args[0] + ".part");
    Files.writeString(part, lines);
    Files.move(part, file, StandardCopyOption.REPLACE_EXISTING);
  }
}
