package score4j.dist;

import java.util.Objects;
import score4j.array.Batch;
import score4j.rng.Key;
import score4j.rng.Noise;

/// A noisy circle in the plane: radius about R, every angle equally likely.
///
/// With ρ = ‖x‖ and n(q) the density of N(R, std²), the three laws that go by this description are
/// ```text
/// EXACT            p = [n(ρ) + n(−ρ)]/(2πρ)     d/dρ log p = (R·tanh(Rρ/std²) − ρ)/std² − 1/ρ
/// POSITIVE         p = n(ρ)/(Φ(R/std)·2πρ)      d/dρ log p = (R − ρ)/std² − 1/ρ
/// RADIAL_GAUSSIAN  p = exp(−(ρ − R)²/(2 std²))/Z     d/dρ log p = (R − ρ)/std²
///                  Z = 2π std² [exp(−R²/(2 std²)) + (R/std)√(2π)·Φ(R/std)]
/// score = (x/ρ)·d/dρ log p
/// ```
/// - **Which**: a program that draws a radius from N(R, std²) and an angle samples EXACT. The term
///   −1/ρ, the area of a thin circle, belongs to it; (R/ρ − 1)·x is the score of RADIAL_GAUSSIAN at
///   std = 1 only.
/// - **Centre**: there EXACT and POSITIVE have an infinite density and a score without direction.
///   Within 1e-9·R of it the score, its derivative and the divergence are 0, and the log density
///   has its value at that distance. Without the guard E‖s‖² of the two would be infinite, because
///   of a disc that no sample meets (for R = 1, std = 0.1 it holds 1e-30 of the mass); with it, it
///   is 98.968 for those.
/// - **Samples**: radii stop 6.66 std from the mean of the normal that they are drawn from.
public final class Ring implements Distribution {
  /// What is normal about the radius.
  public enum Law {
    /// The radius is drawn from N(R, std²) and the point lies at that signed distance.
    EXACT,
    /// The same, with negative radii drawn again.
    POSITIVE,
    /// The density in the plane is proportional to that of N(R, std²) at the distance from the
    /// centre.
    RADIAL_GAUSSIAN
  }

  private static final double CENTRE = 1e-9;

  private final double radius;
  private final double std;
  private final Law law;
  private final double variance;
  private final double guard;
  private final double logNormalizer;

  private Ring(double radius, double std, Law law) {
    this.radius = radius;
    this.std = std;
    this.law = law;
    this.variance = std * std;
    this.guard = CENTRE * radius;
    double ratio = radius / std;
    this.logNormalizer =
        switch (law) {
          case EXACT -> -Math.log(std * Math.pow(2 * Math.PI, 1.5));
          case POSITIVE -> -Math.log(std * Math.pow(2 * Math.PI, 1.5) * normalDistribution(ratio));
          case RADIAL_GAUSSIAN ->
              -Math.log(
                  2
                      * Math.PI
                      * variance
                      * (Math.exp(-0.5 * ratio * ratio)
                          + ratio * Math.sqrt(2 * Math.PI) * normalDistribution(ratio)));
        };
  }

  /// The ring whose radius is drawn from N(radius, std²).
  ///
  /// @throws IllegalArgumentException if radius or std is not finite and above 0
  public static Ring of(double radius, double std) {
    return of(radius, std, Law.EXACT);
  }

  /// The ring of one of the three laws.
  ///
  /// @throws IllegalArgumentException if radius or std is not finite and above 0
  public static Ring of(double radius, double std, Law law) {
    return new Ring(
        Checks.positive("radius", radius),
        Checks.positive("std", std),
        Objects.requireNonNull(law, "law"));
  }

  /// Φ(q) for q ≥ 0 by Marsaglia's series ½ + φ(q)(q + q³/3 + q⁵/(3·5) + …), whose terms are all
  /// positive.
  private static double normalDistribution(double q) {
    if (q > 9) {
      return 1; // 1 − Φ(9) = 1e-19
    }
    double term = q;
    double sum = q;
    for (int i = 3; sum + term != sum; i += 2) {
      term *= q * q / i;
      sum += term;
    }
    return 0.5 + sum * Math.exp(-0.5 * q * q) / Math.sqrt(2 * Math.PI);
  }

  @Override
  public int dim() {
    return 2;
  }

  /// The radius R.
  public double radius() {
    return radius;
  }

  /// The standard deviation of the radius.
  public double std() {
    return std;
  }

  /// Which of the three laws this is.
  public Law law() {
    return law;
  }

