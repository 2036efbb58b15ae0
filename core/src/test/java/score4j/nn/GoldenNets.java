package score4j.nn;

import java.util.Locale;
import java.util.function.UnaryOperator;
import score4j.array.Batch;
import score4j.array.Parameters;
import score4j.autodiff.Expr;
import score4j.golden.Golden;
import score4j.objective.Denoising;
import score4j.objective.ExactTrace;
import score4j.objective.Objective;
import score4j.objective.Regularized;
import score4j.objective.Sliced;
import score4j.rng.Key;
import score4j.rng.ProbeLaw;

/// Reads networks, losses and gradients out of golden cases.
public final class GoldenNets {
  private GoldenNets() {}

  public static Mlp mlp(Golden.Case c) {
    return Mlp.of(
        Activation.valueOf(c.text("activation").toUpperCase(Locale.ROOT)), c.ints("sizes"));
  }

  public static Parameters parameters(Mlp mlp, Golden.Case c, String path) {
    Parameters parameters = Parameters.zeros(mlp.slices());
    double[] flat = flat(mlp, c, path);
    for (int i = 0; i < flat.length; i++) {
      parameters.data()[i] = (float) flat[i];
    }
    return parameters;
  }

  /// W₁, b₁, W₂, … of one object `{"W": [...], "b": [...]}` in the order of the flat parameters.
  public static double[] flat(Mlp mlp, Golden.Case c, String path) {
    double[] flat = new double[mlp.parameterCount()];
    for (int l = 0; l < mlp.layers(); l++) {
      double[] w = c.doubles(path + ".W", l);
      double[] b = c.doubles(path + ".b", l);
      System.arraycopy(w, 0, flat, mlp.slices().get(2 * l).offset(), w.length);
      System.arraycopy(b, 0, flat, mlp.slices().get(2 * l + 1).offset(), b.length);
    }
    return flat;
  }

  /// One of the five losses, fed with the given probes and noise instead of its own.
  public static Objective objective(Golden.Case c, String loss) {
    String path = "expect.losses." + loss;
    int probes = c.integer("M");
    int batch = c.integer("batch");
    return switch (loss) {
      case "ism" -> new ExactTrace();
      case "ism_reg" -> new Regularized(c.number(path + ".lambda"));
      case "ssm" -> given(new Sliced(probes, ProbeLaw.GAUSSIAN, false), c.floats("v"), batch);
      case "ssm_vr" -> given(new Sliced(probes, ProbeLaw.GAUSSIAN, true), c.floats("v"), batch);
      case "dsm" -> given(new Denoising(c.number(path + ".sigma")), c.floats("z"), batch);
      default -> throw new IllegalArgumentException(loss);
    };
  }

  /// The objective with given random numbers: probes [M][B][D] or noise [B][D].
  public static Objective given(Objective objective, float[] numbers, int batch) {
    return new Given(objective, numbers, batch);
  }

  private static final class Given implements Objective {
    private final Objective objective;
    private final float[] numbers;
    private final int batch;

    Given(Objective objective, float[] numbers, int batch) {
      this.objective = objective;
      this.numbers = numbers;
      this.batch = batch;
    }

    @Override
    public String name() {
      return objective.name();
    }

    @Override
    public int tangents(int dim) {
      return objective.tangents(dim);
    }

    @Override
    public void prepare(Tile tile) {
      int dim = tile.dim();
      for (int t = 0; t < tile.samples(); t++) {
        int sample = (int) tile.firstSample() + t;
        for (int m = 0; m < tile.tangents(); m++) {
          System.arraycopy(
              numbers,
              (m * batch + sample) * dim,
              tile.directions(),
              (t * tile.tangents() + m) * dim,
              dim);
        }
        if (objective instanceof Denoising(double sigma)) {
          for (int d = 0; d < dim; d++) {
            float noise = numbers[sample * dim + d];
            tile.input()[t * dim + d] += (float) sigma * noise;
            tile.auxiliary().data()[t * dim + d] = (float) (-noise / sigma);
          }
        }
      }
    }

    @Override
    public void evaluate(Tile tile) {
      objective.evaluate(tile);
    }

    @Override
    public int draws() {
      return objective.draws();
    }

    @Override
    public void draw(Key key, long firstSample, Batch x, float[] out) {
      int dim = x.cols();
      for (int i = 0; i < x.rows(); i++) {
        for (int m = 0; m < draws(); m++) {
          int from = (m * batch + (int) firstSample + i) * dim;
          System.arraycopy(numbers, from, out, (i * draws() + m) * dim, dim);
        }
      }
    }

    @Override
    public Expr loss(UnaryOperator<Expr> score, Expr x, Expr draws) {
      return objective.loss(score, x, draws);
    }
  }
}
