package score4j.inverse;

import java.util.Arrays;
import java.util.Objects;
import org.jspecify.annotations.Nullable;
import score4j.DifferentiableScore;
import score4j.array.Batch;
import score4j.process.LinearSde;
import score4j.process.Marginal;

/// The score of a prior under a process plus what a measurement of x₀ says, by way of the mean of
/// x₀ given x_t: shared by the ways to weigh its residual.
///
/// ```text
/// s(x, t) + (∂x̂₀/∂x)ᵀ·Aᵀ·W·(y − A·x̂₀),   x̂₀ = (x + σ²·s)/α,   (∂x̂₀/∂x)ᵀw = (w + σ²·Jᵀw)/α
/// ```
final class Guidance {
  /// The weight of a residual at a time.
  interface Weights {
    /// The diagonal of W for the row of A whose length squared is `square`.
    double weight(double square, Marginal marginal);
  }

  private Guidance() {}

  static void requireSameDim(
      DifferentiableScore prior, LinearSde process, LinearMeasurement measurement) {
    Objects.requireNonNull(process, "process");
    if (prior.dim() != measurement.dim()) {
      throw new IllegalArgumentException(
          "measurement is of %d dimensions but prior has %d (D)"
              .formatted(measurement.dim(), prior.dim()));
    }
  }

  /// @param times a time for each row; null if all have the one
  static void score(
      DifferentiableScore prior,
      LinearSde process,
      LinearMeasurement measurement,
      Weights weights,
      Batch x,
      int from,
      int to,
      double @Nullable [] times,
      double one,
      Batch out) {
    Objects.checkFromToIndex(from, to, x.rows());
    double[] t = new double[to - from];
    if (times == null) {
      Arrays.fill(t, one);
      prior.score(x, from, to, one, out);
    } else {
      Objects.checkFromToIndex(from, to, times.length);
      System.arraycopy(times, from, t, 0, t.length);
      prior.score(x, from, to, times, out);
    }
    int dim = prior.dim();
    int rows = to - from;
    double[] scale = new double[rows];
    double[] noise = new double[rows];
    double[] weight = new double[measurement.rank()];
    Batch pull = Batch.zeros(rows, dim); // Aᵀ·W·(y − A·x̂₀)
    double[] denoised = new double[dim];
    double[] sum = new double[dim];
    for (int r = 0; r < rows; r++) {
      if (r > 0 && t[r] == t[r - 1]) {
        scale[r] = scale[r - 1];
        noise[r] = noise[r - 1];
      } else {
        Marginal marginal = process.marginal(t[r]);
        scale[r] = marginal.meanScale();
        noise[r] = marginal.std() * marginal.std();
        weigh(process, measurement, weights, t[r], marginal, weight);
      }
      int start = (from + r) * dim;
      for (int d = 0; d < dim; d++) {
        denoised[d] = (x.data()[start + d] + noise[r] * out.data()[start + d]) / scale[r];
        sum[d] = 0;
      }
      for (int i = 0; i < weight.length; i++) {
        measurement.addRow(i, weight[i] * measurement.residual(i, denoised), sum);
      }
      write(sum, pull, r);
    }
    Batch pulled = Batch.zeros(rows, dim);
    prior.vjp(x.slice(from, to), pull, t, pulled);
    for (int i = 0; i < rows * dim; i++) {
      int r = i / dim;
      out.data()[from * dim + i] +=
          (float) ((pull.data()[i] + noise[r] * pulled.data()[i]) / scale[r]);
    }
  }

  private static void weigh(
      LinearSde process,
      LinearMeasurement measurement,
      Weights weights,
      double t,
      Marginal marginal,
      double[] weight) {
    for (int i = 0; i < weight.length; i++) {
      weight[i] = weights.weight(measurement.square(i), marginal);
      if (!Double.isFinite(weight[i])) {
        throw new IllegalArgumentException(
            "t = %s has no noise and %s none either, so that there is no likelihood: stop at t = %s"
                .formatted(t, measurement, Math.max(1e-5, process.earliestTime())));
      }
    }
  }

  static void read(Batch x, int row, double[] point) {
    for (int d = 0; d < point.length; d++) {
      point[d] = x.data()[row * point.length + d];
    }
  }

  static void write(double[] point, Batch x, int row) {
    for (int d = 0; d < point.length; d++) {
      x.data()[row * point.length + d] = (float) point[d];
    }
  }
}
