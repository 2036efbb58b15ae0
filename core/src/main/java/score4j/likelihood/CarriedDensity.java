package score4j.likelihood;

import score4j.DifferentiableScore;
import score4j.array.Batch;
import score4j.process.FlowVelocity;
import score4j.process.Sde;
import score4j.rng.Key;
import score4j.solve.Ode;

/// The probability flow of some samples and the change of their log density with it.
///
/// ```text
/// state: x₁ … x_D, ℓ, and with M ≥ 2 probes ℓ₁ … ℓ_M          dℓ/dt = −∇·(dx/dt)
/// ```
/// ℓ is by the exact divergence or the mean of all probes, ℓₘ by probe m alone. The steps follow
/// the error of x and ℓ; the ℓₘ only tell how far the probes are apart.
final class CarriedDensity implements Ode {
  private final DifferentiableScore score;
  private final FlowVelocity flow;
  private final int dim;
  private final int probes; // 0 for the exact divergence
  private final int firstRow;
  private final Batch point;
  private final Batch direction;
  private final float[] traces; // rows, or rows × probes
  private final float[] probe; // of every sample, in their order
  private final float[] gathered; // of the rows at hand

  /// @param firstSample by which the probes of the first row are addressed
  /// @param firstRow the number that the solver gives to the first row
  CarriedDensity(
      Sde process,
      DifferentiableScore score,
      Divergence divergence,
      int rows,
      long firstSample,
      Key key,
      int firstRow) {
    this.score = score;
    this.firstRow = firstRow;
    dim = score.dim();
    flow = new FlowVelocity(process, dim);
    point = Batch.zeros(rows, dim);
    direction = Batch.zeros(rows, dim);
    probes = divergence instanceof Divergence.Hutchinson hutchinson ? hutchinson.probes() : 0;
    traces = new float[rows * Math.max(1, probes)];
    probe = new float[rows * probes * dim];
    gathered = new float[probe.length];
    if (divergence instanceof Divergence.Hutchinson hutchinson) {
      for (int r = 0; r < rows; r++) {
        for (int m = 0; m < probes; m++) {
          hutchinson.law().fill(key, m, firstSample + r, 1, dim, probe, (r * probes + m) * dim);
        }
      }
    }
  }

  @Override
  public int width() {
    return dim + 1 + (probes > 1 ? probes : 0);
  }

  @Override
  public int controlled() {
    return dim + 1;
  }

  @Override
  public int rowsAtOnce() {
    return score.rowsAtOnce();
  }

  @Override
  public void derivative(int rows, int[] samples, double[] t, double[] y, double[] dy) {
    int width = width();
    float[] x = point.data();
    for (int r = 0; r < rows; r++) {
      for (int d = 0; d < dim; d++) {
        x[r * dim + d] = (float) y[r * width + d];
      }
    }
    if (probes == 0) {
      score.scoreAndDivergence(point, 0, rows, t, direction, traces);
    } else {
      int block = probes * dim;
      for (int r = 0; r < rows; r++) {
        System.arraycopy(probe, (samples[r] - firstRow) * block, gathered, r * block, block);
      }
      score.scoreAndForms(point, 0, rows, t, gathered, probes, direction, traces);
    }
    for (int r = 0; r < rows; r++) {
      int at = r * width;
      flow.at(t[r]);
      flow.velocity(y, at, direction.data(), r * dim, dy);
      double trace = probes == 0 ? traces[r] : mean(r);
      dy[at + dim] = -flow.divergence(y, at, trace);
      for (int m = 0; m < width - dim - 1; m++) {
        dy[at + dim + 1 + m] = -flow.divergence(y, at, traces[r * probes + m]);
      }
    }
  }

  private double mean(int row) {
    double sum = 0;
    for (int m = 0; m < probes; m++) {
      sum += traces[row * probes + m];
    }
    return sum / probes;
  }

  /// The standard error of ℓ of one row, from the spread of ℓₘ.
  double standardError(double[] y, int row) {
    if (probes < 2) {
      return probes == 0 ? 0 : Double.NaN;
    }
    int from = row * width() + dim + 1;
    double mean = 0;
    for (int m = 0; m < probes; m++) {
      mean += y[from + m];
    }
    mean /= probes;
    double squares = 0;
    for (int m = 0; m < probes; m++) {
      squares += (y[from + m] - mean) * (y[from + m] - mean);
    }
    return Math.sqrt(squares / (probes - 1) / probes);
  }
}
