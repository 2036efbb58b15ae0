package score4j.examples.gallery;

import java.util.Arrays;
import score4j.array.Batch;
import score4j.dist.Gaussian;
import score4j.examples.output.Progress;
import score4j.examples.plot.Panel;
import score4j.examples.plot.Theme;
import score4j.likelihood.FlowDensities;
import score4j.likelihood.FlowLikelihood;
import score4j.rng.Key;
import score4j.rng.Noise;
import score4j.solve.Tolerance;

/// How likely held-out digits are, and what was made of them, by the probability flow. Logarithms
/// are natural, densities in the units of the network.
final class DigitDensities {
  /// log p of each held-out digit as each of the ten.
  private final double[][] given;

  /// log p of each as any digit, and the errors of integration.
  private final FlowDensities any;

  /// log p of digits put together from the upper half of one and the lower half of another.
  private final double[] mixed;

  /// log p of each with its pixels in another order.
  private final double[] shuffled;

  /// log p of as many digits that were learned from.
  private final double[] learned;

  /// log p of the held-out digits by a Gaussian fitted to the others.
  private final double[] gaussian;

  /// The unit of a grey level.
  private final double greyLevel;

  private DigitDensities(
      double[][] given,
      FlowDensities any,
      double[] mixed,
      double[] shuffled,
      double[] learned,
      double[] gaussian,
      double greyLevel) {
    this.given = given;
    this.any = any;
    this.mixed = mixed;
    this.shuffled = shuffled;
    this.learned = learned;
    this.gaussian = gaussian;
    this.greyLevel = greyLevel;
  }

  static DigitDensities of(Context context, DigitFit fit, Key key) {
    FlowLikelihood exact =
        FlowLikelihood.of(DigitFit.PROCESS)
            .withTolerance(Tolerance.of(1e-3))
            .withThreads(context.threads());
    FlowLikelihood quick = exact.withErrorEstimate(false);
    Batch heldOut = DigitFit.images(fit.heldOut());
    int rows = heldOut.rows();
    double[][] given = new double[rows][DigitFit.CLASSES];
    try (Progress progress = context.progress("digits, likelihood", DigitFit.CLASSES)) {
      for (int digit = 0; digit < DigitFit.CLASSES; digit++) {
        double[] densities = quick.encode(fit.of(digit), heldOut).logDensity();
        for (int i = 0; i < rows; i++) {
          given[i][digit] = densities[i];
        }
        progress.at(digit + 1);
      }
    }
    FlowDensities any = exact.encode(fit.any(), heldOut);
    Gaussian gaussian = Gaussian.fit(DigitFit.images(fit.train()));
    return new DigitDensities(
        given,
        any,
        quick
            .encode(fit.any(), mixed(heldOut, DigitFit.digits(fit.heldOut()), key.fold(1)))
            .logDensity(),
        quick.encode(fit.any(), shuffled(heldOut, key.fold(2))).logDensity(),
        quick.encode(fit.any(), DigitFit.images(fit.train()).slice(0, rows)).logDensity(),
        gaussian.logDensity(heldOut),
        fit.greyLevel());
  }

  // the lower half comes from the next image, in a random order, that is another digit
  private static Batch mixed(Batch images, int[] digits, Key key) {
    int rows = images.rows();
    int[] order = Noise.permutation(key, rows);
    Batch out = images.copy();
    for (int i = 0; i < rows; i++) {
      int next = (i + 1) % rows;
      while (digits[order[next]] == digits[order[i]]) {
        next = (next + 1) % rows;
      }
      for (int p = DigitFit.PIXELS / 2; p < DigitFit.PIXELS; p++) {
        out.set(order[i], p, images.get(order[next], p));
      }
    }
    return out;
  }

  private static Batch shuffled(Batch images, Key key) {
    Batch out = images.copy();
    for (int i = 0; i < images.rows(); i++) {
      int[] from = Noise.permutation(key.fold(i), DigitFit.PIXELS);
      for (int p = 0; p < from.length; p++) {
        out.set(i, p, images.get(i, from[p]));
      }
    }
    return out;
  }

  void addChecks(Context context, int[] digits) {
    double told = 0;
    int right = 0;
    for (int i = 0; i < digits.length; i++) {
      int best = 0;
      for (int digit = 1; digit < DigitFit.CLASSES; digit++) {
        best = given[i][digit] > given[i][best] ? digit : best;
      }
      told += given[i][digits[i]] / digits.length;
      right += best == digits[i] ? 1 : 0;
    }
    context.add(
        Check.below(
            "bits a pixel of held-out digits",
            bits(any.meanLogDensity()),
            bits(Drawing.mean(gaussian)),
            "those of a fitted Gaussian"));
    context.add(
        Check.information(
            "  when the network is told which digit it is", bits(told), "a Gaussian is not told"));
    context.add(
        Check.information(
            "  of digits that were learned from",
            bits(Drawing.mean(learned)),
            "how much lower it is was learned by heart"));
    context.add(
        Check.information(
            "  error of integration, in nats a digit",
            Arrays.stream(any.integrationError()).max().orElse(0),
            "the largest of %d".formatted(digits.length)));
    context.add(
        Check.within(
            "AUC of held-out digits against shuffled ones",
            Drawing.auc(any.logDensity(), shuffled),
            0.99,
            1));
    context.add(
        Check.information(
            "  against halves of two digits put together",
            Drawing.auc(any.logDensity(), mixed),
            "½ would be chance"));
    context.add(
        Check.information(
            "  share that is most likely as what it is",
            (double) right / digits.length,
            "a tenth would be chance; nothing was trained to tell them apart"));
  }

  private double bits(double logDensity) {
    return FlowDensities.bitsPerDimension(logDensity, DigitFit.PIXELS, greyLevel);
  }

  private double[] bits(double[] logDensities) {
    return Arrays.stream(logDensities).map(this::bits).toArray();
  }

  Panel histogram() {
    return Panel.of("Likelihood", "bits a pixel", "density")
        .size(440, 300)
        .xRange(1, 7)
        .histogram("held out", bits(any.logDensity()), 1, 7, 60, Theme.fade(Theme.BLUE, 0.75))
        .histogram("halves of two", bits(mixed), 1, 7, 60, Theme.fade(Theme.ROSE, 0.6));
  }
}
