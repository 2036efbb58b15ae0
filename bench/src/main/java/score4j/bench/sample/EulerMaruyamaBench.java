package score4j.bench.sample;

import java.util.concurrent.TimeUnit;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.BenchmarkMode;
import org.openjdk.jmh.annotations.Fork;
import org.openjdk.jmh.annotations.Measurement;
import org.openjdk.jmh.annotations.Mode;
import org.openjdk.jmh.annotations.OutputTimeUnit;
import org.openjdk.jmh.annotations.Scope;
import org.openjdk.jmh.annotations.Setup;
import org.openjdk.jmh.annotations.State;
import org.openjdk.jmh.annotations.Warmup;
import score4j.array.Batch;
import score4j.rng.Key;
import score4j.rng.Noise;
import score4j.solve.EulerMaruyama;

/// A thousand Euler–Maruyama steps of one number with given noise: dX = dW, and dX = −X dt + dW.
///
/// The mark is 24 µs, a plain loop of another library on another machine (patrick-kidger/diffrax
/// issue 517, float32).
///
/// ```text
/// mvn -q -pl bench -am package -DskipTests exec:exec -Dbench.args=EulerMaruyamaBench
/// ```
@State(Scope.Thread)
@BenchmarkMode(Mode.AverageTime)
@OutputTimeUnit(TimeUnit.MICROSECONDS)
@Warmup(iterations = 3, time = 1)
@Measurement(iterations = 5, time = 1)
@Fork(1)
public class EulerMaruyamaBench {
  private static final int STEPS = 1000;

  private final EulerMaruyama scheme = new EulerMaruyama();
  private final double[] path = new double[STEPS + 1];
  private float[] noise = {};

  /// Draws the noise and checks that the end of dX = dW is its sum.
  @Setup
  public void setup() {
    Batch z = Noise.normals(Key.of(1), STEPS, 1);
    noise = z.data();
    double sum = 0;
    for (float number : noise) {
      sum += number * Math.sqrt(1.0 / STEPS);
    }
    double end = wiener()[STEPS];
    // a thousand roundings of numbers of size 1
    if (!(Math.abs(end - sum) <= 1e-12)) {
      throw new IllegalStateException("the end is %s but must be %s".formatted(end, sum));
    }
  }

  /// dX = dW.
  @Benchmark
  public double[] wiener() {
    scheme.path((x, t) -> 0, t -> 1, 0, 1, 0, noise, path);
    return path;
  }

  /// dX = −X dt + dW.
  @Benchmark
  public double[] ornsteinUhlenbeck() {
    scheme.path((x, t) -> -x, t -> 1, 0, 1, 0, noise, path);
    return path;
  }
}
