package score4j.sample;

import java.util.Arrays;
import java.util.Objects;
import score4j.Score;
import score4j.Threads;
import score4j.array.Batch;
import score4j.rng.Key;

/// The Metropolis-adjusted Langevin algorithm: a Langevin step is a proposal, and taken with the
/// probability that leaves the density invariant, whatever the step size.
///
/// ```text
/// y = x + ε·s(x) + √(2ε)·z                          Roberts & Tweedie 1996; Besag 1994
/// x ← y with probability min(1, p(y)·q(x | y) / (p(x)·q(y | x)))
/// q(y | x) = N(y; x + ε·s(x), 2ε·I)
/// ```
/// - **Density**: a [score4j.Density] is asked for it, an [score4j.EnergyScore] for its energy. Any
///   other score is integrated along the proposal,
///
///   ```text
///   log p(y) − log p(x) = ∫₀¹ s(x + u·(y − x))·(y − x) du
///   ```
///   by the rule of Gauss and Lobatto, which uses the scores at x and y, known anyway, and
///   `innerNodes` between, exact where s is a polynomial of degree 2·innerNodes + 1 along the way.
///   It is a difference of log densities if the score is a gradient; a network's nearly is.
/// - **Step size**: each chain finds its own while it warms up, so that a particle depends on
///   itself alone: log ε ← log ε + 2·(k + 1)^(−0.6)·(a − 0.574), a the probability of step k
///   (Robbins & Monro
///   1951; Roberts & Rosenthal 1998 for 0.574). The mean of log ε over the second half of the
///   warm-up is kept for the rest, whose law is then exact.
/// - **Error**: none in the law that a chain settles in; modes that are far apart exchange samples
///   slowly. A proposal that is not finite is not taken.
/// - **Cost** per step and sample: one score, one log density or `innerNodes` scores, D normals and
///   a uniform number.
///
/// @param stepSize ε of the first step
/// @param warmUp how many of the steps adapt ε, from the first on; 0 leaves it as it is
/// @param steps how many steps to make in all, at most 2³² − 1
/// @param innerNodes how many scores to use between x and y where there is no density
/// @param threads what computes
public record Mala(double stepSize, long warmUp, long steps, int innerNodes, Threads threads)
    implements Sampler {
  /// The share of proposals that a warm-up aims at.
  public static final double ACCEPTANCE = 0.574;

  /// What became of the chains of a run, by row.
  public static final class Report {
    private final double[] stepSizes;
    private final double[] acceptance;

    Report(double[] stepSizes, double[] acceptance) {
      this.stepSizes = stepSizes;
      this.acceptance = acceptance;
    }

    /// ε of every chain after the warm-up, in a new array.
    public double[] stepSizes() {
      return stepSizes.clone();
    }

    /// The share of the proposals after the warm-up that every chain took, in a new array; NaN if
    /// all steps were warm-up.
    public double[] acceptance() {
      return acceptance.clone();
    }

    /// The share of all proposals after the warm-up that were taken.
    public double meanAcceptance() {
      return Arrays.stream(acceptance).average().orElse(Double.NaN);
    }

    @Override
    public String toString() {
      return "Mala.Report[%d chains, acceptance %.3f]"
          .formatted(acceptance.length, meanAcceptance());
    }
  }

  /// Checks the ranges.
  public Mala {
    if (!((float) stepSize > 0) || stepSize > Float.MAX_VALUE) {
      throw new IllegalArgumentException(
          "stepSize must be a positive number that a float can hold but was %s"
              .formatted(stepSize));
    }
    if (steps < 0 || steps > 0xFFFFFFFFL) {
      throw new IllegalArgumentException(
          "steps must be from 0 to 2³² − 1 but was %d: use another key to go on after that"
              .formatted(steps));
    }
    if (warmUp < 0 || warmUp > steps) {
      throw new IllegalArgumentException(
          "warmUp must be from 0 to the %d steps but was %d: it is a part of them"
              .formatted(steps, warmUp));
    }
    if (innerNodes < 0 || innerNodes > 100) {
      throw new IllegalArgumentException(
          "innerNodes must be from 0 to 100 but was %d: 2 are usual".formatted(innerNodes));
    }
    Objects.requireNonNull(threads, "threads");
  }

  /// `steps` steps on all processors of this machine, of which the first half warms up.
  ///
  /// @param stepSize ε to begin with
  public static Mala of(double stepSize, long steps) {
    return new Mala(stepSize, steps / 2, steps, 2, Threads.available());
  }

  /// The same sampler with another warm-up.
  public Mala withWarmUp(long warmUp) {
    return new Mala(stepSize, warmUp, steps, innerNodes, threads);
  }

  @Override
  public Mala withThreads(Threads threads) {
    return new Mala(stepSize, warmUp, steps, innerNodes, threads);
  }

  @Override
  public void run(
      Score score, Batch x, long firstSample, Key key, long every, ChainListener listener) {
    runAndReport(score, x, firstSample, key, every, listener);
  }

  /// Runs the chains in place, as [#run] does, and tells of them.
  ///
  /// @param x where the chains begin, and where they are afterwards
  /// @throws IllegalArgumentException if `x` has another dimension than the score, or is not finite
  /// @throws ArithmeticException if the score of a start is not finite; names key and row
  public Report run(Score score, Batch x, Key key) {
    return runAndReport(score, x, 0, key, Math.max(1, steps), (step, state) -> {});
  }

  /// Runs chains that are a part of more, as [#run] does, and tells of them.
  ///
  /// @param x where the chains begin, and where they are afterwards
  /// @param firstSample the number of the sample in the first row
  /// @param every how many steps to make between two calls of the listener, at least 1
  /// @throws IllegalArgumentException if `x` has another dimension than the score, or is not finite
  /// @throws ArithmeticException if the score of a start is not finite; names key and row
  public Report runAndReport(
      Score score, Batch x, long firstSample, Key key, long every, ChainListener listener) {
    MalaChains chains = new MalaChains(x.rows(), stepSize, warmUp);
    Plan plan =
        Plan.of(
            steps,
            tile -> new MalaStep(chains, score, innerNodes, key, tile),
            "the score is not finite there");
    Chains.run(plan, threads, score, x, firstSample, NoiseSource.of(key), every, listener);
    return chains.report(steps);
  }
}
