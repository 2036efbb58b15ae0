package score4j.train;

import java.util.Objects;
import java.util.function.IntFunction;
import org.jspecify.annotations.Nullable;
import score4j.array.Batch;
import score4j.array.Parameters;
import score4j.data.Minibatches;
import score4j.nn.LossEngine;
import score4j.optim.Ema;
import score4j.optim.OptimizerState;
import score4j.rng.Key;

/// One run of a [Trainer]: everything that changes on the way.
final class Training {
  // multiply-adds of a run that takes some seconds
  private static final double WORTH_WARMING_UP = 1e11;

  private final Trainer trainer;
  private final @Nullable Batch heldOut;
  private final Key orderKey;
  private final Key noiseKey;
  private final Key heldOutKey;
  private final LossEngine engine;
  private final Minibatches minibatches;
  private final Parameters parameters;
  private final float[] gradient;
  private final OptimizerState state;
  private final @Nullable Ema ema;
  private final OptimizerState average;
  private final Parameters averaged;
  private @Nullable Parameters kept;
  private long step;

  Training(
      Trainer trainer,
      LossEngine engine,
      Parameters start,
      Batch data,
      @Nullable Batch heldOut,
      Key key) {
    this.trainer = trainer;
    this.engine = engine;
    this.heldOut = heldOut;
    Key[] keys = key.split(3);
    orderKey = keys[0];
    noiseKey = keys[1];
    heldOutKey = keys[2];
    parameters = start.copy();
    int size = parameters.size();
    gradient = new float[size];
    state = trainer.optimizer().init(size);
    ema = trainer.emaDecay() > 0 ? new Ema(trainer.emaDecay()) : null;
    average = new Ema(trainer.emaDecay()).init(size);
    averaged = Parameters.wrap(parameters.slices(), average.moment(0));
    minibatches = new Minibatches(data, trainer.batchSize());
    double products = 3.0 * size * data.rows() * trainer.epochs();
    if (products > WORTH_WARMING_UP) {
      engine.warmUp(parameters, data, noiseKey);
    }
  }

  /// How many steps have been made.
  long step() {
    return step;
  }

  /// The weights that count: the averaged ones where there is an average. Shared.
  Parameters weights() {
    return ema == null ? parameters : averaged;
  }

  /// Goes through all samples once.
  ///
  /// @return the mean of the losses, weighted with the sizes of the minibatches
  double epoch(int epoch) {
    minibatches.startEpoch(orderKey.fold(epoch - 1));
    Key key = noiseKey.fold(epoch - 1);
    double sum = 0;
    long samples = 0;
    while (minibatches.hasNext()) {
      Batch batch = minibatches.next();
      double loss = engine.lossAndGradient(parameters, batch, samples, key, gradient);
      if (!Double.isFinite(loss) || firstNotFinite(gradient) >= 0) {
        throw failure(
            Double.isFinite(loss) ? "the gradient" : "the loss",
            batch,
            samples,
            parameters,
            key,
            row -> "row %d of data".formatted(minibatches.source(row)));
      }
      trainer.listener().step(step, loss);
      trainer.optimizer().update(state, parameters.data(), gradient, trainer.schedule().rate(step));
      step++;
      if (ema != null) {
        ema.update(average, parameters.data());
      }
      sum += loss * batch.rows();
      samples += batch.rows();
    }
    int bad = firstNotFinite(parameters.data());
    if (bad >= 0) {
      throw new ArithmeticException(
          "%s is %s after step %d of %s: lower the learning rate"
              .formatted(name(bad), parameters.data()[bad], step - 1, key));
    }
    return sum / samples;
  }

  /// The loss on what is held out, with the weights that count and always the same noise.
  double heldOutLoss() {
    Batch samples = Objects.requireNonNull(heldOut, "heldOut");
    double loss = engine.loss(weights(), samples, heldOutKey);
    if (!Double.isFinite(loss)) {
      throw failure(
          "the held-out loss", samples, 0, weights(), heldOutKey, "row %d of heldOut"::formatted);
    }
    return loss;
  }

  /// Keeps a copy of the weights that count, for the result.
  void keep() {
    if (kept == null) {
      kept = weights().copy();
    } else {
      System.arraycopy(weights().data(), 0, kept.data(), 0, kept.size());
    }
  }

  /// What was kept last, or else the weights now.
  Parameters result() {
    return (kept == null ? weights() : kept).copy();
  }

  /// Says what is not finite, and finds the first sample or parameter that is to blame.
  private ArithmeticException failure(
      String what,
      Batch batch,
      long firstSample,
      Parameters weights,
      Key key,
      IntFunction<String> sample) {
    String where =
        "%s is not finite at step %d (learning rate %s), key %s"
            .formatted(what, step, trainer.schedule().rate(step), key);
    int bad = firstNotFinite(weights.data());
    if (bad >= 0) {
      return new ArithmeticException(
          "%s, because %s is %s: lower the learning rate"
              .formatted(where, name(bad), weights.data()[bad]));
    }
    float[] losses = new float[batch.rows()];
    engine.losses(weights, batch, firstSample, key, losses);
    bad = firstNotFinite(losses);
    String first =
        bad >= 0
            ? "the first bad sample is %s, whose loss is %s"
                .formatted(sample.apply(bad), losses[bad])
            : "every sample's loss is, but the gradient of %s overflows"
                .formatted(name(firstNotFinite(gradient)));
    return new ArithmeticException(
        "%s; %s: lower the learning rate or standardise the data".formatted(where, first));
  }

  /// The parameter at a place of the flat array, as `net.0.weight[5]`.
  private String name(int index) {
    for (Parameters.Slice slice : parameters.slices()) {
      if (index < slice.offset() + slice.size()) {
        return "%s[%d]".formatted(slice.name(), index - slice.offset());
      }
    }
    throw new AssertionError(index);
  }

  /// The index of the first number that is infinite or NaN, or −1.
  private static int firstNotFinite(float[] values) {
    int largest = 0;
    for (float value : values) { // without a branch, so that it costs next to nothing
      largest = Math.max(largest, Float.floatToRawIntBits(value) & 0x7FFFFFFF);
    }
    if (largest < 0x7F800000) {
      return -1;
    }
    int index = 0;
    while (Float.isFinite(values[index])) {
      index++;
    }
    return index;
  }
}
