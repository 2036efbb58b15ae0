package score4j.tests;

import java.nio.ByteBuffer;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.HexFormat;
import java.util.List;
import score4j.Threads;
import score4j.array.Batch;
import score4j.array.Parameters;
import score4j.autodiff.BatchFunction;
import score4j.autodiff.Expr;
import score4j.autodiff.Fn;
import score4j.dist.Gaussian;
import score4j.dist.Ring;
import score4j.nn.Activation;
import score4j.nn.EnergyNetwork;
import score4j.nn.Init;
import score4j.nn.JetEngine;
import score4j.nn.Mlp;
import score4j.nn.ScoreNetwork;
import score4j.objective.Denoising;
import score4j.objective.ExactTrace;
import score4j.objective.Explicit;
import score4j.objective.Objective;
import score4j.objective.Regularized;
import score4j.objective.Sliced;
import score4j.rng.Key;
import score4j.rng.ProbeLaw;
import score4j.sample.Langevin;
import score4j.train.Trained;
import score4j.train.Trainer;

/// Computes everything that must be the same everywhere, and prints one hash a line: the gradients
/// of all objectives, an energy and traced functions, the parameters of a trained network, and
/// particles after 100 steps of Langevin dynamics.
///
/// Widths and batches leave a remainder at every number of lanes, and the last batch of an epoch is
/// short.
final class BitsProgram {
  private static final Key KEY = Key.of(20);

  private BitsProgram() {}

  /// Arguments: how many threads; how many particles (the first 50 are hashed apart).
  public static void main(String[] args) {
    Threads threads = Threads.of(Integer.parseInt(args[0]));
    int particles = Integer.parseInt(args[1]);
    System.out.println("gradients " + gradients(threads));
    System.out.println("traced " + traced(threads));
    Ring ring = Ring.of(1, 0.1);
    Batch data = ring.sample(KEY.fold(1), 300);
    Mlp mlp = Mlp.of(Activation.TANH, 2, 21, 37, 2);
    Trained<ScoreNetwork> trained =
        Trainer.of(new ExactTrace())
            .withBatchSize(128)
            .withEpochs(5)
            .withThreads(threads)
            .train(mlp, mlp.initialize(Init.GLOROT_UNIFORM, KEY.fold(2)), data, null, KEY.fold(3));
    System.out.println("parameters " + hash(trained.network().parameters().data()));
    Batch x = Gaussian.standard(2).sample(KEY.fold(4), particles);
    Batch y =
        Langevin.of(0.005, 100).withThreads(threads).sample(trained.network(), x, KEY.fold(5));
    System.out.println("particles 50 " + hash(y.slice(0, 50).data()));
    if (particles > 50) {
      System.out.println("particles %d %s".formatted(particles, hash(y.data())));
    }
  }

  private static String gradients(Threads threads) {
    List<Objective> objectives =
        List.of(
            new ExactTrace(),
            new Regularized(0.1),
            new Sliced(3, ProbeLaw.GAUSSIAN, false),
            new Sliced(2, ProbeLaw.SPHERE, true),
            Sliced.of(1),
            new Denoising(0.3),
            new Explicit(Gaussian.standard(3)));
    Batch x = Gaussian.standard(3).sample(KEY.fold(6), 77);
    MessageDigest digest = digest();
    for (Activation activation : Activation.values()) {
      // lanes are units of the first, samples of the second
      for (Mlp mlp : List.of(Mlp.of(activation, 3, 19, 5, 3), Mlp.of(activation, 3, 11, 3))) {
        Parameters parameters = mlp.initialize(Init.FAN_IN, KEY.fold(7));
        float[] gradient = new float[parameters.size()];
        for (Objective objective : objectives) {
          try (JetEngine engine = new JetEngine(mlp, objective, threads)) {
            double loss = engine.lossAndGradient(parameters, x, KEY.fold(8), gradient);
            digest.update(ByteBuffer.allocate(Double.BYTES).putDouble(0, loss));
            update(digest, gradient);
          }
        }
      }
    }
    return hex(digest);
  }

  /// An energy trained for an epoch, and functions of every elementary kind on a batch.
  private static String traced(Threads threads) {
    Batch x = Gaussian.standard(2).sample(KEY.fold(9), 210);
    Mlp mlp = Mlp.of(Activation.GELU, 2, 19, 1);
    EnergyNetwork energy =
        Trainer.of(Sliced.of(2))
            .withBatchSize(150)
            .withEpochs(1)
            .withThreads(threads)
            .trainEnergy(mlp, mlp.initialize(Init.FAN_IN, KEY.fold(10)), x, null, KEY.fold(11))
            .network();
    Fn functions =
        Fn.of(
            2,
            u ->
                Expr.concat(
                    u.sin(),
                    u.cos().mul(u.sum()),
                    u.exp().log1p(),
                    u.expm1().div(u.norm().add(1)),
                    u.abs().log(),
                    u.abs().sqrt().max(u),
                    u.erf().pow(3),
                    u.greaterThan(0.1).select(u.tanh(), u.softplus()),
                    u.logSumExp(),
                    u.outer(u.sigmoid()).matmul(u)));
    MessageDigest digest = digest();
    update(digest, energy.parameters().data());
    try (BatchFunction compiled = functions.jacobian().compile(threads)) {
      update(digest, compiled.map(x).data());
    }
    return hex(digest);
  }

  private static String hash(float[] numbers) {
    MessageDigest digest = digest();
    update(digest, numbers);
    return hex(digest);
  }

  private static void update(MessageDigest digest, float[] numbers) {
    ByteBuffer bytes = ByteBuffer.allocate(Float.BYTES * numbers.length);
    for (float number : numbers) {
      bytes.putInt(Float.floatToRawIntBits(number));
    }
    digest.update(bytes.flip());
  }

  private static MessageDigest digest() {
    try {
      return MessageDigest.getInstance("SHA-256");
    } catch (NoSuchAlgorithmException e) {
      throw new AssertionError("every Java has SHA-256", e);
    }
  }

  private static String hex(MessageDigest digest) {
    return HexFormat.of().formatHex(digest.digest(), 0, 8);
  }
}
