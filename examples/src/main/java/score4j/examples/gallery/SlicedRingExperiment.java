package score4j.examples.gallery;

import java.io.IOException;
import score4j.examples.plot.Figure;
import score4j.objective.ExactTrace;
import score4j.objective.Sliced;
import score4j.rng.Key;

/// The ring again, learned with one random direction instead of the trace.
final class SlicedRingExperiment implements Experiment {
  @Override
  public String id() {
    return "003-sliced";
  }

  @Override
  public String title() {
    return "The ring, sliced";
  }

  @Override
  public String about() {
    return "The same points, network and schedule, but the trace of the Jacobian is estimated along"
        + " one random direction for each point (sliced score matching with variance"
        + " reduction). In two dimensions that saves little; what it costs in accuracy is"
        + " measured here.";
  }

  @Override
  public void run(Context context) throws IOException {
    Key key = context.key().fold(3);
    RingFit fit = RingFit.learn(context, key, Sliced.of(1));
    fit.addChecks(context, 1.5);
    double exact = RingFit.stepTime(key, new ExactTrace(), context.threads());
    double sliced = RingFit.stepTime(key, Sliced.of(1), context.threads());
    context.add(
        Check.information(
            "time per step (ms)",
            sliced,
            "the exact trace takes %s; medians on %d threads"
                .formatted(Check.number(exact), context.threads().count())));
    context.picture(
        "003-sliced-quiver.png",
        "The score learned from one random direction a point, and the loss: noisier in training"
            + " than with the exact trace, by which the held-out samples are judged here, too.",
        () ->
            Figure.of(
                fit.quiver("Learned score, sliced", fit.trained().network()),
                fit.losses().size(380, 440)));
  }
}
