package score4j.solve;

import java.util.function.DoubleBinaryOperator;
import java.util.function.DoubleUnaryOperator;
import score4j.array.Batch;
import score4j.rng.Key;

/// The stochastic trapezoidal rule, Heun's.
///
/// ```text
/// n = √(|h|·(g(t)² + g(t + h)²)/2)·z
/// y = x + h·f(x, t) + n
/// x ← x + h·(f(x, t) + f(y, t + h))/2 + n      Kloeden & Platen 1992, section 14.2, noise additive
/// ```
/// - **Error**: weak order 2, strong order 1.
/// - **Cost** per step and sample: two drifts and D normals.
public record StochasticHeun() implements SdeSolver {
  @Override
  public void path(
      DoubleBinaryOperator drift,
      DoubleUnaryOperator diffusion,
      double from,
      double to,
      double start,
      float[] z,
      double[] path) {
    Arguments.checkPath(z, path);
    double h = (to - from) / z.length;
    double x = start;
    path[0] = x;
    double g = diffusion.applyAsDouble(from);
    for (int k = 0; k < z.length; k++) {
      double t = from + k * h;
      double next = from + (k + 1) * h;
      double then = diffusion.applyAsDouble(next);
      double noise = Math.sqrt(0.5 * Math.abs(h) * (g * g + then * then)) * z[k];
      double f = drift.applyAsDouble(x, t);
      double y = x + h * f + noise;
      x += 0.5 * h * (f + drift.applyAsDouble(y, next)) + noise;
      g = then;
      path[k + 1] = x;
    }
  }

  @Override
  public void solve(
      Drift drift,
      DoubleUnaryOperator diffusion,
      double[] times,
      Batch x,
      long firstSample,
      Key key) {
    double[] first = new double[x.cols()];
    double[] second = new double[x.cols()];
    double[] y = new double[x.cols()];
    SdeSamples.solve(
        (t, next, noise, point, z) -> {
          double h = next - t;
          double scale = Math.sqrt(0.5 * Math.abs(h) * (noise[0] * noise[0] + noise[1] * noise[1]));
          drift.drift(point, t, first);
          for (int d = 0; d < y.length; d++) {
            y[d] = point[d] + h * first[d] + scale * z[d];
          }
          drift.drift(y, next, second);
          for (int d = 0; d < y.length; d++) {
            point[d] += 0.5 * h * (first[d] + second[d]) + scale * z[d];
          }
        },
        diffusion,
        times,
        x,
        firstSample,
        key);
  }
}
