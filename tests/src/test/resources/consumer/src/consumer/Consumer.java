package consumer;

import java.util.Arrays;
import score4j.array.Batch;
import score4j.dist.Gaussian;
import score4j.nn.Activation;
import score4j.nn.Init;
import score4j.nn.Mlp;
import score4j.nn.ScoreNetwork;
import score4j.objective.ExactTrace;
import score4j.rng.Key;
import score4j.sample.Langevin;
import score4j.train.Trained;
import score4j.train.Trainer;

/// A stranger's program: learns a score, samples from it, and prints one line, `bits` and a hash of
/// all the numbers.
public final class Consumer {
  private Consumer() {}

  public static void main(String[] args) {
    Key key = Key.of(1);
    Batch data = Gaussian.standard(2).sample(key.fold(1), 500);
    Mlp mlp = Mlp.of(Activation.SILU, 2, 17, 2);
    Trained<ScoreNetwork> trained =
        Trainer.of(new ExactTrace())
            .withBatchSize(64)
            .withEpochs(3)
            .train(mlp, mlp.initialize(Init.GLOROT_UNIFORM, key.fold(2)), data, null, key.fold(3));
    Batch start = Gaussian.standard(2).sample(key.fold(4), 200);
    Batch end = Langevin.of(0.01, 20).sample(trained.network(), start, key.fold(5));
    int bits = 31 * Arrays.hashCode(trained.network().parameters().data()) + end.hashCode();
    System.out.println("bits " + Integer.toHexString(bits));
  }
}
