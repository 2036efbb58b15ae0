package score4j.examples.gallery;

import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;
import score4j.array.Batch;
import score4j.array.Parameters;
import score4j.dist.GaussianMixture;
import score4j.examples.fit.TrainingBar;
import score4j.examples.output.Progress;
import score4j.nn.Activation;
import score4j.nn.Init;
import score4j.nn.Mlp;
import score4j.nn.ScoreNetwork;
import score4j.objective.ExactTrace;
import score4j.optim.Schedule;
import score4j.rng.Key;
import score4j.train.EpochReport;
import score4j.train.Listener;
import score4j.train.Trained;
import score4j.train.Trainer;

/// The mixture ½ N(−2, 1) + ½ N(2, 1) and the wide network that learns its score. Two experiments
/// share one training run: the first to ask starts it.
final class MixtureFit {
  static final GaussianMixture LAW =
      GaussianMixture.univariate(new double[] {.5, .5}, new double[] {-2, 2}, new double[] {1, 1});

  /// The least possible loss, −½E s², by quadrature.
  static final double BEST_LOSS = -0.362805;

  /// Wide enough that both the law and what was learned vanish at the ends.
  static final Quadrature LINE = new Quadrature(-12, 12, 4801);

  private static final int SAMPLES = 20_000;
  private static final int BATCH = 2048;
  private static final int EPOCHS = 500;
  private static final int STEPS_PER_EPOCH = (SAMPLES + BATCH - 1) / BATCH;
  private static final Mlp NET = Mlp.of(Activation.SOFTPLUS, 1, 1024, 1);

  /// What a run leaves behind.
  ///
  /// @param data what was learned from
  /// @param epochs where the divergence was measured
  /// @param divergences the Fisher divergence there, by quadrature
  record Result(
      Batch data, Trained<ScoreNetwork> trained, List<Integer> epochs, List<Double> divergences) {
    ScoreNetwork network() {
      return trained.network();
    }
  }

  private @Nullable Result result;

  Result get(Context context) {
    if (result == null) {
      result = learn(context);
    }
    return result;
  }

  private static Result learn(Context context) {
    Key key = context.key().fold(4);
    Batch data = LAW.sample(key.fold(1), SAMPLES);
    List<Integer> epochs = new ArrayList<>();
    List<Double> divergences = new ArrayList<>();
    long steps = (long) EPOCHS * STEPS_PER_EPOCH;
    try (Progress progress = context.progress("mixture", steps)) {
      Listener bar = new TrainingBar(progress);
      Listener listener =
          new Listener() {
            @Override
            public boolean epoch(EpochReport report, Parameters current) {
              bar.epoch(report, current);
              if (report.epoch() % 10 == 0) {
                epochs.add(report.epoch());
                divergences.add(divergence(ScoreNetwork.of(NET, current)));
              }
              return true;
            }
          };
      Trained<ScoreNetwork> trained =
          Trainer.of(new ExactTrace())
              .withSchedule(Schedule.cosine(5e-3, 1e-5, steps))
              .withBatchSize(BATCH)
              .withEpochs(EPOCHS)
              .withEmaDecay(0.99)
              .withThreads(context.threads())
              .withListener(listener)
              .train(
                  NET, NET.initialize(Init.STANDARD_NORMAL, key.fold(2)), data, null, key.fold(3));
      return new Result(data, trained, epochs, divergences);
    }
  }

  /// ½ ∫ p (s − s*)² dx.
  static double divergence(ScoreNetwork network) {
    return LINE.divergence(LINE.score(network), LINE.score(LAW), LINE.density(LAW));
  }
}
