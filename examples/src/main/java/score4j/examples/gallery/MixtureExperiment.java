package score4j.examples.gallery;

import java.io.IOException;
import java.util.List;
import score4j.examples.plot.Figure;
import score4j.examples.plot.Panel;
import score4j.examples.plot.Theme;
import score4j.train.EpochReport;

/// Two equal Gaussians on the line, learned by a wide network.
final class MixtureExperiment implements Experiment {
  private final MixtureFit fit;

  MixtureExperiment(MixtureFit fit) {
    this.fit = fit;
  }

  @Override
  public String id() {
    return "004-mixture";
  }

  @Override
  public String title() {
    return "Two Gaussians on the line";
  }

  @Override
  public String about() {
    return "20,000 samples of ½ N(−2, 1) + ½ N(2, 1), and one hidden layer of 1024 softplus units"
        + " whose weights start as standard normal numbers. Adam at a constant rate of 0.005"
        + " rattles from epoch 150 on; here the rate falls along a cosine and the weights"
        + " are averaged, so that the result settles and stays.";
  }

  @Override
  public void run(Context context) throws IOException {
    MixtureFit.Result result = fit.get(context);
    Quadrature line = MixtureFit.LINE;
    double[] p = line.density(MixtureFit.LAW);
    double[] truth = line.score(MixtureFit.LAW);
    double[] learned = line.score(result.network());
    List<Double> divergences = result.divergences();
    double late =
        divergences.subList(divergences.size() * 4 / 5, divergences.size()).stream()
            .mapToDouble(Double::doubleValue)
            .max()
            .orElseThrow();
    context.add(
        Check.atMost("Fisher divergence at the end", line.divergence(learned, truth, p), 0.02));
    context.add(Check.atMost("  worst of the last fifth of the epochs", late, 0.02));
    context.add(
        Check.information(
            "score-matching loss of the law",
            line.implicitLoss(learned, line.slope(result.network()), p),
            "the least possible is " + MixtureFit.BEST_LOSS));
    context.picture(
        "004-mixture.png",
        "The score where the samples are, the loss of each epoch, and the Fisher divergence from"
            + " the true score as training goes on.",
        () -> figure(result, truth, learned));
  }

  private static Figure figure(MixtureFit.Result result, double[] truth, double[] learned) {
    double[] x = MixtureFit.LINE.x();
    List<EpochReport> history = result.trained().history();
    double[] epoch = history.stream().mapToDouble(EpochReport::epoch).toArray();
    double last = epoch[epoch.length - 1];
    double[] ends = {0, last};
    return Figure.of(
        Panel.of("Score", "x", "s(x)")
            .xRange(-5.5, 5.5)
            .yRange(-3.5, 3.5)
            .line("learned", x, learned, Theme.BLUE, 2.6)
            .dashes("true", x, truth, Theme.INK, 1.8),
        Panel.of("Loss", "epoch", "score-matching loss")
            .xRange(0, last)
            .yRange(-0.4, 0)
            .line(
                "training",
                epoch,
                history.stream().mapToDouble(EpochReport::loss).toArray(),
                Theme.BLUE,
                1.6)
            .dashes(
                "true score",
                ends,
                new double[] {MixtureFit.BEST_LOSS, MixtureFit.BEST_LOSS},
                Theme.INK,
                1.6),
        Panel.of("Fisher divergence", "epoch", "divergence")
            .xRange(0, last)
            .yRange(0, 0.1)
            .line(
                "averaged weights",
                result.epochs().stream().mapToDouble(Integer::doubleValue).toArray(),
                result.divergences().stream().mapToDouble(Double::doubleValue).toArray(),
                Theme.BLUE,
                2.2)
            .dashes("bound", ends, new double[] {0.02, 0.02}, Theme.INK, 1.6));
  }
}
