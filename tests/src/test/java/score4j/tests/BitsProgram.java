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
import score4j.likelihood.FlowDensities;
import score4j.likelihood.FlowLikelihood;
import score4j.nn.Activation;
import score4j.nn.Conditioning;
import score4j.nn.EnergyNetwork;
import score4j.nn.Init;
import score4j.nn.JetEngine;
import score4j.nn.Mlp;
import score4j.nn.ScoreNetwork;
import score4j.objective.Denoising;
import score4j.objective.DiffusionDenoising;
import score4j.objective.DiffusionImplicit;
import score4j.objective.ExactTrace;
import score4j.objective.Explicit;
import score4j.objective.Objective;
import score4j.objective.Regularized;
import score4j.objective.Sliced;
import score4j.process.LinearSde;
import score4j.process.SigmaLadder;
import score4j.rng.Key;
import score4j.rng.ProbeLaw;
import score4j.sample.Ancestral;
import score4j.sample.AnnealedLangevin;
import score4j.sample.DiffusionSampler;
import score4j.sample.Langevin;
import score4j.sample.Mala;
import score4j.sample.PredictorCorrector;
import score4j.sample.ProbabilityFlow;
import score4j.sample.ReverseSde;
import score4j.train.Trained;
import score4j.train.Trainer;

/// Computes everything that must be the same everywhere, and prints one hash a line: the gradients
/// of all objectives, an energy and traced functions, the parameters of a trained network,
/// particles after 100 steps of Langevin dynamics, and all that has to do with a diffusion.
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
    System.out.println("diffusion " + diffusion(threads));
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

  /// Networks that are told the time: gradients of the losses over all times, a training, and what
  /// every kind of sampler and the likelihood make of it.
  private static String diffusion(Threads threads) {
    LinearSde process = LinearSde.variancePreserving(0.1, 20);
    SigmaLadder ladder = SigmaLadder.geometric(3, 0.1, 6);
    MessageDigest digest = digest();
    Batch x = Gaussian.standard(2).sample(KEY.fold(12), 150);
    LinearSde ve = LinearSde.varianceExploding(0.01, 10);
    LinearSde subVp = LinearSde.subVariancePreserving(0.1, 20);
    LinearSde power = LinearSde.sigmaPower(25);
    for (Conditioning.Scaling scaling : Conditioning.Scaling.values()) {
      gradients(digest, x, process, scaling, DiffusionDenoising.edm(process, 1), threads);
      DiffusionDenoising controlled = DiffusionDenoising.of(ladder).withControlVariate(true);
      gradients(digest, x, ladder.process(), scaling, controlled, threads);
      gradients(digest, x, subVp, scaling, DiffusionDenoising.likelihood(subVp), threads);
      gradients(digest, x, ve, scaling, DiffusionImplicit.of(new ExactTrace(), ve), threads);
      gradients(digest, x, power, scaling, DiffusionImplicit.of(Sliced.of(2), power), threads);
    }
    Conditioning conditioning = Conditioning.of(process);
    Mlp mlp = Mlp.of(Activation.SILU, 2 + conditioning.inputs(), 19, 21, 2);
    ScoreNetwork score =
        Trainer.of(DiffusionDenoising.edm(process, 1))
            .withBatchSize(70)
            .withEpochs(3)
            .withThreads(threads)
            .train(
                mlp,
                conditioning,
                mlp.initialize(Init.GLOROT_UNIFORM, KEY.fold(15)),
                x,
                null,
                KEY.fold(16))
            .network();
    update(digest, score.parameters().data());
    int n = 300; // more than a tile
    List<DiffusionSampler> samplers =
        List.of(
            AnnealedLangevin.of(ladder, process, 2),
            ReverseSde.of(process, 10),
            ReverseSde.of(process, 5).withScheme(ReverseSde.Scheme.STOCHASTIC_HEUN),
            Ancestral.of(process, 10),
            PredictorCorrector.of(process, 5));
    for (DiffusionSampler sampler : samplers) {
      Batch start = sampler.start(n, 2, 0, KEY.fold(17));
      update(digest, sampler.withThreads(threads).sample(score, start, KEY.fold(17)).data());
    }
    update(digest, Mala.of(0.01, 10).withThreads(threads).sample(score, x, KEY.fold(18)).data());
    Batch decoded = ProbabilityFlow.of(process).withThreads(threads).sample(score, n, KEY.fold(19));
    update(digest, decoded.data());
    FlowDensities densities =
        FlowLikelihood.of(process).withThreads(threads).encode(score, decoded.slice(0, 20));
    for (double logDensity : densities.logDensity()) {
      digest.update(ByteBuffer.allocate(Double.BYTES).putDouble(0, logDensity));
    }
    return hex(digest);
  }

  private static void gradients(
      MessageDigest digest,
      Batch x,
      LinearSde process,
      Conditioning.Scaling scaling,
      Objective objective,
      Threads threads) {
    Conditioning conditioning = Conditioning.of(process).withScaling(scaling);
    Mlp mlp = Mlp.of(Activation.SILU, 2 + conditioning.inputs(), 19, 5, 2);
    Parameters parameters = mlp.initialize(Init.FAN_IN, KEY.fold(13));
    float[] gradient = new float[parameters.size()];
    try (JetEngine engine = new JetEngine(mlp, conditioning, objective, threads)) {
      double loss = engine.lossAndGradient(parameters, x, KEY.fold(14), gradient);
      digest.update(ByteBuffer.allocate(Double.BYTES).putDouble(0, loss));
      update(digest, gradient);
    }
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
