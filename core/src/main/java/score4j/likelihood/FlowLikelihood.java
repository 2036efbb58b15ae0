package score4j.likelihood;

import java.util.Objects;
import org.jspecify.annotations.Nullable;
import score4j.Density;
import score4j.DifferentiableScore;
import score4j.Threads;
import score4j.array.Batch;
import score4j.dist.Distribution;
import score4j.dist.Gaussian;
import score4j.process.LinearSde;
import score4j.process.Sde;
import score4j.rng.Key;
import score4j.solve.Tolerance;

/// log p(x) of a score, by following x along the probability flow to noise, whose law is known.
///
/// ```text
/// log p(x) = log p₁(x₁) + ∫ₑ¹ ∇·(f − ½·g²·s)(x_t, t) dt        Song et al. 2021, equation 39
/// dx_t/dt = f(x_t, t) − ½·g(t)²·s(x_t, t),   x_e = x
/// ```
/// - **Units**: nats, a density in the units of x. [FlowDensities#bitsPerDimension] converts.
/// - **e**, the earliest time: with a learned score that of the process, and log p is then that of
///   data with the noise of that time; with an exact score 0 is best.
/// - **p₁**, the prior: N(0, σ(1)²·I) unless another is given. It leaves out what is left of the
///   data at t = 1 and is wrong by up to α(1)·‖x‖/σ(1) nats: 0.01 for VP with β to 20, 0.05 for VE
///   up to 50 and 0.2 for σᵗ with σ = 25, where ‖x‖ is 2. [#withDataLaw] takes out most of that.
/// - **Integration error**: the tolerance holds for the error of each step, of each coordinate of x
///   and of log p. Every point is followed a second time at half the tolerance; that is the
///   result, and how far apart the two are is its reported error, which is right as far as error
///   is proportional to tolerance. Scores are floats, so below 1e-6 little is gained.
/// - **Probes**: numbers v of probe m, sample i, coordinate d come from [score4j.rng.ProbeLaw] at
///   (key, step m, i, d), so a result does not depend on threads or batches, and the first probes
///   of many are those of few.
/// - **Cost**: the default tolerance of 1e-5 takes 60 to 120 evaluations of score and divergence a
///   point for mixtures of size 1, and leaves an error of 1e-6 to 1e-4 nats, with D; the second run
///   takes 1.15 times as many again.
///
/// @param process what made the noise
/// @param divergence how ∇·s is come by
/// @param prior p₁; null for N(0, σ(1)²·I)
/// @param earliest e, from 0 to below 1
/// @param tolerance of the solver; absolute in the units of x, and in nats
/// @param errorEstimate whether to follow every point a second time at half the tolerance
/// @param threads what computes
public record FlowLikelihood(
    Sde process,
    Divergence divergence,
    @Nullable Density prior,
    double earliest,
    Tolerance tolerance,
    boolean errorEstimate,
    Threads threads) {
  /// Checks the ranges.
  public FlowLikelihood {
    Objects.requireNonNull(process, "process");
    Objects.requireNonNull(divergence, "divergence");
    Objects.requireNonNull(tolerance, "tolerance");
    Objects.requireNonNull(threads, "threads");
    if (!(earliest >= 0 && earliest < 1)) {
      throw new IllegalArgumentException(
          "earliest must be from 0 to below 1 but was %s".formatted(earliest));
    }
    if (prior == null && !(process instanceof LinearSde)) {
      throw new IllegalArgumentException(
          "prior is null but the process is not linear, so the law of its noise is not known: give one");
    }
  }

  /// Exact divergence from the earliest time of the process, at a tolerance of 1e-5, with an error
  /// estimate, on all processors.
  public static FlowLikelihood of(LinearSde process) {
    return new FlowLikelihood(
        process,
        Divergence.exact(),
        null,
        process.earliestTime(),
        Tolerance.of(1e-5),
        true,
        Threads.available());
  }

  /// The same for any process, whose noise has the given law.
  public static FlowLikelihood of(Sde process, Density prior, double earliest) {
    return new FlowLikelihood(
        process,
        Divergence.exact(),
        prior,
        earliest,
        Tolerance.of(1e-5),
        true,
        Threads.available());
  }

  /// The same with another way to the divergence.
  public FlowLikelihood withDivergence(Divergence divergence) {
    return new FlowLikelihood(
        process, divergence, prior, earliest, tolerance, errorEstimate, threads);
  }

  /// The same with another law of the noise.
  public FlowLikelihood withPrior(Density prior) {
    return new FlowLikelihood(
        process, divergence, prior, earliest, tolerance, errorEstimate, threads);
  }

  /// The same with the law that normal data would have as noise: N(α·m, α²·Σ + σ²·I) at t = 1 for
  /// data N(m, Σ), such as `Gaussian.fit(data)`. For data that are not normal it is still much
  /// closer than N(0, σ²·I), since mean and covariance are right.
  ///
  /// @throws IllegalArgumentException if the process is not linear
  public FlowLikelihood withDataLaw(Gaussian data) {
    if (!(process instanceof LinearSde linear)) {
      throw new IllegalArgumentException(
          "process is not linear, so what it makes of normal data is not known: use withPrior");
    }
    return withPrior(data.at(linear, 1));
  }

  /// The same from another earliest time.
  public FlowLikelihood withEarliest(double earliest) {
    return new FlowLikelihood(
        process, divergence, prior, earliest, tolerance, errorEstimate, threads);
  }

  /// The same at another tolerance.
  public FlowLikelihood withTolerance(Tolerance tolerance) {
    return new FlowLikelihood(
        process, divergence, prior, earliest, tolerance, errorEstimate, threads);
  }

  /// The same with or without the second run that measures the integration error.
  public FlowLikelihood withErrorEstimate(boolean errorEstimate) {
    return new FlowLikelihood(
        process, divergence, prior, earliest, tolerance, errorEstimate, threads);
  }

  /// The same on other threads; it gives the same result.
  public FlowLikelihood withThreads(Threads threads) {
    return new FlowLikelihood(
        process, divergence, prior, earliest, tolerance, errorEstimate, threads);
  }

  /// log p of data, by the exact divergence.
  ///
  /// @param data B × D
  /// @throws IllegalArgumentException if they have another dimension than the score or are not
  ///     finite, or the divergence takes probes and so a key
  /// @throws ArithmeticException if a sample cannot be followed; names it
  public FlowDensities encode(DifferentiableScore score, Batch data) {
    if (divergence instanceof Divergence.Hutchinson) {
      throw new IllegalArgumentException(
          "the divergence takes probes, and they a key: pass one, or use Divergence.exact()");
    }
    return encode(score, data, 0, Key.of(0));
  }

  /// log p of data, and the noise that they become.
  ///
  /// @param data B × D
  /// @param firstSample the number of the sample in the first row, by which probes are addressed
  /// @param key of the probes; of no effect on the exact divergence
  /// @throws IllegalArgumentException if they have another dimension than the score or are not
  ///     finite
  /// @throws ArithmeticException if a sample cannot be followed; names its row
  public FlowDensities encode(DifferentiableScore score, Batch data, long firstSample, Key key) {
    return new Passage(this, score, data, firstSample, key, true).run();
  }

  /// The data that noise becomes, and log p of them from the same pass.
  ///
  /// @param noise B × D
  /// @param firstSample the number of the sample in the first row, by which probes are addressed
  /// @param key of the probes; of no effect on the exact divergence
  /// @throws IllegalArgumentException if it has another dimension than the score or is not finite
  /// @throws ArithmeticException if a sample cannot be followed; names its row
  public FlowDensities decode(DifferentiableScore score, Batch noise, long firstSample, Key key) {
    return new Passage(this, score, noise, firstSample, key, false).run();
  }

  /// `n` samples of the law whose score it is, and log p of each from the same pass.
  ///
  /// @param key of the noise and of the probes; sample i depends on it and on i alone
  /// @throws IllegalArgumentException if the prior is a density that cannot be drawn from
  /// @throws ArithmeticException if a sample cannot be followed; names it
  public FlowDensities sample(DifferentiableScore score, int n, Key key) {
    if (!(terminal(score.dim()) instanceof Distribution law)) {
      throw new IllegalArgumentException(
          "prior is not a Distribution, so there are no samples of it: decode noise of your own");
    }
    // the start of every sampler under this key
    return decode(score, law.sample(key.fold(0), n), 0, key.fold(1));
  }

  /// p₁ in `dim` dimensions.
  Density terminal(int dim) {
    if (prior != null) {
      return prior;
    }
    double std = process instanceof LinearSde linear ? linear.priorStd() : Double.NaN;
    return Gaussian.isotropic(new double[dim], std);
  }
}
