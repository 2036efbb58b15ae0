package score4j.examples.gallery;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.stream.IntStream;
import score4j.array.Batch;
import score4j.dist.Gaussian;
import score4j.examples.output.Progress;
import score4j.examples.plot.Images;
import score4j.examples.plot.Panel;
import score4j.inverse.Inpainting;
import score4j.process.TimeGrid;
import score4j.rng.Key;

/// Lower halves of held-out digits, drawn for the upper ones.
///
/// @param truth the digits
/// @param draws the draws of the first digit, then those of the second, and so on
record DigitHalves(Batch truth, Batch draws) {
  private static final int DIGITS = 150;
  private static final int HALF = DigitFit.PIXELS / 2;

  /// The least and the largest of 19 draws have the truth between them nine times in ten: if it is
  /// one more draw, each of the twenty is as likely as another to be the least, or the largest.
  private static final int DRAWS = 19;

  private static final int COLUMNS = 14;
  private static final int SHOWN = 6;

  static DigitHalves of(Context context, DigitFit fit, Key key) {
    Batch truth = DigitFit.images(fit.heldOut()).slice(0, DIGITS);
    Batch known = Batch.zeros(DIGITS * DRAWS, DigitFit.PIXELS);
    for (int i = 0; i < known.rows(); i++) {
      float[] row = half(truth.row(i / DRAWS));
      System.arraycopy(row, 0, known.data(), i * row.length, row.length);
    }
    TimeGrid grid = TimeGrid.karras(DigitFit.PROCESS, 1, DigitFit.PROCESS.earliestTime(), 120, 7);
    Inpainting inpainting =
        Inpainting.of(DigitFit.PROCESS, grid, known)
            .withResampling(3, 1)
            .withThreads(context.threads());
    try (Progress progress = context.progress("digits, lower halves", inpainting.steps())) {
      Batch x = inpainting.start(known.rows(), DigitFit.PIXELS, 0, key);
      inpainting.run(fit.any(), x, 0, key, 50, (step, state) -> progress.at(step));
      return new DigitHalves(truth, x);
    }
  }

  private static float[] half(float[] image) {
    float[] half = image.clone();
    Arrays.fill(half, HALF, half.length, Float.NaN);
    return half;
  }

  /// Compares, over all pixels that were hidden, in grey levels.
  void addChecks(Context context, DigitFit fit) {
    Gaussian gaussian = Gaussian.fit(DigitFit.images(fit.train()));
    double[] mean = gaussian.mean();
    int[] known = IntStream.range(0, HALF).toArray();
    double drawnError = 0;
    double gaussianError = 0;
    double meanError = 0;
    int inside = 0;
    for (int i = 0; i < DIGITS; i++) {
      double[] image = Drawing.row(truth, i);
      double[] guess = gaussian.mixture().conditional(known, Arrays.copyOf(image, HALF)).mean();
      for (int p = HALF; p < DigitFit.PIXELS; p++) {
        double[] drawn = Drawing.column(draws.slice(i * DRAWS, (i + 1) * DRAWS), p);
        double least = Arrays.stream(drawn).min().orElseThrow();
        double most = Arrays.stream(drawn).max().orElseThrow();
        inside += image[p] >= least && image[p] <= most ? 1 : 0;
        drawnError += square(image[p] - Drawing.mean(drawn));
        gaussianError += square(image[p] - guess[p - HALF]);
        meanError += square(image[p] - mean[p]);
      }
    }
    int pixels = DIGITS * HALF;
    double unit = 1 / fit.greyLevel();
    context.add(
        Check.below(
            "error of a hidden pixel, in grey levels",
            unit * Math.sqrt(drawnError / pixels),
            unit * Math.sqrt(gaussianError / pixels),
            "that of a fitted Gaussian given the upper half"));
    context.add(
        Check.information(
            "  filled in with the mean image",
            unit * Math.sqrt(meanError / pixels),
            "of 16 levels"));
    context.add(
        Check.information(
            "  share of hidden pixels inside 90% intervals",
            (double) inside / pixels,
            "from the least to the largest of %d draws".formatted(DRAWS)));
  }

  private static double square(double x) {
    return x * x;
  }

  /// The digits, their upper halves and some of the draws.
  Panel sheet(DigitFit fit) {
    List<float[]> images = new ArrayList<>();
    List<String> labels = new ArrayList<>(List.of("digit", "given"));
    for (int i = 0; i < COLUMNS; i++) {
      images.add(fit.ink(truth.row(i)));
    }
    for (int i = 0; i < COLUMNS; i++) {
      images.add(fit.ink(half(truth.row(i))));
    }
    for (int draw = 0; draw < SHOWN; draw++) {
      labels.add(draw == 0 ? "draws" : "");
      for (int i = 0; i < COLUMNS; i++) {
        images.add(fit.ink(draws.row(i * DRAWS + draw)));
      }
    }
    return Panel.of(
        "Lower halves filled in", new Images(images, labels, COLUMNS, DigitFit.SIDE, 5.5));
  }
}
