package score4j.bench;

import java.util.List;
import java.util.Map;
import java.util.SplittableRandom;
import java.util.stream.Stream;
import score4j.Threads;
import score4j.array.Batch;
import score4j.array.Parameters;
import score4j.nn.Activation;
import score4j.nn.JetEngine;
import score4j.nn.LossEngine;
import score4j.nn.Mlp;
import score4j.objective.Denoising;
import score4j.objective.ExactTrace;
import score4j.objective.Objective;
import score4j.objective.Regularized;
import score4j.objective.Sliced;
import score4j.objective.TracedEngine;
import score4j.rng.Key;

/// A network, a batch and a loss that anyone can make again: SplitMix64 by formula, so that other
/// libraries are timed on the same numbers.
///
/// ```text
/// U(seed, i) = (nextLong_i >>> 11)·2⁻⁵³, nextLong_i the i-th number of new SplittableRandom(seed)
/// W_l[i] = (float) ((2·U(100 + 2l, i) − 1)/√n_{l−1}),   b_l[i] with seed 101 + 2l,   l = 1 … L
/// x[i] = (float) (4·U(1, i) − 2)
/// ```
/// Names: W1 the ring's network, exact trace; W2 and W3 one hidden layer in one dimension, W3r
/// regularised; W4-D-exact, W4-D-m1, W4-D-m4 two hidden layers of 128 in D dimensions, exact trace
/// or 1 or 4 probes (W4-D-diagonal the exact trace without its short cut); W5a and W5b denoising,
/// W5b on pixels.
///
/// @param objective the loss of one step
public record Workload(Mlp mlp, Parameters parameters, Batch x, Objective objective) {
  /// The dimensions of W4.
  public static final List<Integer> DIMENSIONS = List.of(2, 8, 32, 128, 784);

  private static final Map<String, Double> KNOWN_LOSSES =
      Map.ofEntries(
          Map.entry("W1", -0.05191064613586483),
          Map.entry("W2", -0.12104121697741091),
          Map.entry("W3", 0.007866515037080343),
          Map.entry("W3r", 0.007877277033165039),
          Map.entry("W4-2-exact", 0.4454361576864556),
          Map.entry("W4-8-exact", 1.077241525980524),
          Map.entry("W4-32-exact", 2.5852521619438003),
          Map.entry("W4-128-exact", 11.063002392320415),
          Map.entry("W4-784-exact", 79.37878815024175));
  private static final Map<String, Double> KNOWN_NORMS =
      Map.ofEntries(
          Map.entry("W1", 1.4443787154228187),
          Map.entry("W2", 9.55381236522536),
          Map.entry("W3", 0.24755524360982578),
          Map.entry("W3r", 0.24799336464527139),
          Map.entry("W4-2-exact", 8.387532001824514),
          Map.entry("W4-8-exact", 13.147964749252392),
          Map.entry("W4-32-exact", 20.35987869246646),
          Map.entry("W4-128-exact", 43.35251037909122),
          Map.entry("W4-784-exact", 143.2370698780679));

  /// A step by its name.
  public static Workload named(String name) {
    return switch (name) {
      case "W1" -> of(new ExactTrace(), Activation.TANH, 512, 2, 64, 128, 64, 2);
      case "W2" -> of(new ExactTrace(), Activation.SOFTPLUS, 2048, 1, 1024, 1);
      case "W3" -> of(new ExactTrace(), Activation.SIGMOID, 1024, 1, 8, 1);
      case "W3r" -> of(new Regularized(0.1), Activation.SIGMOID, 1024, 1, 8, 1);
      case "W5a" -> of(new Denoising(0.1), Activation.TANH, 512, 2, 64, 128, 64, 2);
      case "W5b" -> of(new Denoising(0.1), Activation.SOFTPLUS, 256, 784, 512, 512, 784);
      default -> {
        String[] parts = name.split("-", -1);
        if (parts.length != 3 || !parts[0].equals("W4")) {
          throw new IllegalArgumentException("no workload has the name " + name);
        }
        int dim = Integer.parseInt(parts[1]);
        yield of(objective(parts[2]), Activation.SOFTPLUS, 256, dim, 128, 128, dim);
      }
    };
  }

