package score4j.examples.fit;

import score4j.array.Parameters;
import score4j.examples.output.Progress;
import score4j.train.EpochReport;
import score4j.train.Listener;

/// Shows on a bar how far training is, and how it stands.
///
/// @param bar full at the number of all steps
public record TrainingBar(Progress bar) implements Listener {
  @Override
  public boolean epoch(EpochReport report, Parameters current) {
    String note =
        Double.isNaN(report.heldOutLoss())
            ? "loss %.3f".formatted(report.loss())
            : "held-out loss %.3f".formatted(report.heldOutLoss());
    bar.at(report.step(), note);
    return true;
  }
}
