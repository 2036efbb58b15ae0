package score4j.examples.fit;

import java.util.ArrayList;
import java.util.List;
import score4j.DifferentiableScore;
import score4j.array.Batch;
import score4j.array.Parameters;
import score4j.backend.Backend;
import score4j.data.Dequantizer;
import score4j.data.Split;
import score4j.data.Standardizer;
import score4j.dist.Gaussian;
import score4j.examples.csv.Table;
import score4j.examples.output.Progress;
import score4j.metric.Estimate;
import score4j.metric.ImplicitLoss;
import score4j.nn.Init;
import score4j.nn.LossEngine;
import score4j.nn.Mlp;
import score4j.nn.ScoreNetwork;
import score4j.optim.Schedule;
import score4j.process.LinearSde;
import score4j.rng.Key;
import score4j.train.Trained;
import score4j.train.Trainer;

/// The score of a table, learned.
///
/// @param task what was learned
/// @param model the network with the names and the scale of the columns
/// @param trained how the training went
/// @param train the rows that it saw, standardised
/// @param heldOut the rows that it was judged by, standardised
/// @param loss the loss of the network on the held-out rows: the exact trace for the score of the
///     data alone, otherwise that of [NoisyLoss]
/// @param gaussianLoss the same of a Gaussian fitted to the rows that the network saw, or of one
///     with independent columns where these leave no other
public record TableFit(
    Task task,
    SavedModel model,
    Trained<ScoreNetwork> trained,
    Batch train,
    Batch heldOut,
    Estimate loss,
    Estimate gaussianLoss) {
  // of noise for each held-out row
  private static final int DRAWS = 16;

  // how many times its scale the loss may rise: far more than few epochs or rows of another kind do
  private static final double DIVERGED = 10;

  /// Learns the score of a table.
  ///
  /// @param steps rounding step of each column, spread by uniform noise; 0 for a column that is not
  ///     rounded
  /// @throws IllegalArgumentException if the settings or the steps do not fit the table
  /// @throws DivergenceException if the loss that is trained stops being finite, or ends far above
  ///     where it began
  public static TableFit learn(Table table, double[] steps, FitSettings settings, Key key) {
    try (Backend cpu = Backend.cpu(settings.threads())) {
      return learn(table, steps, settings, cpu, key);
    }
  }

  /// The same with the losses of the training computed by a backend, which stays open.
  public static TableFit learn(
      Table table, double[] steps, FitSettings settings, Backend backend, Key key) {
    Batch spread = Dequantizer.uniform(table.values(), steps, key.fold(1));
    Split split = Split.of(spread, settings.heldOut(), key.fold(2));
    Standardizer scale = Standardizer.fit(split.train(), table.columns());
    Batch train = scale.apply(split.train());
    Batch heldOut = scale.apply(split.heldOut());

    int dim = table.columns().size();
    Task task = settings.task().apply(train);
    List<Integer> sizes = new ArrayList<>();
    sizes.add(dim + task.conditioning().inputs());
    sizes.addAll(settings.hidden());
    sizes.add(dim);
    Mlp mlp = new Mlp(sizes, settings.activation());
    long total = (long) settings.epochs() * Math.ceilDiv(train.rows(), settings.batch());
    Parameters start = mlp.initialize(Init.GLOROT_UNIFORM, key.fold(3));
    Key noise = key.fold(5);
    Trained<ScoreNetwork> trained;
    try (LossEngine engine = backend.lossEngine(mlp, task.conditioning(), task.objective());
        Progress progress = Progress.of("training", total)) {
      Trainer trainer =
          Trainer.of(task.objective())
              .withSchedule(
                  Schedule.cosine(settings.learningRate(), settings.learningRate() / 100, total))
              .withBatchSize(settings.batch())
              .withEpochs(settings.epochs())
              .withPatience(settings.patience() == 0 ? settings.epochs() : settings.patience())
              .withListener(new TrainingBar(progress));
      Trained<Parameters> weights = run(trainer, engine, start, train, heldOut, key.fold(4));
      requireLearned(
          mean(engine, task, weights.network(), heldOut, noise),
          mean(engine, task, start, heldOut, noise),
          dim,
          settings.learningRate());
      trained =
          new Trained<>(
              ScoreNetwork.of(mlp, task.conditioning(), weights.network()),
              weights.history(),
              weights.epoch());
    }
    Gaussian gaussian = gaussian(train);
    LinearSde process = task.conditioning().process();
    Estimate loss = loss(task, trained.network(), heldOut, noise);
    return new TableFit(
        task,
        new SavedModel(
            table.columns(), scale, trained.network(), NoiseLevels.count(task.objective())),
        trained,
        train,
        heldOut,
        loss,
        loss(task, process == null ? gaussian : gaussian.mixture().under(process), heldOut, noise));
  }

  private static Trained<Parameters> run(
      Trainer trainer, LossEngine engine, Parameters start, Batch train, Batch heldOut, Key key) {
    try {
      return trainer.train(engine, start, train, heldOut, key);
    } catch (ArithmeticException e) {
      throw new DivergenceException(e);
    }
  }

  /// The loss that is trained, with noise other than that by which the best epoch was chosen.
  private static double mean(
      LossEngine engine, Task task, Parameters weights, Batch rows, Key noise) {
    int draws = task.objective().draws() == 0 ? 1 : DRAWS;
    float[] losses = new float[rows.rows()];
    double sum = 0;
    for (int k = 0; k < draws; k++) {
      engine.losses(weights, rows, (long) k * losses.length, noise, losses);
      for (float loss : losses) {
        sum += loss;
      }
    }
    return sum / draws / losses.length;
  }

  /// Finite steps can be so long that the network is thrown to where nothing brings it back.
  /// Compared is the loss that was trained, on the same rows with the same noise, as another may
  /// rise in a sound training: the exact trace does while a network learns to take away a noise
  /// that is next to none. The loss before the first step has the scale of objective, noise and
  /// rows; the standard normal score has D/2. Two kinds of thrown network pass: one with few
  /// held-out rows, all in steep valleys, whose trace is as low as if it knew them; and one whose
  /// error is less than what no network can learn, D/(2σ²) for denoising.
  private static void requireLearned(double after, double before, int dim, double rate) {
    double most = before + DIVERGED * (Math.abs(before) + 0.5 * dim);
    if (!(after <= most)) {
      throw new DivergenceException(
          "the training diverged, the held-out loss is %.2g and was %.2g before the first step: lower the learning rate, which was %s"
              .formatted(after, before, rate));
    }
  }

  private static Estimate loss(Task task, DifferentiableScore score, Batch heldOut, Key noise) {
    return task.conditioning().process() == null
        ? ImplicitLoss.of(score, heldOut)
        : NoisyLoss.of(score, task.objective(), heldOut, noise, DRAWS);
  }

  // columns may depend on each other, or be more than the rows; that is no reason to lose a network
  private static Gaussian gaussian(Batch standardized) {
    try {
      return Gaussian.fit(standardized);
    } catch (IllegalArgumentException e) {
      return Gaussian.standard(standardized.cols());
    }
  }
}
