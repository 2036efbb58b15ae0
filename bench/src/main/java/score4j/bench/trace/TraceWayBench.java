package score4j.bench.trace;

import java.util.Arrays;
import java.util.concurrent.TimeUnit;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.BenchmarkMode;
import org.openjdk.jmh.annotations.Fork;
import org.openjdk.jmh.annotations.Measurement;
import org.openjdk.jmh.annotations.Mode;
import org.openjdk.jmh.annotations.OutputTimeUnit;
import org.openjdk.jmh.annotations.Param;
import org.openjdk.jmh.annotations.Scope;
import org.openjdk.jmh.annotations.Setup;
import org.openjdk.jmh.annotations.State;
import org.openjdk.jmh.annotations.TearDown;
import org.openjdk.jmh.annotations.Warmup;
import score4j.Threads;
import score4j.array.Batch;
import score4j.array.Parameters;
import score4j.bench.Variant;
import score4j.nn.Activation;
import score4j.nn.Forms;
import score4j.nn.Head;
import score4j.nn.Init;
import score4j.nn.JetEngine;
import score4j.nn.Mlp;
import score4j.nn.Tile;
import score4j.rng.Key;
import score4j.rng.Noise;

/// The two ways to the exact trace, each asked for by name: what the library's choice between them
/// is held to. Loss ½‖s‖² + tr and gradient over 256 samples, softplus, one thread.
///
/// ```text
/// mvn -q -pl bench -am package -DskipTests exec:exec -Dbench.args=TraceWay
/// ```
@State(Scope.Thread)
@BenchmarkMode(Mode.AverageTime)
@OutputTimeUnit(TimeUnit.MICROSECONDS)
@Warmup(iterations = 3, time = 500, timeUnit = TimeUnit.MILLISECONDS)
@Measurement(iterations = 5, time = 300, timeUnit = TimeUnit.MILLISECONDS)
@Fork(value = 1, jvmArgsPrepend = "--add-modules=jdk.incubator.vector")
public class TraceWayBench {
  private static final int ROWS = 256;

  /// Which kernels: the program sets them for the whole process.
  @Param({"scalar", "vector"})
  public String kernels = "";

  /// The sizes of the network.
  @Param({
    "2-64-2",
    "8-32-8",
    "32-256-32",
    "2-64-64-2",
    "2-256-256-2",
    "3-256-16-3",
    "8-128-128-8",
    "32-32-32-32",
    "2-64-128-64-2",
    "4-64-64-64-4",
    "8-64-8-64-8",
    "16-128-128-128-16",
    "32-64-64-64-32",
    "64-128-16-128-64",
    "16-64-64-64-64-16",
    "128-64-8-64-128",
    "256-64-64-64-256"
  })
  public String network = "";

  /// Around the narrowest layer, or unit vector by unit vector.
  @Param({"CYCLIC_TRACE", "DIAGONAL"})
  public Forms way = Forms.DIAGONAL;

  private Mlp mlp = Mlp.of(Activation.SOFTPLUS, 2, 2);
  private Parameters parameters = mlp.initialize(Init.GLOROT_UNIFORM, Key.of(1));
  private Batch x = Batch.zeros(0, 2);
  private float[] gradient = {};
  private JetEngine engine = new JetEngine(mlp, new Trace(Forms.DIAGONAL), Threads.ONE);

  /// Makes the engine and checks it against the other way.
  @Setup
  public void setup() {
    Variant.require(kernels);
    engine.close();
    int[] sizes = Arrays.stream(network.split("-")).mapToInt(Integer::parseInt).toArray();
    mlp = Mlp.of(Activation.SOFTPLUS, sizes);
    parameters = mlp.initialize(Init.GLOROT_UNIFORM, Key.of(1));
    x = Noise.normals(Key.of(2), ROWS, sizes[0]);
    gradient = new float[parameters.size()];
    float[] other = new float[parameters.size()];
    Forms otherWay = way == Forms.DIAGONAL ? Forms.CYCLIC_TRACE : Forms.DIAGONAL;
    try (JetEngine check = new JetEngine(mlp, new Trace(otherWay), Threads.ONE)) {
      check.lossAndGradient(parameters, x, Key.of(1), other);
    }
    engine = new JetEngine(mlp, new Trace(way), Threads.ONE);
    double loss = engine.lossAndGradient(parameters, x, Key.of(1), gradient);
    Variant.agree(kernels, "way-%s-%s".formatted(network, way), loss, gradient);
    double difference = 0;
    double largest = 0;
    for (int i = 0; i < other.length; i++) {
      difference = Math.max(difference, Math.abs((double) gradient[i] - other[i]));
      largest = Math.max(largest, Math.abs(other[i]));
    }
    if (!(difference <= 1e-4 * largest)) {
      throw new IllegalStateException(
          "the gradients of %s differ by %s of %s".formatted(network, difference, largest));
    }
  }

  /// Ends the threads of the engine.
  @TearDown
  public void close() {
    engine.close();
  }

  /// One loss and gradient.
  @Benchmark
  public double gradient() {
    return engine.lossAndGradient(parameters, x, Key.of(1), gradient);
  }

  /// ½‖s‖² + tr ∂s/∂x, the trace as one form or as the sum of D.
  private record Trace(Forms forms) implements Head {
    @Override
    public int tangents(int dim) {
      return forms == Forms.DIAGONAL ? dim : 1;
    }

    @Override
    public void prepare(Tile tile) {}

    @Override
    public void evaluate(Tile tile) {
      int n = tile.samples();
      System.arraycopy(tile.score(), 0, tile.scoreBar(), 0, n * tile.dim());
      Arrays.fill(tile.formsBar(), 0, n * tile.tangents(), 1f);
      for (int t = 0; t < n; t++) {
        double loss = 0;
        for (int d = t * tile.dim(); d < (t + 1) * tile.dim(); d++) {
          loss += 0.5 * tile.score()[d] * tile.score()[d];
        }
        for (int k = t * tile.tangents(); k < (t + 1) * tile.tangents(); k++) {
          loss += tile.forms()[k];
        }
        tile.losses()[t] = loss;
      }
    }
  }
}
