package score4j.metric;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.function.DoubleUnaryOperator;
import score4j.Score;
import score4j.array.Batch;

/// The weights that a time-dependent score gives to known modes, found without a sample.
///
/// Between modes that are far apart a score at t = 0 is a guess, for nobody saw data there; at a
/// noise level that bridges them it is not. The weights do not change with the noise, so they can
/// be read off where the score is known:
///
/// ```text
/// p_t(z) = Σₖ wₖ qₖ(z, t)                        qₖ the law of mode k alone, carried to time t
/// Δᵢⱼ = log p_t(zⱼ)/p_t(zᵢ) = ∫₀¹ s(zᵢ + u(zⱼ − zᵢ), t)·(zⱼ − zᵢ) du     zₖ its centre at t
/// φⱼ = meanᵢ Δᵢⱼ                     least squares for all Δᵢⱼ = φⱼ − φᵢ; exact if they agree
/// Σₖ qₖ(zⱼ, t)·wₖ = c·exp φⱼ for all j               linear in w; c follows from Σ wₖ = 1
/// ```
/// - **Assumes** that p₀ is the mixture of the given modes and of nothing else, each with its shape
///   known; only the weights are asked for. Under that the answer is exact for the exact score, at
///   every t, up to the quadrature (Simpson's rule, error O(h⁴)).
/// - **Which t**: where the noise is about a fifth of the gap to the gap itself. With much less,
///   the path leaves the data; with much more, all qₖ look alike and errors of the score are
///   amplified.
/// - **Null**: the true score gives the true weights. A score with other weights is exposed however
///   small its [FisherDivergence] at t = 0.
/// - **Error**: there are no samples; the standard error is that of the mean over the times given,
///   which would all agree for a score of one diffused law. A single time has NaN.
/// - **Range**: weights add up to 1. One below 0 says that no weights of these modes make such a
///   score.
/// - **Cost**: K(K − 1)/2 paths of 513 scores for K modes, at each time.
///
/// @param weights one for each mode, in their order
/// @param circulation the greatest |Δᵢⱼ + Δⱼₖ + Δₖᵢ| over triples and times, in nats: 0 for a
///     gradient field, and always for two modes
public record ModeWeights(List<Estimate> weights, double circulation) {
  /// Simpson's rule over this many intervals.
  private static final int INTERVALS = 512;

  /// Copies the list.
  public ModeWeights {
    weights = List.copyOf(weights);
  }

  /// One mode of the data by itself, carried through the noise.
  public interface Mode {
    /// Its middle at time t, where its law is dense.
    double[] centre(double t);

    /// The log density of its law at time t, normalised, in nats.
    double logDensity(double[] x, double t);

    /// The mode N(mean, std²·I) under a process x_t = m(t)·x₀ + σ(t)·z.
    ///
    /// @param meanScale m
    /// @param noiseStd σ
    /// @throws IllegalArgumentException if std is not above 0 and finite
    static Mode normal(
        double[] mean, double std, DoubleUnaryOperator meanScale, DoubleUnaryOperator noiseStd) {
      Checks.positive("std", std);
      return new NormalMode(mean.clone(), std, meanScale, noiseStd);
    }
  }

  /// The weights of the modes according to a score.
  ///
  /// @param score s(x, t)
  /// @param modes at least 2, of the score's dimension, with different centres
  /// @param times where to look, at least one
  /// @throws IllegalArgumentException if there are too few modes or times, or dimensions differ
  /// @throws ArithmeticException if the score is not finite on a path, or if at some time the modes
  ///     cannot be told apart
  public static ModeWeights of(Score score, List<? extends Mode> modes, double... times) {
    if (modes.size() < 2) {
      throw new IllegalArgumentException(
          "there are %d modes but weights need at least 2".formatted(modes.size()));
    }
    if (times.length == 0) {
      throw new IllegalArgumentException(
          "times is empty: give those where the noise bridges the modes");
    }
    int k = modes.size();
    double[][] byMode = new double[k][times.length];
    double circulation = 0;
    for (int i = 0; i < times.length; i++) {
      double t = times[i];
      double[][] centres = new double[k][];
      for (int j = 0; j < k; j++) {
        centres[j] = modes.get(j).centre(t);
        if (centres[j].length != score.dim()) {
          throw new IllegalArgumentException(
              "mode %d has %d coordinates but the score has %d (D)"
                  .formatted(j, centres[j].length, score.dim()));
        }
      }
      double[][] differences = new double[k][k];
      for (int a = 0; a < k; a++) {
        for (int b = a + 1; b < k; b++) {
          differences[a][b] = integral(score, t, centres[a], centres[b]);
          differences[b][a] = -differences[a][b];
        }
      }
      circulation = Math.max(circulation, circulation(differences));
      double[] weights = solve(modes, t, centres, differences);
      for (int j = 0; j < k; j++) {
        byMode[j][i] = weights[j];
      }
    }
    List<Estimate> weights = new ArrayList<>();
    for (double[] values : byMode) {
      weights.add(Estimate.mean(values));
    }
    return new ModeWeights(weights, circulation);
  }

