package score4j.bench;

import java.util.SplittableRandom;
import score4j.array.Batch;
import score4j.array.Parameters;
import score4j.nn.Activation;
import score4j.nn.Mlp;

/// A network and a batch that anyone can make again: SplitMix64 by formula, so that other libraries
/// are timed on the same numbers.
///
/// ```text
/// U(seed, i) = (nextLong_i >>> 11)·2⁻⁵³, nextLong_i the i-th number of new SplittableRandom(seed)
/// W_l[i] = (float) ((2·U(100 + 2l, i) − 1)/√n_{l−1}),   b_l[i] with seed 101 + 2l,   l = 1 … L
/// x[i] = (float) (4·U(1, i) − 2)
/// ```
public record Workload(Mlp mlp, Parameters parameters, Batch x) {
  /// The workload of a network of the given widths.
  public static Workload of(Activation activation, int rows, int... sizes) {
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
    return new Workload(mlp, parameters, batch(1, rows, sizes[0]));
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
}
