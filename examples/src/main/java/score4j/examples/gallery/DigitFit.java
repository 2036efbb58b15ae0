package score4j.examples.gallery;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Objects;
import score4j.array.Batch;
import score4j.data.Dequantizer;
import score4j.data.Split;
import score4j.data.Standardizer;
import score4j.examples.fit.TrainingBar;
import score4j.examples.output.Progress;
import score4j.nn.Activation;
import score4j.nn.Conditioning;
import score4j.nn.Init;
import score4j.nn.Mlp;
import score4j.nn.ScoreNetwork;
import score4j.objective.DiffusionDenoising;
import score4j.objective.TimeLaw;
import score4j.optim.Schedule;
import score4j.process.LinearSde;
import score4j.rng.Key;
import score4j.train.Trained;
import score4j.train.Trainer;

/// Handwritten digits of 8 × 8 pixels, and the network that learned their score: told which digit
/// it is, or, with a context of zeros, not.
///
/// @param scale the mean image, and one standard deviation for all pixels: some are always empty
/// @param train images that were learned from, then the digit as nine zeros and one other number
/// @param heldOut the others, likewise
/// @param trained how the training went
record DigitFit(Standardizer scale, Batch train, Batch heldOut, Trained<ScoreNetwork> trained) {
  static final int SIDE = 8;
  static final int PIXELS = SIDE * SIDE;
  static final int CLASSES = 10;

  /// What stands for the digit that it is: about as large as all else that the network sees.
  private static final float TOLD = 3;

  static final LinearSde PROCESS = LinearSde.variancePreserving(0.1, 20);
  private static final int BATCH = 128;
  private static final int EPOCHS = 300;
  private static final double RATE = 2e-3;

  /// Grey levels go from 0 to this.
  private static final int INK = 16;

  static DigitFit learn(Context context, Key key) throws IOException {
    Batch table = read();
    double[] rounding = new double[PIXELS + CLASSES];
    Arrays.fill(rounding, 0, PIXELS, 1);
    Split split = Split.of(Dequantizer.uniform(table, rounding, key.fold(1)), 0.2, key.fold(2));
    Standardizer scale = commonScale(split.train());
    Batch train = scale.apply(split.train());
    Batch heldOut = scale.apply(split.heldOut());

    Conditioning conditioning = Conditioning.of(PROCESS).withContext(CLASSES);
    Mlp mlp = Mlp.of(Activation.SILU, PIXELS + conditioning.inputs(), 256, 256, PIXELS);
    Batch rows = withAndWithoutClass(train);
    long steps = (long) EPOCHS * Math.ceilDiv(rows.rows(), BATCH);
    try (Progress progress = context.progress("digits", steps)) {
      Trained<ScoreNetwork> trained =
          Trainer.of(
                  DiffusionDenoising.edm(PROCESS, 1)
                      .withTimes(new TimeLaw.LogNormal(PROCESS, 0, 1.4)))
              .withBatchSize(BATCH)
              .withEpochs(EPOCHS)
              .withSchedule(Schedule.cosine(RATE, RATE / 100, steps))
              .withEmaDecay(0.99)
              .withEvaluateEvery(5)
              .withPatience(10)
              .withThreads(context.threads())
              .withListener(new TrainingBar(progress))
              .train(
                  mlp,
                  conditioning,
                  mlp.initialize(Init.GLOROT_UNIFORM, key.fold(3)),
                  rows,
                  heldOut,
                  key.fold(4));
      return new DigitFit(scale, train, heldOut, trained);
    }
  }

  /// All images in grey levels, each with its digit behind it.
  static Batch read() throws IOException {
    String name = "/data/digits.csv";
    List<float[]> rows = new ArrayList<>();
    try (BufferedReader in =
        new BufferedReader(
            new InputStreamReader(
                Objects.requireNonNull(DigitFit.class.getResourceAsStream(name), name),
                StandardCharsets.UTF_8))) {
      for (String line = in.readLine(); line != null; line = in.readLine()) {
        String[] fields = line.split(",", -1);
        float[] row = new float[PIXELS + CLASSES];
        for (int p = 0; p < PIXELS; p++) {
          row[p] = Float.parseFloat(fields[p]);
        }
        row[PIXELS + Integer.parseInt(fields[PIXELS])] = TOLD;
        rows.add(row);
      }
    }
    return Batch.of(rows.toArray(float[][]::new));
  }

  private static Standardizer commonScale(Batch train) {
    double[] mean = new double[PIXELS + CLASSES];
    double[] std = new double[PIXELS + CLASSES];
    double variance = 0;
    for (int p = 0; p < PIXELS; p++) {
      double[] values = Drawing.column(train, p);
      mean[p] = Drawing.mean(values);
      variance += Drawing.variance(values) / PIXELS;
    }
    Arrays.fill(std, 0, PIXELS, Math.sqrt(variance));
    Arrays.fill(std, PIXELS, std.length, 1);
    return Standardizer.of(mean, std);
  }

  // every image twice, so that one network learns the law of each digit and the law of all
  private static Batch withAndWithoutClass(Batch images) {
    Batch rows = Batch.zeros(2 * images.rows(), images.cols());
    for (int i = 0; i < images.rows(); i++) {
      float[] row = images.row(i);
      System.arraycopy(row, 0, rows.data(), 2 * i * row.length, row.length);
      System.arraycopy(row, 0, rows.data(), (2 * i + 1) * row.length, PIXELS);
    }
    return rows;
  }

  /// The score of all digits together.
  ScoreNetwork any() {
    return trained.network();
  }

  /// The score of one digit.
  ScoreNetwork of(int digit) {
    float[] context = new float[CLASSES];
    context[digit] = TOLD;
    return trained.network().given(context);
  }

  /// The images of rows, without the digit.
  static Batch images(Batch rows) {
    Batch images = Batch.zeros(rows.rows(), PIXELS);
    for (int i = 0; i < rows.rows(); i++) {
      System.arraycopy(rows.data(), i * rows.cols(), images.data(), i * PIXELS, PIXELS);
    }
    return images;
  }

  /// The images of the rows of one digit, in their order.
  static Batch images(Batch rows, int digit) {
    List<Integer> chosen = new ArrayList<>();
    for (int i = 0; i < rows.rows(); i++) {
      if (rows.get(i, PIXELS + digit) != 0) {
        chosen.add(i);
      }
    }
    return images(rows.select(chosen.stream().mapToInt(Integer::intValue).toArray()));
  }

  /// Which digit each row is.
  static int[] digits(Batch rows) {
    int[] digits = new int[rows.rows()];
    for (int i = 0; i < digits.length; i++) {
      while (rows.get(i, PIXELS + digits[i]) == 0) {
        digits[i]++;
      }
    }
    return digits;
  }

  /// One grey level in the units of the network.
  double greyLevel() {
    return 1 / scale.std()[0];
  }

  /// Standardised pixels as ink, 0 to 1, for a picture; NaN stays.
  float[] ink(float[] image) {
    float[] ink = new float[PIXELS];
    for (int p = 0; p < PIXELS; p++) {
      ink[p] = (float) ((scale.mean()[p] + scale.std()[p] * image[p]) / INK);
    }
    return ink;
  }
}
