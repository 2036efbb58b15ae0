package score4j.solve;

import java.util.function.DoubleBinaryOperator;
import java.util.function.DoubleUnaryOperator;
import score4j.array.Batch;
import score4j.rng.Key;

/// The scheme of Euler and Maruyama.
///
/// ```text
/// x ← x + h·f(x, t) + g(t)·√|h|·z                                          Maruyama 1955
/// ```
/// - **Error**: strong and weak order 1, since the noise does not depend on x.
/// - **Cost** per step and sample: one drift and D normals.
public record EulerMaruyama() implements SdeSolver {
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
    double root = Math.sqrt(Math.abs(h));
    double x = start;
    path[0] = x;
    for (int k = 0; k < z.length; k++) {
      double t = from + k * h;
      x += h * drift.applyAsDouble(x, t) + diffusion.applyAsDouble(t) * root * z[k];
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
    double[] f = new double[x.cols()];
    SdeSamples.solve(
        (t, next, noise, point, z) -> {
          double h = next - t;
          drift.drift(point, t, f);
          for (int d = 0; d < f.length; d++) {
            point[d] += h * f[d] + noise[0] * Math.sqrt(Math.abs(h)) * z[d];
          }
        },
        diffusion,
        times,
        x,
        firstSample,
        key);
  }
}