  /// `exact`; `diagonal`, the same through all D derivatives ∂s_d/∂x_d; or `m` and how many probes
  /// a sample.
  public static Objective objective(String name) {
    return switch (name) {
      case "exact" -> new ExactTrace();
      case "diagonal" -> new Regularized(0);
      default -> Sliced.of(Integer.parseInt(name.substring(1)));
    };
  }

  /// The step of a network of the given widths.
  public static Workload of(Objective objective, Activation activation, int rows, int... sizes) {
    Mlp mlp = Mlp.of(activation, sizes);
    Parameters parameters = Parameters.zeros(mlp.slices());
    for (int l = 1; l <= mlp.layers(); l++) {
      double scale = 1 / Math.sqrt(sizes[l - 1]);
      for (int part = 0; part < 2; part++) {
        Parameters.Slice slice = mlp.slices().get(2 * (l - 1) + part);
        double[] u = uniforms(100 + 2 * l + part, slice.size());
        for (int i = 0; i < slice.size(); i++) {
          parameters.data()[slice.offset() + i] = (float) ((2 * u[i] - 1) * scale);
        }
      }
    }
    return new Workload(mlp, parameters, batch(1, rows, sizes[0]), objective);
  }

  /// Samples by the formula for x, from a stream of their own.
  public static Batch batch(long seed, int rows, int cols) {
    double[] u = uniforms(seed, rows * cols);
    Batch x = Batch.zeros(rows, cols);
    for (int i = 0; i < u.length; i++) {
      x.data()[i] = (float) (4 * u[i] - 2);
    }
    return x;
  }

  private static double[] uniforms(long seed, int count) {
    SplittableRandom random = new SplittableRandom(seed);
    double[] u = new double[count];
    for (int i = 0; i < count; i++) {
      u[i] = (random.nextLong() >>> 11) * 0x1p-53;
    }
    return u;
  }

  /// The fused engine for this step.
  public JetEngine engine(Threads threads) {
    return new JetEngine(mlp, objective, threads);
  }

  /// Throws unless a loss and its gradient are right: where the loss has no random numbers, the
  /// loss and the norm of the gradient in float64; elsewhere the losses of the first samples by
  /// plain automatic differentiation.
  ///
  /// @param key where the random numbers came from
  public void check(String name, Key key, LossEngine engine, double loss, float[] gradient) {
    String reference = name.replace("diagonal", "exact");
    Double known = KNOWN_LOSSES.get(reference);
    if (known == null) {
      checkFirstSamples(name, key, engine);
      return;
    }
    double squares = 0;
    for (float g : gradient) {
      squares += (double) g * g;
    }
    close(name + ": loss", loss, known);
    close(name + ": gradient norm", Math.sqrt(squares), KNOWN_NORMS.getOrDefault(reference, 0.0));
  }

  private void checkFirstSamples(String name, Key key, LossEngine engine) {
    Batch few = x.slice(0, 4);
    float[] fused = new float[few.rows()];
    float[] traced = new float[few.rows()];
    engine.losses(parameters, few, 0, key, fused);
    try (LossEngine reference = TracedEngine.of(objective, mlp, Threads.ONE)) {
      reference.losses(parameters, few, 0, key, traced);
    }
    for (int i = 0; i < fused.length; i++) {
      close("%s: loss of sample %d".formatted(name, i), fused[i], traced[i]);
    }
  }

  // Float32 against float64: sums of 10³ to 10⁵ roundings of 2⁻²⁴, which mostly cancel.
  private static void close(String what, double value, double known) {
    if (!(Math.abs(value - known) <= 3e-5 * (1 + Math.abs(known)))) {
      throw new IllegalStateException("%s is %s but must be %s".formatted(what, value, known));
    }
  }

  /// The names of all steps.
  public static Stream<String> names() {
    return Stream.concat(
        Stream.of("W1", "W2", "W3", "W3r", "W5a", "W5b"),
        DIMENSIONS.stream()
            .flatMap(d -> Stream.of("exact", "m1", "m4").map(o -> "W4-" + d + "-" + o)));
  }
}