  @Override
  public Batch sample(Key key, int n) {
    Batch batch = Batch.zeros(n, 2);
    Key angles = key.fold(0);
    Key acceptance = key.fold(1);
    float[] z = new float[1];
    for (int r = 0; r < n; r++) {
      double rho = distance(key, acceptance, r, z);
      double angle = 2 * Math.PI * Noise.uniform(angles, 0, r);
      batch.set(r, 0, (float) (rho * StrictMath.cos(angle)));
      batch.set(r, 1, (float) (rho * StrictMath.sin(angle)));
    }
    return batch;
  }

  private double distance(Key key, Key acceptance, int sample, float[] z) {
    if (law == Law.EXACT) {
      Noise.normals(key, 0, sample, 1, 1, z, 0);
      return radius + std * z[0];
    }
    // ρ·n(ρ) of RADIAL_GAUSSIAN lies below the normal density at its mode m, scaled: log ρ is
    // concave, and what is left is the ratio (ρ/m)·exp(1 − ρ/m)
    boolean tilted = law == Law.RADIAL_GAUSSIAN;
    double centre = tilted ? 0.5 * (radius + Math.sqrt(radius * radius + 4 * variance)) : radius;
    for (int attempt = 0; ; attempt++) {
      Noise.normals(key, attempt, sample, 1, 1, z, 0);
      double rho = centre + std * z[0];
      if (rho > 0
          && (!tilted
              || Noise.uniform(acceptance, attempt, sample)
                  < rho / centre * StrictMath.exp(1 - rho / centre))) {
        return rho;
      }
    }
  }

  @Override
  public double logDensity(double[] x) {
    Checks.length("x", x, 2);
    double rho = Math.max(Math.hypot(x[0], x[1]), guard);
    double q = (rho - radius) / std;
    double log = logNormalizer - 0.5 * q * q;
    return switch (law) {
      // n(−ρ)/n(ρ) = exp(−2Rρ/std²)
      case EXACT -> log + Math.log1p(Math.exp(-2 * radius * rho / variance)) - Math.log(rho);
      case POSITIVE -> log - Math.log(rho);
      case RADIAL_GAUSSIAN -> log;
    };
  }

  /// d/dρ log p without the term −1/ρ.
  private double slope(double rho) {
    double pull = law == Law.EXACT ? radius * Math.tanh(radius * rho / variance) : radius;
    return (pull - rho) / variance;
  }

  /// The derivative of [#slope].
  private double curvature(double rho) {
    double cosh = law == Law.EXACT ? Math.cosh(radius * rho / variance) : Double.POSITIVE_INFINITY;
    return (radius / std * (radius / std) / (cosh * cosh) - 1) / variance;
  }

  private boolean planar() {
    return law == Law.RADIAL_GAUSSIAN;
  }

  @Override
  public void score(double[] x, double[] out) {
    Checks.length("x", x, 2);
    Checks.length("out", out, 2);
    double rho = Math.hypot(x[0], x[1]);
    double scale = rho < guard ? 0 : (slope(rho) - (planar() ? 0 : 1 / rho)) / rho;
    out[0] = scale * x[0];
    out[1] = scale * x[1];
  }

  /// With h = d/dρ log p the Hessian is h'·êêᵀ + (h/ρ)(I − êêᵀ), ê = x/ρ.
  @Override
  public void jvp(double[] x, double[] v, double[] out) {
    Checks.length("x", x, 2);
    Checks.length("v", v, 2);
    Checks.length("out", out, 2);
    double rho = Math.hypot(x[0], x[1]);
    if (rho < guard) {
      out[0] = 0;
      out[1] = 0;
      return;
    }
    double inverse = planar() ? 0 : 1 / rho;
    double across = (slope(rho) - inverse) / rho;
    double along = curvature(rho) + inverse * inverse;
    double e0 = x[0] / rho;
    double e1 = x[1] / rho;
    double radial = e0 * v[0] + e1 * v[1];
    double tangential = e0 * v[1] - e1 * v[0];
    out[0] = along * radial * e0 - across * tangential * e1;
    out[1] = along * radial * e1 + across * tangential * e0;
  }

  /// h' + h/ρ; the terms ±1/ρ² of EXACT and POSITIVE cancel exactly, since log ρ is harmonic in the
  /// plane.
  @Override
  public double divergence(double[] x) {
    Checks.length("x", x, 2);
    double rho = Math.hypot(x[0], x[1]);
    return rho < guard ? 0 : curvature(rho) + slope(rho) / rho;
  }

  @Override
  public String toString() {
    return "Ring[radius=%s, std=%s, law=%s]".formatted(radius, std, law);
  }
}
