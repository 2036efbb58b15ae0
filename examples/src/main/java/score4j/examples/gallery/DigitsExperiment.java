package score4j.examples.gallery;

import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import score4j.array.Batch;
import score4j.examples.plot.Figure;
import score4j.examples.plot.Images;
import score4j.examples.plot.Panel;
import score4j.examples.plot.Theme;
import score4j.metric.ClassifierTwoSampleTest;
import score4j.metric.Comparison;
import score4j.process.TimeGrid;
import score4j.rng.Key;
import score4j.sample.ReverseSde;
import score4j.train.EpochReport;

/// Handwritten digits: drawn, judged by their likelihood, and completed.
final class DigitsExperiment implements Experiment {
  private static final int STEPS = 150;
  private static final int SHOWN = 10;
  private static final int REAL = 6;

  @Override
  public String id() {
    return "digits";
  }

  @Override
  public String title() {
    return "Handwritten digits";
  }

  @Override
  public String about() {
    return "1,797 digits of 8 × 8 grey pixels. Noise of one grey level is added, one scale serves"
        + " all pixels, and a fifth is held out. A network with two hidden layers of 256 learns"
        + " the score of the digits under a variance-preserving diffusion: of each digit, and of"
        + " all together. The reverse diffusion draws digits, the probability flow says how likely"
        + " one is, and inpainting draws the lower halves that go with an upper one.";
  }

  @Override
  public void run(Context context) throws IOException {
    Key key = context.key().fold(20);
    DigitFit fit = DigitFit.learn(context, key);
    List<Batch> samples = samples(context, fit, key.fold(5));
    addSamples(context, fit, samples, key.fold(6));
    DigitDensities densities = DigitDensities.of(context, fit, key.fold(7));
    densities.addChecks(context, DigitFit.digits(fit.heldOut()));
    DigitHalves halves = DigitHalves.of(context, fit, key.fold(8));
    halves.addChecks(context, fit);
    context.picture(
        "digits-samples.png",
        "Held-out digits, and what the network draws when it is told which digit to draw.",
        () -> Figure.of(real(fit), drawn(fit, samples)));
    context.picture(
        "digits-halves.png",
        "Held-out digits, what is left of them when the lower half is hidden, and lower halves drawn"
            + " by a network that is not told which digit it is.",
        () -> Figure.of(halves.sheet(fit)));
    context.picture(
        "digits-likelihood.png",
        "How many bits a pixel held-out digits take, beside images put together from the halves of"
            + " two different digits; digits with their pixels shuffled lie far to the right."
            + " Beside it the loss.",
        () -> Figure.of(densities.histogram(), losses(fit)));
  }

  /// As many of each digit as are held out.
  private static List<Batch> samples(Context context, DigitFit fit, Key key) {
    TimeGrid grid = TimeGrid.karras(DigitFit.PROCESS, 1, DigitFit.PROCESS.earliestTime(), STEPS, 7);
    ReverseSde sde =
        ReverseSde.of(DigitFit.PROCESS, grid)
            .withScheme(ReverseSde.Scheme.STOCHASTIC_HEUN)
            .withDenoise(false) // the noise of one grey level belongs to the law
            .withThreads(context.threads());
    List<Batch> samples = new ArrayList<>();
    for (int digit = 0; digit < DigitFit.CLASSES; digit++) {
      int count = DigitFit.images(fit.heldOut(), digit).rows();
      samples.add(sde.sample(fit.of(digit), count, key.fold(digit)));
    }
    return samples;
  }

  private static void addSamples(Context context, DigitFit fit, List<Batch> samples, Key key) {
    Batch all = Batch.zeros(fit.heldOut().rows(), DigitFit.PIXELS);
    int at = 0;
    for (Batch batch : samples) {
      System.arraycopy(batch.data(), 0, all.data(), at, batch.data().length);
      at += batch.data().length;
    }
    Batch heldOut = DigitFit.images(fit.heldOut());
    Comparison test = ClassifierTwoSampleTest.of(all, heldOut, key);
    context.add(
        Check.atMost(
            "share of samples and held-out digits told apart", test.estimate().value(), 0.62));
    context.add(
        Check.information(
            "  if there were no difference",
            0.5,
            "one standard error is %s".formatted(Check.number(test.nullStd()))));
    Comparison nearest = ClassifierTwoSampleTest.of(all, heldOut, 1, key);
    context.add(
        Check.information(
            "  by the nearest neighbour alone", nearest.estimate().value(), "½ as well"));
    Batch train = DigitFit.images(fit.train());
    context.add(
        Check.information(
            "  how far a sample is from the nearest digit that was learned from",
            nearest(all, train),
            "a held-out digit is %s; much less would be learned by heart"
                .formatted(Check.number(nearest(heldOut, train)))));
  }

  private static double nearest(Batch from, Batch to) {
    double sum = 0;
    for (int i = 0; i < from.rows(); i++) {
      double least = Double.POSITIVE_INFINITY;
      for (int j = 0; j < to.rows(); j++) {
        double square = 0;
        for (int p = 0; p < from.cols(); p++) {
          double difference = from.get(i, p) - to.get(j, p);
          square += difference * difference;
        }
        least = Math.min(least, square);
      }
      sum += Math.sqrt(least);
    }
    return sum / from.rows();
  }

  private static Panel real(DigitFit fit) {
    List<float[]> images = new ArrayList<>();
    for (int digit = 0; digit < DigitFit.CLASSES; digit++) {
      Batch rows = DigitFit.images(fit.heldOut(), digit);
      for (int i = 0; i < REAL; i++) {
        images.add(fit.ink(rows.row(i)));
      }
    }
    return Panel.of("Held-out digits", Images.of(images, REAL, DigitFit.SIDE, 5.5));
  }

  private static Panel drawn(DigitFit fit, List<Batch> samples) {
    List<float[]> images = new ArrayList<>();
    for (Batch rows : samples) {
      for (int i = 0; i < SHOWN; i++) {
        images.add(fit.ink(rows.row(i)));
      }
    }
    return Panel.of("Samples", Images.of(images, SHOWN, DigitFit.SIDE, 5.5));
  }

  private static Panel losses(DigitFit fit) {
    List<EpochReport> history = fit.trained().history();
    List<EpochReport> evaluated = history.stream().filter(EpochReport::evaluated).toList();
    return Panel.of("Loss", "epoch", "denoising loss")
        .size(440, 300)
        .xRange(0, history.size())
        .line(
            "training, half of it without the class",
            history.stream().mapToDouble(EpochReport::epoch).toArray(),
            history.stream().mapToDouble(EpochReport::loss).toArray(),
            Theme.PALE_BLUE,
            1.2)
        .line(
            "held out",
            evaluated.stream().mapToDouble(EpochReport::epoch).toArray(),
            evaluated.stream().mapToDouble(EpochReport::heldOutLoss).toArray(),
            Theme.BLUE,
            2.2);
  }
}
