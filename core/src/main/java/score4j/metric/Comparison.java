package score4j.metric;

import java.util.Locale;

/// A statistic that says how far two things are apart, beside what it is when they are the same.
///
/// ```text
/// pValue = (1 + #{draws ≥ statistic})/(1 + draws)         Phipson & Smyth 2010, arXiv:1603.05766
/// ```
/// A draw is the statistic after the labels were exchanged at random, which is what data against
/// data gives. Where there is no difference, P(pValue ≤ a) ≤ a for every a.
///
/// @param estimate the statistic and its standard error over other samples
/// @param nullMean what it is on average when there is no difference
/// @param nullStd its standard deviation then
/// @param pValue how often it is at least as great when there is no difference; small speaks
///     against that
public record Comparison(Estimate estimate, double nullMean, double nullStd, double pValue) {
  /// The comparison of a statistic with its draws.
  ///
  /// @param observed the statistic as the draws compute it, equal to a draw that repeats it
  static Comparison of(Estimate estimate, double observed, double[] draws) {
    int greater = 0;
    double sum = 0;
    for (double draw : draws) {
      greater += draw >= observed ? 1 : 0;
      sum += draw;
    }
    double mean = sum / draws.length;
    double squares = 0;
    for (double draw : draws) {
      squares += (draw - mean) * (draw - mean);
    }
    return new Comparison(
        estimate,
        mean,
        Math.sqrt(squares / (draws.length - 1)),
        (1.0 + greater) / (1.0 + draws.length));
  }

  /// `estimate, null mean ± std, p = pValue`.
  @Override
  public String toString() {
    return String.format(
        Locale.ROOT, "%s, null %.3g ± %.2g, p = %.3g", estimate, nullMean, nullStd, pValue);
  }
}
