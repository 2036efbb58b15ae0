package score4j.internal.kernel;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import java.util.function.DoubleUnaryOperator;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.EnumSource;
import score4j.golden.Golden;

/// Holds the functions of [LaneKernels] to the errors that it states.
class ElementaryAccuracyTest {
  private static float[] map(LaneKernels.Elementary f, float... x) {
    float[] padded = java.util.Arrays.copyOf(x, Kernels.pad(x.length));
    KernelChoice.kernels().lanes().map(f, padded, 0, padded, 0, padded.length);
    return java.util.Arrays.copyOf(padded, x.length);
  }

  @ParameterizedTest
  @CsvSource({"fn-exp, EXP, 1", "fn-log, LOG, 2", "fn-log1p, LOG1P, 2"})
  void goldenValuesAreWithinTheStatedUlps(String id, LaneKernels.Elementary f, double ulps) {
    Golden.Case c = Golden.load("activations").find(id);
    float[] x = c.floats("z");
    float[] y = map(f, x);
    double[] expected = c.doubles("expect.phi");
    for (int i = 0; i < x.length; i++) {
      if (expected[i] > Float.MAX_VALUE) {
        assertThat(y[i]).isEqualTo(Float.POSITIVE_INFINITY);
      } else {
        assertThat((double) y[i])
            .as("%s at %s", id, x[i])
            .isCloseTo(expected[i], within(ulps * Math.ulp((float) expected[i])));
      }
    }
  }

  // 400,000 numbers between 1e-6 and 4e4 of both signs, against Math, whose errors are 2^-29 of
  // these bounds
  @ParameterizedTest
  @EnumSource(
      value = LaneKernels.Elementary.class,
      names = {"EXP", "LOG", "LOG1P", "EXPM1", "SIN", "COS", "SQRT", "RECIPROCAL"})
  void numbersOfAllSizesAreWithinTheStatedUlps(LaneKernels.Elementary f) {
    DoubleUnaryOperator exact =
        switch (f) {
          case EXP -> Math::exp;
          case LOG -> Math::log;
          case LOG1P -> Math::log1p;
          case EXPM1 -> Math::expm1;
          case SIN -> Math::sin;
          case COS -> Math::cos;
          case SQRT -> Math::sqrt;
          default -> x -> 1 / x;
        };
    double bound =
        switch (f) {
          case EXP -> 1;
          case SQRT, RECIPROCAL -> 0.5;
          default -> 2;
        };
    boolean trigonometric = f == LaneKernels.Elementary.SIN || f == LaneKernels.Elementary.COS;
    double worst = 0;
    float at = 0;
    for (int sign = -1; sign <= 1; sign += 2) {
      float[] x = new float[200_000];
      for (int i = 0; i < x.length; i++) {
        x[i] = (float) (sign * 1e-6 * Math.pow(4e10, i / (double) x.length));
      }
      float[] y = map(f, x);
      for (int i = 0; i < x.length; i++) {
        double expected = exact.applyAsDouble(x[i]);
        if (Double.isNaN(expected) || Math.abs(expected) > Float.MAX_VALUE) {
          assertThat(Double.isNaN(expected) ? Float.isNaN(y[i]) : Float.isInfinite(y[i]))
              .as("%s(%s) = %s", f, x[i], y[i])
              .isTrue();
          continue;
        }
        double least = trigonometric ? 0x1p-24 * Math.max(1, Math.abs(x[i]) * 0x1p-12) : 0;
        double error =
            Math.abs(y[i] - expected) / Math.ulp((float) Math.max(Math.abs(expected), least));
        if (error > worst) {
          worst = error;
          at = x[i];
        }
      }
    }
    assertThat(worst).as("%s, worst at %s", f, at).isLessThanOrEqualTo(bound);
  }

  @Test
  void erfIsWithinTwoUlps() {
    // the series 2/√π Σ (−1)ⁿ x^(2n+1)/(n!(2n+1)) up to 4 loses e^16·1e-16 = 1e-9 at worst
    float[] x = new float[80_001];
    for (int i = 0; i < x.length; i++) {
      x[i] = (i - 40_000) * 1e-4f;
    }
    float[] y = map(LaneKernels.Elementary.ERF, x);
    for (int i = 0; i < x.length; i++) {
      double term = x[i];
      double sum = term;
      for (int n = 1; n < 120; n++) {
        term *= -(double) x[i] * x[i] / n;
        sum += term / (2 * n + 1);
      }
      double expected = 2 / Math.sqrt(Math.PI) * sum;
      assertThat((double) y[i])
          .as("erf(%s)", x[i])
          .isCloseTo(expected, within(2 * Math.ulp((float) Math.abs(expected)) + 2e-9));
    }
    assertThat(map(LaneKernels.Elementary.ERF, 1e30f, Float.NEGATIVE_INFINITY))
        .containsExactly(1f, -1f);
    assertThat(map(LaneKernels.Elementary.ERF, Float.NaN)[0]).isNaN();
  }

  @Test
  void edgesAreWhatIsDocumented() {
    float inf = Float.POSITIVE_INFINITY;
    float tiny = Float.MIN_VALUE;
    assertThat(map(LaneKernels.Elementary.LOG, 0f, inf, -1f, tiny, 1f))
        .containsExactly(-inf, inf, Float.NaN, (float) Math.log(tiny), 0f);
    assertThat(map(LaneKernels.Elementary.EXPM1, -inf, inf, -100f, 0f, 1e-30f))
        .containsExactly(-1f, inf, -1f, 0f, 1e-30f);
    assertThat(map(LaneKernels.Elementary.SIN, inf, Float.NaN, 1e30f))
        .containsExactly(Float.NaN, Float.NaN, (float) StrictMath.sin(1e30f));
    assertThat(map(LaneKernels.Elementary.SIGN, -3f, -0f, 0f, 2f, Float.NaN))
        .containsExactly(-1f, 0f, 0f, 1f, 0f);
    assertThat(map(LaneKernels.Elementary.STEP, -3f, 0f, 2f)).containsExactly(0f, 0f, 1f);
  }

  @ParameterizedTest
  @CsvSource({"3, 0.125", "-2, 4", "0, 1", "2.5, 0.17677669529663688", "64, 5.421010862427522e-20"})
  void powersOfAHalf(double p, double value) {
    float[] y = new float[16];
    float[] x = new float[16];
    java.util.Arrays.fill(x, 0.5f);

    KernelChoice.kernels().lanes().power(y, 0, x, 0, p, 16);
    assertThat(y).containsOnly((float) value);
  }
}
