package score4j.examples.gallery;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import score4j.Threads;
import score4j.array.Batch;
import score4j.data.Standardizer;
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
import score4j.rng.Noise;
import score4j.train.Trainer;

/// How to learn the score of a small table so that every row can be judged by a network that never
/// saw it: in folds, each by a network trained on all other folds for a fixed number of epochs.
///
/// The activation is tanh, which levels off: far from the rows a network of others goes on in
/// straight lines, and may call an outlier a thousand nats too unlikely.
///
/// @param folds how many
/// @param hidden the width of the two hidden layers
/// @param batch rows of a step
/// @param epochs how often to go through the rows
/// @param rate the learning rate, which falls to a hundredth along a cosine
/// @param logNoise where most of the noise is that is learned at: the mean of log σ, for
///     standardised rows; the finer the law, the lower
record CrossFit(int folds, int hidden, int batch, int epochs, double rate, double logNoise) {
  static final LinearSde PROCESS = LinearSde.variancePreserving(0.1, 20);

  /// A part of the table, and what was learned from the rest.
  static final class Fold {
    /// Which rows of the table are its own.
    final int[] rows;

    /// That of the rest.
    final Standardizer scale;

    /// The others, standardised.
    final Batch rest;

    /// Its rows, standardised.
    final Batch own;

    /// The score of the standardised table.
    final ScoreNetwork network;

    Fold(int[] rows, Standardizer scale, Batch rest, Batch own, ScoreNetwork network) {
      this.rows = rows;
      this.scale = scale;
      this.rest = rest;
      this.own = own;
      this.network = network;
    }
  }

  /// The folds of a table, in an order of the key. Threads share them fold by fold: the steps are
  /// too short to share.
  List<Fold> learn(Context context, String label, Batch table, Key key) {
    int[] order = Noise.permutation(key.fold(1), table.rows());
    List<Future<Fold>> pending = new ArrayList<>();
    List<Fold> learned = new ArrayList<>();
    try (ExecutorService pool = Executors.newFixedThreadPool(context.threads().count());
        Progress progress = context.progress(label, folds)) {
      for (int fold = 0; fold < folds; fold++) {
        int from = table.rows() * fold / folds;
        int to = table.rows() * (fold + 1) / folds;
        int[] own = Arrays.copyOfRange(order, from, to);
        int[] rest = new int[order.length - own.length];
        System.arraycopy(order, 0, rest, 0, from);
        System.arraycopy(order, to, rest, from, order.length - to);
        Key ofFold = key.fold(2 + fold);
        pending.add(pool.submit(() -> learn(table.select(rest), table.select(own), own, ofFold)));
      }
      for (Future<Fold> fold : pending) {
        learned.add(fold.get());
        progress.at(learned.size());
      }
      return learned;
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new IllegalStateException("interrupted while learning " + label, e);
    } catch (ExecutionException e) {
      throw new IllegalStateException("a fold of %s could not be learned".formatted(label), e);
    }
  }

  private Fold learn(Batch rest, Batch own, int[] rows, Key key) {
    Standardizer scale = Standardizer.fit(rest);
    Batch train = scale.apply(rest);
    Conditioning conditioning = Conditioning.of(PROCESS);
    int dim = rest.cols();
    Mlp mlp = Mlp.of(Activation.TANH, dim + conditioning.inputs(), hidden, hidden, dim);
    long steps = (long) epochs * Math.ceilDiv(train.rows(), batch);
    ScoreNetwork network =
        Trainer.of(
                DiffusionDenoising.edm(PROCESS, 1)
                    .withTimes(new TimeLaw.LogNormal(PROCESS, logNoise, 1.4)))
            .withBatchSize(batch)
            .withEpochs(epochs)
            .withSchedule(Schedule.cosine(rate, rate / 100, steps))
            .withEmaDecay(0.99)
            .withThreads(Threads.ONE)
            .train(
                mlp,
                conditioning,
                mlp.initialize(Init.GLOROT_UNIFORM, key.fold(1)),
                train,
                null,
                key.fold(2))
            .network();
    return new Fold(rows, scale, train, scale.apply(own), network);
  }
}
