package score4j.inverse;

import java.util.Arrays;
import java.util.Objects;
import score4j.DifferentiableScore;
import score4j.array.Batch;

/// Aᵀ(y − A·x)/σ², whatever the time.
final class LinearLikelihood implements DifferentiableScore {
  private final LinearMeasurement measurement;
  private final double precision;

  LinearLikelihood(LinearMeasurement measurement) {
    double noise = measurement.noiseStd();
    if (!(noise > 0)) {
      throw new IllegalArgumentException(
          "noiseStd must be above 0 for a likelihood with a score but was %s: guidance and inpainting take exact values"
              .formatted(noise));
    }
    this.measurement = measurement;
    precision = 1 / (noise * noise);
  }

  @Override
  public int dim() {
    return measurement.dim();
  }

  @Override
  public void score(Batch x, int from, int to, double t, Batch out) {
    Objects.checkFromToIndex(from, to, x.rows());
    x.requireCols("x", dim());
    out.requireShape("out", x.rows(), dim());
    double[] point = new double[dim()];
    double[] score = new double[dim()];
    for (int r = from; r < to; r++) {
      Guidance.read(x, r, point);
      Arrays.fill(score, 0);
      for (int i = 0; i < measurement.rank(); i++) {
        measurement.addRow(i, precision * measurement.residual(i, point), score);
      }
      Guidance.write(score, out, r);
    }
  }

  @Override
  public void jvp(Batch x, Batch v, double t, Batch out) {
    v.requireShape("v", x.rows(), dim());
    out.requireShape("out", x.rows(), dim());
    double[] direction = new double[dim()];
    double[] zero = new double[dim()];
    double[] product = new double[dim()];
    for (int r = 0; r < x.rows(); r++) {
      Guidance.read(v, r, direction);
      Arrays.fill(product, 0);
      for (int i = 0; i < measurement.rank(); i++) {
        double along = measurement.residual(i, direction) - measurement.residual(i, zero);
        measurement.addRow(i, precision * along, product);
      }
      Guidance.write(product, out, r);
    }
  }

  /// The same as [#jvp]: AᵀA is symmetric.
  @Override
  public void vjp(Batch x, Batch w, double t, Batch out) {
    jvp(x, w, t, out);
  }

  @Override
  public void divergence(Batch x, double t, float[] out) {
    double trace = 0;
    for (int i = 0; i < measurement.rank(); i++) {
      trace += measurement.square(i);
    }
    Arrays.fill(out, 0, x.rows(), (float) (-precision * trace));
  }

  @Override
  public String toString() {
    return "likelihood of " + measurement;
  }
}
