package score4j.likelihood;

import java.util.Arrays;
import org.jspecify.annotations.Nullable;
import score4j.DifferentiableScore;
import score4j.array.Batch;
import score4j.internal.parallel.Team;
import score4j.rng.Key;
import score4j.solve.Effort;
import score4j.solve.Rk45;
import score4j.solve.Tolerance;

/// One batch on its way from data to noise or back, in chunks that do not know of each other.
///
/// Along with x each sample carries ℓ with dℓ/dt = −∇·(dx/dt), the change of log p_t(x_t):
/// ```text
/// log p(x) = log p₁(x₁) − ℓ from data to noise,  log p₁(x₁) + ℓ from noise to data
/// ```
final class Passage implements Team.Chunk {
  /// How many samples go together: enough for the tiles of a network, few enough to stay in the
  /// cache.
  private static final int CHUNK = 256;

  private final FlowLikelihood likelihood;
  private final DifferentiableScore score;
  private final Batch start;
  private final long firstSample;
  private final Key key;
  private final double[] times;
  private final double sign;
  private final int chunk;
  private final int chunks;
  private final @Nullable ArithmeticException[] failures;

  private final Batch end;
  private final double[] change; // ±ℓ
  private final double[] integrationError;
  private final double[] standardError;
  private final int[] evaluations;

  Passage(
      FlowLikelihood likelihood,
      DifferentiableScore score,
      Batch start,
      long firstSample,
      Key key,
      boolean encode) {
    start.requireCols(encode ? "data" : "noise", score.dim());
    start.requireFinite(encode ? "data" : "noise");
    this.likelihood = likelihood;
    this.score = score;
    this.start = start;
    this.firstSample = firstSample;
    this.key = key;
    double earliest = likelihood.earliest();
    times = encode ? new double[] {earliest, 1} : new double[] {1, earliest};
    sign = encode ? -1 : 1;
    int rows = start.rows();
    chunk =
        Math.clamp(
            Math.ceilDiv(rows, likelihood.threads().count()),
            CHUNK,
            Math.max(CHUNK, score.rowsAtOnce()));
    chunks = Math.ceilDiv(rows, chunk);
    failures = new ArithmeticException[chunks];
    end = Batch.zeros(rows, start.cols());
    change = new double[rows];
    integrationError = new double[rows];
    standardError = new double[rows];
    evaluations = new int[rows];
  }

  FlowDensities run() {
    int members = Math.clamp(chunks, 1, likelihood.threads().count());
    try (Team team = new Team(members, likelihood.threads().executor())) {
      team.run(chunks, this);
    }
    for (ArithmeticException failure : failures) {
      if (failure != null) { // the same one on any number of threads
        throw failure;
      }
    }
    Batch data = sign < 0 ? start.copy() : end;
    Batch noise = sign < 0 ? end : start.copy();
    double[] logDensity = likelihood.terminal(score.dim()).logDensity(noise);
    for (int r = 0; r < change.length; r++) {
      logDensity[r] += change[r];
    }
    return new FlowDensities(data, noise, logDensity, integrationError, standardError, evaluations);
  }

  @Override
  public void run(int index, int member) {
    int first = index * chunk;
    int rows = Math.min(start.rows(), first + chunk) - first;
    try {
      CarriedDensity ode =
          new CarriedDensity(
              likelihood.process(),
              score,
              likelihood.divergence(),
              rows,
              firstSample + first,
              key,
              first);
      double[] y = follow(ode, likelihood.tolerance(), first, rows);
      if (likelihood.errorEstimate()) {
        double[] rough = y;
        y = follow(ode, likelihood.tolerance().times(0.5), first, rows);
        // the error of log p₁(x₁) is in it too
        compare(first, rows, ode.width(), rough, y);
      } else {
        Arrays.fill(integrationError, first, first + rows, Double.NaN);
      }
      finish(first, rows, ode, y);
    } catch (ArithmeticException e) {
      failures[index] = e;
    }
  }

  private double[] follow(CarriedDensity ode, Tolerance tolerance, int first, int rows) {
    int dim = start.cols();
    int width = ode.width();
    double[] y = new double[rows * width];
    for (int r = 0; r < rows; r++) {
      for (int d = 0; d < dim; d++) {
        y[r * width + d] = start.data()[(first + r) * dim + d];
      }
    }
    Effort effort =
        Rk45.of(tolerance).solve(ode, times, y, rows, first, (sample, time, state, offset) -> {});
    int[] each = effort.evaluations();
    for (int r = 0; r < rows; r++) {
      evaluations[first + r] += each[r];
    }
    return y;
  }

  private void compare(int first, int rows, int width, double[] rough, double[] fine) {
    double[] difference = new double[rows];
    if (sign < 0) {
      double[] a = likelihood.terminal(score.dim()).logDensity(points(rows, width, rough));
      double[] b = likelihood.terminal(score.dim()).logDensity(points(rows, width, fine));
      Arrays.setAll(difference, r -> a[r] - b[r]);
    }
    int dim = start.cols();
    for (int r = 0; r < rows; r++) {
      double carried = sign * (rough[r * width + dim] - fine[r * width + dim]);
      integrationError[first + r] = Math.abs(difference[r] + carried);
    }
  }

  private Batch points(int rows, int width, double[] y) {
    int dim = start.cols();
    Batch points = Batch.zeros(rows, dim);
    for (int i = 0; i < rows * dim; i++) {
      points.data()[i] = (float) y[i / dim * width + i % dim];
    }
    return points;
  }

  private void finish(int first, int rows, CarriedDensity ode, double[] y) {
    int dim = start.cols();
    int width = ode.width();
    System.arraycopy(points(rows, width, y).data(), 0, end.data(), first * dim, rows * dim);
    for (int r = 0; r < rows; r++) {
      change[first + r] = sign * y[r * width + dim];
      standardError[first + r] = ode.standardError(y, r);
    }
  }
}
