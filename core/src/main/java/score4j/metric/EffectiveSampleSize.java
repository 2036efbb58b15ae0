package score4j.metric;

/// How many independent samples the steps of Markov chains are worth, for the mean of a quantity.
///
/// ```text
/// ESS = M·N/τ,   τ = 1 + 2 Σ ρ(lag)
/// ρ(lag) = 1 − (W − autocovariance(lag))/var⁺            Vehtari et al. 2021, Bayesian Anal. 16
/// ```
/// The sum is Geyer's initial monotone sequence (1992, Statist. Sci. 7, §3.3): pairs ρ(2k) + ρ(2k +
/// 1) as long as they are positive, none greater than the one before. W is the variance within the
/// chains and var⁺ that of all together, so chains that disagree have few effective samples. Chains
/// are cut into halves first.
/// - **Null**: independent samples have ESS ≈ M·N. An AR(1) chain has M·N·(1 − ρ)/(1 + ρ).
/// - **Bound**: at most M·N·log₁₀(M·N), for alternating chains whose τ is hard to tell from 0.
/// - **Error**: a few per cent for hundreds of effective samples; of no use below some 50.
/// - **Cost**: M·N additions a lag, up to the lag where correlations vanish.
public final class EffectiveSampleSize {
  private EffectiveSampleSize() {}

  /// The effective sample size.
  ///
  /// @param chains one quantity, `chains[c][i]` at step i of chain c; all of one length, at least 4
  /// @return NaN if no value differs from another
  /// @throws IllegalArgumentException if there is no chain, lengths differ, or a number is not
  ///     finite
  public static double of(double[][] chains) {
    return size(Chains.of(chains));
  }

  /// The mean over all steps, with the standard error √(var⁺/ESS) that the effective samples have.
  ///
  /// @param chains as in [#of]
  /// @throws IllegalArgumentException as above
  public static Estimate mean(double[][] chains) {
    Chains c = Chains.of(chains);
    double sum = 0;
    for (double[] chain : chains) {
      for (double value : chain) {
        sum += value / chain.length;
      }
    }
    return new Estimate(sum / chains.length, Math.sqrt(c.pooled / size(c)));
  }

  private static double size(Chains chains) {
    if (chains.pooled == 0) {
      return Double.NaN;
    }
    int steps = chains.halves[0].length;
    double all = (double) steps * chains.halves.length;
    double tau = -1;
    double last = Double.POSITIVE_INFINITY;
    for (int lag = 0; lag + 1 < steps; lag += 2) {
      double pair = correlation(chains, lag) + correlation(chains, lag + 1);
      if (pair <= 0) {
        break;
      }
      last = Math.min(last, pair);
      tau += 2 * last;
    }
    return all / Math.max(tau, 1 / Math.log10(all));
  }

  private static double correlation(Chains chains, int lag) {
    return lag == 0 ? 1 : 1 - (chains.within - chains.autocovariance(lag)) / chains.pooled;
  }
}