  /// ∫ s·dx along the straight line, by Simpson's rule.
  private static double integral(Score score, double t, double[] from, double[] to) {
    int dim = from.length;
    Batch x = Batch.zeros(INTERVALS + 1, dim);
    for (int i = 0; i <= INTERVALS; i++) {
      double u = (double) i / INTERVALS;
      for (int c = 0; c < dim; c++) {
        x.set(i, c, (float) ((1 - u) * from[c] + u * to[c]));
      }
    }
    Batch s = Batch.zeros(INTERVALS + 1, dim);
    score.score(x, 0, INTERVALS + 1, t, s);
    double sum = 0;
    for (int i = 0; i <= INTERVALS; i++) {
      double along = 0;
      for (int c = 0; c < dim; c++) {
        along += s.get(i, c) * (to[c] - from[c]);
      }
      if (!Double.isFinite(along)) {
        throw new ArithmeticException(
            "the score is not finite at %s and t = %s, where it is %s"
                .formatted(Arrays.toString(x.row(i)), t, Arrays.toString(s.row(i))));
      }
      sum += (i == 0 || i == INTERVALS ? 1 : i % 2 == 1 ? 4 : 2) * along;
    }
    return sum / (3 * INTERVALS);
  }

  private static double circulation(double[][] d) {
    double greatest = 0;
    for (int a = 0; a < d.length; a++) {
      for (int b = a + 1; b < d.length; b++) {
        for (int c = b + 1; c < d.length; c++) {
          greatest = Math.max(greatest, Math.abs(d[a][b] + d[b][c] + d[c][a]));
        }
      }
    }
    return greatest;
  }

  /// Σₖ exp(log qₖ(zⱼ) − φⱼ)·vₖ = 1 for all j; w = v/Σv.
  private static double[] solve(
      List<? extends Mode> modes, double t, double[][] centres, double[][] differences) {
    int k = centres.length;
    double[][] a = new double[k][k + 1];
    double[] greatest = new double[k];
    for (int j = 0; j < k; j++) {
      double phi = 0;
      for (int i = 0; i < k; i++) {
        phi += differences[i][j] / k;
      }
      for (int m = 0; m < k; m++) {
        a[j][m] = modes.get(m).logDensity(centres[j], t) - phi;
      }
      greatest[j] = Arrays.stream(a[j], 0, k).max().orElse(0);
    }
    // rows relative to their greatest, so that nothing overflows; c is chosen likewise
    double least = Arrays.stream(greatest).min().orElse(0);
    for (int j = 0; j < k; j++) {
      for (int m = 0; m < k; m++) {
        a[j][m] = StrictMath.exp(a[j][m] - greatest[j]);
      }
      a[j][k] = StrictMath.exp(least - greatest[j]);
    }
    double[] v = Elimination.solve(a);
    if (v.length == 0) {
      throw new ArithmeticException(
          "at t = %s the noise hides which mode is which: choose an earlier time".formatted(t));
    }
    double sum = Arrays.stream(v).sum();
    return Arrays.stream(v).map(w -> w / sum).toArray();
  }

  private static final class NormalMode implements Mode {
    private final double[] mean;
    private final double std;
    private final DoubleUnaryOperator meanScale;
    private final DoubleUnaryOperator noiseStd;

    NormalMode(
        double[] mean, double std, DoubleUnaryOperator meanScale, DoubleUnaryOperator noiseStd) {
      this.mean = mean;
      this.std = std;
      this.meanScale = meanScale;
      this.noiseStd = noiseStd;
    }

    @Override
    public double[] centre(double t) {
      double scale = meanScale.applyAsDouble(t);
      return Arrays.stream(mean).map(m -> scale * m).toArray();
    }

    @Override
    public double logDensity(double[] x, double t) {
      double scale = meanScale.applyAsDouble(t);
      double noise = noiseStd.applyAsDouble(t);
      double variance = scale * scale * std * std + noise * noise;
      double square = 0;
      for (int c = 0; c < mean.length; c++) {
        square += (x[c] - scale * mean[c]) * (x[c] - scale * mean[c]);
      }
      return -0.5 * (square / variance + mean.length * StrictMath.log(2 * Math.PI * variance));
    }
  }
}
