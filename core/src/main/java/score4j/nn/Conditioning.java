package score4j.nn;

import java.util.Objects;
import org.jspecify.annotations.Nullable;
import score4j.process.LinearSde;
import score4j.process.Moments;

/// What a score network is told beside x, and how its output becomes a score.
///
/// ```text
/// s(x, t) = c_skip(t)·x + c_out(t)·F([c_in(t)·x, features(t), context])
///
/// PLAIN         c_skip = 0          c_in = 1             c_out = 1
/// INVERSE_STD   c_skip = 0          c_in = 1             c_out = 1/σ          Song & Ermon 2020
/// EDM           c_skip = −1/V       c_in = 1/√V          c_out = α·d/(σ·√V)   V = α²d² + σ²
/// ```
/// The last is the denoiser of Karras et al. 2022 (equation 7, table 1) written as a score: with d
/// the standard deviation of the data, what F sees and what it must say have variance 1 at every
/// time, and F = 0 is the score of N(0, d²·I) under the process.
///
/// Features and context are inputs without tangents: derivatives in x do not see them. The
/// network's first D inputs are x, then come the features, then the context. Times before the
/// process's earliest are taken as that, because at no noise 1/σ is infinite.
///
/// @param process what the time means; null for a score that does not know time
/// @param features how the network is told the time
/// @param scaling the three factors
/// @param dataStd d, which EDM alone uses
/// @param context how many numbers come with each sample, such as a class as 0s and a 1; in
///     training they are the last columns of the data
public record Conditioning(
    @Nullable LinearSde process,
    TimeFeatures features,
    Scaling scaling,
    double dataStd,
    int context) {
  /// How the network's output becomes a score.
  public enum Scaling {
    /// It is the score.
    PLAIN,
    /// It is the score times the standard deviation of the noise.
    INVERSE_STD,
    /// Input, output and what is added to it are of unit variance.
    EDM
  }

  private static final Conditioning NONE =
      new Conditioning(null, TimeFeatures.none(), Scaling.PLAIN, 1, 0);

  /// Checks that what depends on time has a process.
  public Conditioning {
    Objects.requireNonNull(features, "features");
    Objects.requireNonNull(scaling, "scaling");
    if (process == null && (features.count() > 0 || scaling != Scaling.PLAIN)) {
      throw new IllegalArgumentException(
          "features %s and scaling %s need a process, which says what the time means"
              .formatted(features, scaling));
    }
    if (!(dataStd > 0) || Double.isInfinite(dataStd)) {
      throw new IllegalArgumentException(
          "dataStd must be finite and above 0 but was %s: 1 for standardised data"
              .formatted(dataStd));
    }
    if (context < 0) {
      throw new IllegalArgumentException(
          "context must be at least 0 but was %d".formatted(context));
    }
  }

  /// A score that does not know time: s(x) = F(x).
  public static Conditioning none() {
    return NONE;
  }

  /// The one to begin with, for standardised data: the noise level and four waves of it as features
  /// and EDM scaling.
  public static Conditioning of(LinearSde process) {
    return new Conditioning(
        Objects.requireNonNull(process, "process"),
        TimeFeatures.of(TimeFeatures.Variable.LOG_NOISE).withFourier(0.125, 4),
        Scaling.EDM,
        1,
        0);
  }

  /// The same with other features.
  public Conditioning withFeatures(TimeFeatures features) {
    return new Conditioning(process, features, scaling, dataStd, context);
  }

  /// The same with another scaling.
  public Conditioning withScaling(Scaling scaling) {
    return new Conditioning(process, features, scaling, dataStd, context);
  }

  /// The same for data of another standard deviation.
  public Conditioning withDataStd(double dataStd) {
    return new Conditioning(process, features, scaling, dataStd, context);
  }

  /// The same with so many numbers beside each sample.
  public Conditioning withContext(int context) {
    return new Conditioning(process, features, scaling, dataStd, context);
  }

  /// How many inputs a network has beside x.
  public int inputs() {
    return features.count() + context;
  }

  /// Whether the network sees x alone and its output is the score.
  boolean isNone() {
    return process == null && context == 0;
  }

  /// D for a network: what is left of its inputs.
  ///
  /// @throws IllegalArgumentException if that is not how many outputs it has
  int requireDim(Mlp mlp) {
    int dim = mlp.outputs();
    if (mlp.inputs() != dim + inputs()) {
      throw new IllegalArgumentException(
          inputs() == 0
              ? "a score has as many outputs as inputs but the network has sizes %s: make the first and last equal"
                  .formatted(mlp.sizes())
              : "a score of D outputs takes D + %d inputs with %s but the network has sizes %s: make the first %d"
                  .formatted(inputs(), this, mlp.sizes(), dim + inputs()));
    }
    return dim;
  }

  /// Writes what a time comes to: its features and its three factors, rounded to float once.
  ///
  /// Where scaling is PLAIN the factors are 1, 0 and 1, and the score is F itself, with no product
  /// and no sum.
  ///
  /// @param featuresOut the features, [TimeFeatures#count] numbers
  /// @param factors c_in, c_skip and c_out
  public void at(double time, float[] featuresOut, float[] factors) {
    at(time, features.waves(), featuresOut, factors);
  }

  /// The same without an allocation.
  ///
  /// @param waves the frequencies of the features
  void at(double time, double[] waves, float[] featuresOut, float[] factors) {
    factors[0] = 1;
    factors[1] = 0;
    factors[2] = 1;
    if (process == null) {
      return;
    }
    double t = Math.max(time, process.earliestTime());
    Moments moments = process.moments(t);
    double variance = moments.variance();
    features.write(t, moments, waves, featuresOut);
    if (scaling == Scaling.INVERSE_STD) {
      factors[2] = (float) (1 / Math.sqrt(variance));
    } else if (scaling == Scaling.EDM) {
      double scaled = StrictMath.exp(moments.logMeanScale()) * dataStd;
      double whole = scaled * scaled + variance;
      double root = Math.sqrt(whole);
      factors[0] = (float) (1 / root);
      factors[1] = (float) (-1 / whole);
      factors[2] = (float) (scaled / (Math.sqrt(variance) * root));
    }
  }
}
