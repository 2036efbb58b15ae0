package score4j.nn;

import java.util.List;
import java.util.Objects;
import score4j.process.Moments;

/// The numbers by which a network is told the time: one function u of it, and waves of u.
///
/// ```text
/// u, sin(2π·f₁·u), cos(2π·f₁·u), sin(2π·f₂·u), …               Tancik et al. 2020, equation 5
/// ```
///
/// @param variable u
/// @param frequencies f, in periods per unit of u; none for u alone
public record TimeFeatures(Variable variable, List<Double> frequencies) {
  // beyond, neighbouring floats of time are waves apart
  private static final double MOST = 1 << 20;

  /// A function of the time.
  public enum Variable {
    /// Nothing: the network is not told.
    NONE,
    /// t.
    TIME,
    /// log σ(t), the noise as a ladder counts it.
    LOG_STD,
    /// ¼·log(σ(t)/α(t)), the noise relative to the data; Karras et al. 2022, table 1.
    LOG_NOISE
  }

  /// Checks that there is something to make waves of.
  public TimeFeatures {
    Objects.requireNonNull(variable, "variable");
    frequencies = List.copyOf(frequencies);
    if (variable == Variable.NONE && !frequencies.isEmpty()) {
      throw new IllegalArgumentException(
          "frequencies %s need a variable: choose TIME, LOG_STD or LOG_NOISE"
              .formatted(frequencies));
    }
    for (double frequency : frequencies) {
      if (!(Math.abs(frequency) <= MOST)) {
        throw new IllegalArgumentException(
            "frequencies must be at most %s but are %s".formatted(MOST, frequencies));
      }
    }
  }

  /// No number.
  public static TimeFeatures none() {
    return of(Variable.NONE);
  }

  /// A function of the time alone.
  public static TimeFeatures of(Variable variable) {
    return new TimeFeatures(variable, List.of());
  }

  /// The same with waves of `count` frequencies from `least` on, each twice the one before.
  public TimeFeatures withFourier(double least, int count) {
    return new TimeFeatures(
        variable,
        java.util.stream.IntStream.range(0, count).mapToObj(i -> Math.scalb(least, i)).toList());
  }

  /// How many numbers there are.
  public int count() {
    return variable == Variable.NONE ? 0 : 1 + 2 * frequencies.size();
  }

  /// The frequencies.
  double[] waves() {
    return frequencies.stream().mapToDouble(Double::doubleValue).toArray();
  }

  /// Writes the numbers for a time.
  ///
  /// @param waves the frequencies
  void write(double t, Moments moments, double[] waves, float[] out) {
    if (variable == Variable.NONE) {
      return;
    }
    double u =
        switch (variable) {
          case NONE -> 0;
          case TIME -> t;
          case LOG_STD -> 0.5 * StrictMath.log(moments.variance());
          case LOG_NOISE ->
              0.125 * StrictMath.log(moments.variance()) - 0.25 * moments.logMeanScale();
        };
    out[0] = (float) u;
    double sin = 0;
    double cos = 1;
    for (int i = 0; i < waves.length; i++) {
      if (i > 0 && waves[i] == 2 * waves[i - 1]) { // twice the angle, without another sine
        double half = sin;
        sin = 2 * half * cos;
        cos = 1 - 2 * half * half;
      } else {
        double angle = 2 * Math.PI * waves[i] * u;
        sin = StrictMath.sin(angle);
        cos = StrictMath.cos(angle);
      }
      out[1 + 2 * i] = (float) sin;
      out[2 + 2 * i] = (float) cos;
    }
  }
}
