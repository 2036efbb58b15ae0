package score4j.examples.fit;

import java.util.ArrayList;
import java.util.List;
import score4j.DifferentiableScore;
import score4j.array.Batch;
import score4j.dist.Gaussian;
import score4j.examples.output.Progress;
import score4j.likelihood.FlowDensities;
import score4j.likelihood.FlowLikelihood;
import score4j.rng.Key;

/// How likely a row of a table is under a network that learned the scores of a process.
///
/// ```text
/// log p(x) = log p(y) − Σ log std,   y = (x − mean)/std
/// ```
///
/// @param logDensity log p(x) in nats, a density in the units of the table
/// @param integrationError how far a run at twice the tolerance was from that
/// @param standardError of the probes; 0 if the divergence is exact, NaN for a single probe
public record RowDensity(double logDensity, double integrationError, double standardError) {
  // rows that go together; progress is seen between
  private static final int CHUNK = 2048;

  /// The densities of rows.
  ///
  /// The law of the noise is that of standardised data, so that what is left of the data at t = 1
  /// costs little.
  ///
  /// @param score the network, wherever it is computed
  /// @param likelihood how to come by them, for the process of the model
  /// @param rows in the units of the table
  /// @param key of the probes
  /// @param progress full at the number of rows
  /// @throws ArithmeticException if a row cannot be followed
  public static List<RowDensity> of(
      SavedModel model,
      DifferentiableScore score,
      FlowLikelihood likelihood,
      Batch rows,
      Key key,
      Progress progress) {
    FlowLikelihood ours = likelihood.withDataLaw(Gaussian.standard(rows.cols()));
    double jacobian = 0;
    for (double std : model.scale().std()) {
      jacobian -= Math.log(std);
    }
    Batch y = model.scale().apply(rows);
    List<RowDensity> densities = new ArrayList<>();
    for (int from = 0; from < rows.rows(); from += CHUNK) {
      int to = Math.min(rows.rows(), from + CHUNK);
      FlowDensities part = ours.encode(score, y.slice(from, to), from, key);
      double[] logDensity = part.logDensity();
      double[] integrationError = part.integrationError();
      double[] standardError = part.standardError();
      for (int r = 0; r < to - from; r++) {
        densities.add(
            new RowDensity(logDensity[r] + jacobian, integrationError[r], standardError[r]));
      }
      progress.at(to);
    }
    return densities;
  }
}
