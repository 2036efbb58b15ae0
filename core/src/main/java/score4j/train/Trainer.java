package score4j.train;

import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import org.jspecify.annotations.Nullable;
import score4j.Threads;
import score4j.array.Batch;
import score4j.array.Parameters;
import score4j.backend.Backend;
import score4j.nn.Conditioning;
import score4j.nn.EnergyNetwork;
import score4j.nn.LossEngine;
import score4j.nn.Mlp;
import score4j.nn.ScoreNetwork;
import score4j.objective.Definition;
import score4j.objective.Objective;
import score4j.objective.TracedEngine;
import score4j.optim.Adam;
import score4j.optim.Optimizer;
import score4j.optim.Schedule;
import score4j.rng.Key;

/// How to fit a score network, an energy, or the parameters of any loss to samples: epochs of
/// minibatches, each sample once an epoch in an order of the key.
///
/// ```java
/// Standardizer units = Standardizer.fit(table);
/// Split split = Split.of(units.apply(table), 0.2, key.fold(0));
/// Parameters start = mlp.initialize(Init.GLOROT_UNIFORM, key.fold(1));
/// Trained<ScoreNetwork> trained =
///     Trainer.of(new ExactTrace())
///         .withEpochs(300)
///         .withPatience(20)
///         .train(mlp, start, split.train(), split.heldOut(), key.fold(2));
/// Score score = units.undo(trained.network());
/// ```
/// - **Randomness**: of the three keys `key.split(3)`, the first, folded with the epoch (from 0),
///   gives the order of the samples; the second, folded with the epoch, the objective's noise,
///   where the n-th sample of the epoch is sample n (from 0); the third, always the same, the noise
///   of the held-out loss, so that its values can be compared. The result does not depend on the
///   threads.
/// - **Cost** per step: one loss and gradient on `batchSize` samples, and P operations each for
///   optimiser and average.
/// - **Memory**: one minibatch, a few arrays of P numbers and the gradient buffers of the engine. A
///   step allocates nothing.
/// - **Units**: the defaults suit coordinates of mean 0 and standard deviation 1, so standardise
///   the samples first (`score4j.data.Standardizer`), and some thousands of steps: a table of few
///   rows needs more epochs.
///
/// @param objective what to minimise
/// @param optimizer how to step
/// @param schedule the learning rate of each step, counted from 0
/// @param batchSize the samples of a step; the last minibatch of an epoch may be shorter; more than
///     there are means all
/// @param epochs how often to go through the samples, at most
/// @param emaDecay the decay of the [score4j.optim.Ema] of the weights, which then serves for the
///     held-out loss and the result; 0 for none
/// @param evaluateEvery the held-out loss is evaluated after every so many epochs, and after the
///     last
/// @param patience how many evaluations may bring no new least held-out loss before the training
///     stops; the result is then the network of the least. 0 to make all epochs and take the last
///     network.
/// @param threads what computes
/// @param listener sees every step and epoch
public record Trainer(
    Definition objective,
    Optimizer optimizer,
    Schedule schedule,
    int batchSize,
    int epochs,
    double emaDecay,
    int evaluateEvery,
    int patience,
    Threads threads,
    Listener listener) {
  /// Checks the ranges.
  public Trainer {
    Objects.requireNonNull(objective, "objective");
    Objects.requireNonNull(optimizer, "optimizer");
    Objects.requireNonNull(schedule, "schedule");
    Objects.requireNonNull(threads, "threads");
    Objects.requireNonNull(listener, "listener");
    requireAtLeast("batchSize", batchSize, 1);
    requireAtLeast("epochs", epochs, 1);
    requireAtLeast("evaluateEvery", evaluateEvery, 1);
    requireAtLeast("patience", patience, 0);
    if (!(emaDecay >= 0 && emaDecay < 1)) {
      throw new IllegalArgumentException(
          "emaDecay must be at least 0 (no average) and less than 1 but was %s"
              .formatted(emaDecay));
    }
  }

  private static void requireAtLeast(String name, int value, int least) {
    if (value < least) {
      throw new IllegalArgumentException(
          "%s must be at least %d but was %d".formatted(name, least, value));
    }
  }

  /// The settings to begin with, for standardised samples: Adam at a constant rate of 0.001,
  /// minibatches of 256, 100 epochs, an average of decay 0.999, the held-out loss after each epoch,
  /// no early stopping, all processors, nobody listening.
  public static Trainer of(Definition objective) {
    return new Trainer(
        objective,
        Adam.standard(),
        Schedule.constant(1e-3),
        256,
        100,
        0.999,
        1,
        0,
        Threads.available(),
        Listener.NONE);
  }

  /// The same with another optimiser.
  public Trainer withOptimizer(Optimizer optimizer) {
    return new Trainer(
        objective,
        optimizer,
        schedule,
        batchSize,
        epochs,
        emaDecay,
        evaluateEvery,
        patience,
        threads,
        listener);
  }

  /// The same with other learning rates.
  public Trainer withSchedule(Schedule schedule) {
    return new Trainer(
        objective,
        optimizer,
        schedule,
        batchSize,
        epochs,
        emaDecay,
        evaluateEvery,
        patience,
        threads,
        listener);
  }

  /// The same with a constant learning rate.
  public Trainer withRate(double rate) {
    return withSchedule(Schedule.constant(rate));
  }

  /// The same with minibatches of another size.
  public Trainer withBatchSize(int batchSize) {
    return new Trainer(
        objective,
        optimizer,
        schedule,
        batchSize,
        epochs,
        emaDecay,
        evaluateEvery,
        patience,
        threads,
        listener);
  }

  /// The same for another number of epochs.
  public Trainer withEpochs(int epochs) {
    return new Trainer(
        objective,
        optimizer,
        schedule,
        batchSize,
        epochs,
        emaDecay,
        evaluateEvery,
        patience,
        threads,
        listener);
  }

  /// The same with another average of the weights; 0 for none.
  public Trainer withEmaDecay(double emaDecay) {
    return new Trainer(
        objective,
        optimizer,
        schedule,
        batchSize,
        epochs,
        emaDecay,
        evaluateEvery,
        patience,
        threads,
        listener);
  }

  /// The same with the held-out loss after every so many epochs.
  public Trainer withEvaluateEvery(int evaluateEvery) {
    return new Trainer(
        objective,
        optimizer,
        schedule,
        batchSize,
        epochs,
        emaDecay,
        evaluateEvery,
        patience,
        threads,
        listener);
  }

  /// The same with early stopping after so many evaluations without a new least held-out loss; 0
  /// for none.
  public Trainer withPatience(int patience) {
    return new Trainer(
        objective,
        optimizer,
        schedule,
        batchSize,
        epochs,
        emaDecay,
        evaluateEvery,
        patience,
        threads,
        listener);
  }

  /// The same on other threads; it gives the same result.
  public Trainer withThreads(Threads threads) {
    return new Trainer(
        objective,
        optimizer,
        schedule,
        batchSize,
        epochs,
        emaDecay,
        evaluateEvery,
        patience,
        threads,
        listener);
  }

  /// The same with another listener.
  public Trainer withListener(Listener listener) {
    return new Trainer(
        objective,
        optimizer,
        schedule,
        batchSize,
        epochs,
        emaDecay,
        evaluateEvery,
        patience,
        threads,
        listener);
  }

  /// Trains a score network from `start`, which is copied and stays as it is: on the fused kernels
  /// if the objective is an [Objective], otherwise as the definition says.
  ///
  /// @param mlp the architecture
  /// @param start the parameters to begin with
  /// @param data samples, B × D
  /// @param heldOut samples to watch the loss on, never trained on; null for none
  /// @param key where all randomness comes from
  /// @throws IllegalArgumentException if a shape does not fit, a sample is not finite, or there is
  ///     patience but nothing held out
  /// @throws ArithmeticException if a loss, a gradient or a parameter is not finite; names the
  ///     step, the key and the first bad sample or parameter
  public Trained<ScoreNetwork> train(
      Mlp mlp, Parameters start, Batch data, @Nullable Batch heldOut, Key key) {
    return train(mlp, Conditioning.none(), start, data, heldOut, key);
  }

  /// Trains a score network that is told the time, or a context, beside x, likewise.
  ///
  /// @param conditioning what the network is told; if a context, it is the last columns of the data
  /// @throws IllegalArgumentException also if there is a conditioning and the objective is no
  ///     [Objective]
  public Trained<ScoreNetwork> train(
      Mlp mlp,
      Conditioning conditioning,
      Parameters start,
      Batch data,
      @Nullable Batch heldOut,
      Key key) {
    try (Backend cpu = Backend.cpu(threads)) {
      return train(cpu, mlp, conditioning, start, data, heldOut, key);
    }
  }

  /// The same with losses and gradients computed by a backend, which stays open: on another than
  /// the processor the network differs by what rounding makes of it on the way. What has a
  /// definition alone is computed by the processor.
  public Trained<ScoreNetwork> train(
      Backend backend,
      Mlp mlp,
      Conditioning conditioning,
      Parameters start,
      Batch data,
      @Nullable Batch heldOut,
      Key key) {
    if (!(objective instanceof Objective) && !conditioning.equals(Conditioning.none())) {
      throw new IllegalArgumentException(
          "the objective %s is a definition alone, which cannot train a network with %s: use an Objective"
              .formatted(objective.name(), conditioning));
    }
    try (LossEngine engine =
        objective instanceof Objective fused
            ? backend.lossEngine(mlp, conditioning, fused)
            : TracedEngine.of(objective, mlp, threads)) {
      return train(engine, start, data, heldOut, key)
          .map(weights -> ScoreNetwork.of(mlp, conditioning, weights));
    }
  }

  /// Trains an energy network, s = −∇f, likewise.
  ///
  /// @param mlp the architecture of f, with one output
  /// @throws IllegalArgumentException also if it has relu and the objective takes derivatives of
  ///     the score
  public Trained<EnergyNetwork> trainEnergy(
      Mlp mlp, Parameters start, Batch data, @Nullable Batch heldOut, Key key) {
    try (LossEngine engine = TracedEngine.ofEnergy(objective, mlp, threads)) {
      return train(engine, start, data, heldOut, key)
          .map(weights -> EnergyNetwork.of(mlp, weights));
    }
  }

  /// Trains the parameters of any loss, likewise; the trainer's own objective and threads play no
  /// part.
  ///
  /// @param engine the loss, which stays open
  /// @throws IllegalArgumentException as above, or if `start` has another layout than the loss
  /// @throws ArithmeticException as above
  public Trained<Parameters> train(
      LossEngine engine, Parameters start, Batch data, @Nullable Batch heldOut, Key key) {
    requireSamples("data", data, engine);
    requireFinite(start);
    if (!start.slices().equals(engine.slices())) {
      throw new IllegalArgumentException(
          "start has slices %s but the loss takes %s: initialise it from the same network"
              .formatted(start.slices(), engine.slices()));
    }
    if (heldOut != null) {
      requireSamples("heldOut", heldOut, engine);
    } else if (patience > 0) {
      throw new IllegalArgumentException(
          "patience is %d but nothing is held out: pass heldOut, or a patience of 0"
              .formatted(patience));
    }
    Training training = new Training(this, engine, start, data, heldOut, key);
    List<EpochReport> history = new ArrayList<>();
    double least = Double.POSITIVE_INFINITY;
    int chosen = 0;
    int waited = 0;
    for (int epoch = 1; epoch <= epochs; epoch++) {
      double loss = training.epoch(epoch);
      boolean evaluate = heldOut != null && (epoch % evaluateEvery == 0 || epoch == epochs);
      double heldOutLoss = evaluate ? training.heldOutLoss() : Double.NaN;
      EpochReport report = new EpochReport(epoch, training.step(), loss, heldOutLoss);
      history.add(report);
      if (patience == 0) {
        chosen = epoch;
      } else if (heldOutLoss < least) {
        least = heldOutLoss;
        chosen = epoch;
        waited = 0;
        training.keep();
      } else if (evaluate) {
        waited++;
      }
      boolean goOn = listener.epoch(report, training.weights());
      if (!goOn || (patience > 0 && waited == patience)) {
        break;
      }
    }
    if (chosen == 0) { // the listener ended it before the first evaluation
      chosen = history.size();
      training.keep();
    }
    return new Trained<>(training.result(), history, chosen);
  }

  private static void requireFinite(Parameters start) {
    for (Parameters.Slice slice : start.slices()) {
      for (int i = 0; i < slice.size(); i++) {
        float value = start.data()[slice.offset() + i];
        if (!Float.isFinite(value)) {
          throw new IllegalArgumentException(
              "start must be finite but number %d of %s is %s: initialise it from the Mlp"
                  .formatted(i, slice.name(), value));
        }
      }
    }
  }

  private static void requireSamples(String name, Batch samples, LossEngine engine) {
    if (samples.rows() == 0) {
      throw new IllegalArgumentException("%s has no row: give at least one sample".formatted(name));
    }
    samples.requireCols(name, engine.dim());
    samples.requireFinite(name);
  }
}
