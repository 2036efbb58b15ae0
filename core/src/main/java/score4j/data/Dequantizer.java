package score4j.data;

import score4j.array.Batch;
import score4j.rng.Key;
import score4j.rng.Noise;

/// Uniform noise of one rounding step, which turns rounded numbers into a sample of a density.
///
/// ```text
/// x' = x + step·(u − ½),   u uniform on [0, 1), one for each number
/// ```
/// A column of whole numbers has no density, and its score is infinite where the data lie: a model
/// that fits it well fits the rounding. Spread over their step the numbers have one, whose mean
/// over a step is the rounded law.
public final class Dequantizer {
  private Dequantizer() {}

  /// x with noise of one rounding step added, in a new batch.
  ///
  /// @param step the rounding step of each column; 0 leaves a column as it is
  /// @param key where the noise comes from, by row and column
  /// @throws IllegalArgumentException if there is not one step for each column or a step is
  ///     negative or not finite
  public static Batch uniform(Batch x, double[] step, Key key) {
    int cols = x.cols();
    if (step.length != cols) {
      throw new IllegalArgumentException(
          "step has %d numbers but x has %d columns: give one step for each column, 0 for none"
              .formatted(step.length, cols));
    }
    for (int c = 0; c < cols; c++) {
      if (!(step[c] >= 0) || !Double.isFinite(step[c])) {
        throw new IllegalArgumentException(
            "step of column %d must be finite and at least 0 but was %s".formatted(c, step[c]));
      }
    }
    Batch out = Noise.uniforms(key, x.rows(), cols);
    float[] from = x.data();
    float[] to = out.data();
    for (int i = 0; i < to.length; i++) {
      double width = step[i % cols];
      to[i] = width == 0 ? from[i] : (float) (from[i] + width * (to[i] - 0.5));
    }
    return out;
  }

  /// The rounding step of each column: the largest of …, 0.1, 0.2, 0.5, 1, 2, 5, 10, … of which
  /// every number is a multiple; 0 for a column that is constant or shows no such step.
  ///
  /// A multiple n·10ᵏ counts where the number is the float nearest to it. Steps below eight
  /// spacings of floats at the largest number are not looked for: there everything is a multiple.
  ///
  /// @throws IllegalArgumentException if a number is not finite
  public static double[] detectSteps(Batch x) {
    x.requireFinite("x");
    double[] steps = new double[x.cols()];
    for (int c = 0; c < steps.length; c++) {
      steps[c] = detectStep(x.column(c));
    }
    return steps;
  }

  private static double detectStep(float[] values) {
    float largest = 0;
    boolean constant = true;
    for (float value : values) {
      largest = Math.max(largest, Math.abs(value));
      constant &= value == values[0];
    }
    if (constant) {
      return 0;
    }
    double least = 8.0 * Math.ulp(largest);
    for (int exponent = (int) Math.ceil(Math.log10(largest)); ; exponent--) {
      for (int leading : new int[] {5, 2, 1}) {
        // a power of ten is exact up to 10²², so dividing by one rounds once where multiplying by
        // 0.1 rounds twice
        double power = Math.pow(10, Math.abs(exponent));
        double step = exponent < 0 ? leading / power : leading * power;
        if (!(step >= least)) {
          return 0;
        }
        if (areMultiples(values, leading, exponent, power)) {
          return step;
        }
      }
    }
  }

  private static boolean areMultiples(float[] values, int leading, int exponent, double power) {
    for (float value : values) {
      double n = leading * Math.rint((exponent < 0 ? value * power : value / power) / leading);
      if ((float) (exponent < 0 ? n / power : n * power) != value) {
        return false;
      }
    }
    return true;
  }
}
