package score4j.internal.kernel;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.MethodSource;
import score4j.golden.Golden;

/// Holds the activations to values from 400-digit arithmetic, within the bounds that [Kernels]
/// states.
class ActivationAccuracyTest {
  // errors of φ, φ′ and φ″ in units of 2^-24·max(1, |value|), as stated in Kernels.activate
  private static double[] bounds(Kernels.Function function) {
    return switch (function) {
      case TANH -> new double[] {6, 12, 24};
      case SIGMOID -> new double[] {4, 4, 2};
      case SOFTPLUS -> new double[] {3, 4, 4};
      case SILU -> new double[] {4, 4, 6};
      case GELU -> new double[] {4, 4, 4};
      case RELU -> new double[] {0, 0, 0};
    };
  }

  static Stream<Golden.Case> activations() {
    return Golden.load("activations").cases().stream().filter(c -> c.has("activation"));
  }

  @ParameterizedTest
  @MethodSource("activations")
  void valuesAndDerivativesAreWithinTheStatedBounds(Golden.Case c) {
    Kernels.Function function =
        Kernels.Function.valueOf(c.text("activation").toUpperCase(Locale.ROOT));
    float[] z = c.floats("z");
    float[][] actual = activate(function, z);
    for (int d = 0; d <= 2; d++) {
      double[] expected = c.doubles(List.of("expect.phi", "expect.d1", "expect.d2").get(d));
      for (int i = 0; i < z.length; i++) {
        double bound = bounds(function)[d] * 0x1p-24 * Math.max(1, Math.abs(expected[i]));
        assertThat((double) actual[d][i])
            .as("derivative %d of %s at %s", d, function, z[i])
            .isCloseTo(expected[i], within(bound));
      }
    }
  }

  // the golden points are few: a hundred thousand floats of either sign, up to 12
  @ParameterizedTest
  @CsvSource({"TANH", "SIGMOID", "SOFTPLUS", "SILU"})
  void soAreThoseOfFloatsAllAlongTheLine(Kernels.Function function) {
    int count = 100_000;
    int first = Float.floatToRawIntBits(1e-6f);
    int stride = (Float.floatToRawIntBits(12f) - first) / count;
    float[] z = new float[2 * count];
    for (int i = 0; i < count; i++) {
      z[i] = Float.intBitsToFloat(first + i * stride);
      z[count + i] = -z[i];
    }
    float[][] actual = activate(function, z);
    double[] worst = new double[3];
    for (int i = 0; i < z.length; i++) {
      double[] expected = exact(function, z[i]);
      for (int d = 0; d <= 2; d++) {
        double error = Math.abs(actual[d][i] - expected[d]) / Math.max(1, Math.abs(expected[d]));
        worst[d] = Math.max(worst[d], error * 0x1p24);
      }
    }
    for (int d = 0; d <= 2; d++) {
      assertThat(worst[d]).as("derivative %d", d).isLessThan(bounds(function)[d]);
    }
  }

  // φ, φ′ and φ″ in double
  private static double[] exact(Kernels.Function function, double z) {
    double sigmoid = 1 / (1 + Math.exp(-z));
    double slope = sigmoid * (1 / (1 + Math.exp(z)));
    double bend = -slope * Math.tanh(z / 2);
    double tanh = Math.tanh(z);
    double secant = 1 / (Math.cosh(z) * Math.cosh(z));
    return switch (function) {
      case TANH -> new double[] {tanh, secant, -2 * tanh * secant};
      case SIGMOID -> new double[] {sigmoid, slope, bend};
      case SOFTPLUS ->
          new double[] {Math.max(z, 0) + Math.log1p(Math.exp(-Math.abs(z))), sigmoid, slope};
      case SILU -> new double[] {z * sigmoid, sigmoid + z * slope, 2 * slope + z * bend};
      case GELU, RELU -> throw new IllegalArgumentException(function.name());
    };
  }

  // Far left these are tiny, and an absolute bound would allow 0: a log density needs their
  // digits.
  @ParameterizedTest
  @CsvSource({"act-sigmoid, 8", "act-softplus, 2"})
  void theLeftTailKeepsItsRelativePrecision(String id, double ulps) {
    Golden.Case c = Golden.load("activations").find(id);
    float[] z = c.floats("z");
    double[] expected = c.doubles("expect.phi");
    float[] actual =
        activate(Kernels.Function.valueOf(c.text("activation").toUpperCase(Locale.ROOT)), z)[0];
    int seen = 0;
    for (int i = 0; i < z.length; i++) {
      if (z[i] < 0 && z[i] > -86) {
        seen++;
        assertThat((double) actual[i])
            .as("at %s", z[i])
            .isCloseTo(expected[i], within(ulps * Math.ulp((float) expected[i])));
      }
    }
    assertThat(seen).isGreaterThan(20);
  }

  private static float[][] activate(Kernels.Function function, float[] z) {
    float[] padded = Arrays.copyOf(z, Kernels.pad(z.length));
    int n = padded.length;
    float[][] actual = new float[3][n];
    KernelChoice.kernels()
        .activate(function, 2, padded, 0, actual[0], 0, n, actual[1], 0, actual[2], 0, n, 1, n);
    return actual;
  }

  @Test
  void reluAndItsDerivativesAreExactWithSlopeZeroAtZero() {
    float[][] y = activate(Kernels.Function.RELU, new float[] {-2f, -0f, 0f, 3f});
    assertThat(y[0]).startsWith(0f, 0f, 0f, 3f);
    assertThat(y[1]).startsWith(0f, 0f, 0f, 1f);
    assertThat(y[2]).containsOnly(0f);
  }

  // a NaN with other low bits than the usual one must not turn into a number in the exponent either
  @Test
  void notANumberIsNeverHidden() {
    float odd = Float.intBitsToFloat(0x7fc00001);
    for (Kernels.Function function : Kernels.Function.values()) {
      float[][] y = activate(function, new float[] {Float.NaN, odd});
      for (int i = 0; i < 2; i++) {
        assertThat(y[0][i]).as("%s", function).isNaN();
        assertThat(y[1][i]).as("slope of %s", function).isNaN();
      }
    }
  }

  // z·σ(z) and z·Φ(z) vanish however large −z is, though σ and Φ stay above zero
  @Test
  void farLeftNothingIsLeft() {
    float[] z = {-1e31f, -1e37f, Float.NEGATIVE_INFINITY};
    for (Kernels.Function function :
        new Kernels.Function[] {
          Kernels.Function.SILU, Kernels.Function.GELU, Kernels.Function.SOFTPLUS
        }) {
      float[][] y = activate(function, z);
      for (int d = 0; d <= 2; d++) {
        for (int i = 0; i < z.length; i++) {
          assertThat((double) y[d][i])
              .as("derivative %d of %s at %s", d, function, z[i])
              .isCloseTo(0, within(1e-30));
        }
      }
    }
  }
}
