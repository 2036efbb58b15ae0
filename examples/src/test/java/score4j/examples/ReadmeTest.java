package score4j.examples;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.function.BiFunction;
import java.util.function.UnaryOperator;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import score4j.DifferentiableScore;
import score4j.Threads;
import score4j.array.Batch;
import score4j.array.Parameters;
import score4j.autodiff.BatchLoss;
import score4j.autodiff.Derivatives;
import score4j.autodiff.Expr;
import score4j.autodiff.Fn;
import score4j.autodiff.Loss;
import score4j.autodiff.Weights;
import score4j.backend.Backend;
import score4j.dist.Ring;
import score4j.dist.TwoMoons;
import score4j.inverse.Inpainting;
import score4j.io.Checkpoint;
import score4j.likelihood.FlowDensities;
import score4j.likelihood.FlowLikelihood;
import score4j.metric.Estimate;
import score4j.metric.FisherDivergence;
import score4j.nn.Activation;
import score4j.nn.Conditioning;
import score4j.nn.EnergyNetwork;
import score4j.nn.Init;
import score4j.nn.Mlp;
import score4j.nn.ScoreNetwork;
import score4j.objective.DiffusionDenoising;
import score4j.objective.ExactTrace;
import score4j.process.LinearSde;
import score4j.rng.Key;
import score4j.rng.Noise;
import score4j.sample.Langevin;
import score4j.sample.ReverseSde;
import score4j.train.Trained;
import score4j.train.Trainer;

/// Runs the Java examples of the README, and checks that the README shows what runs here.
class ReadmeTest {
  private static final Path README = Path.of("..", "README.md");
  private static final Path SOURCE =
      Path.of("src", "test", "java", "score4j", "examples", "ReadmeTest.java");

  @TempDir Path folder;

  @Test
  void theExampleLearnsTheRing() throws IOException {
    // README begins
    Key key = Key.of(1);
    Ring law = Ring.of(1, 0.1); // stands for your data: any Batch will do, one sample a row
    Batch data = law.sample(key.fold(1), 10_000);

    Mlp mlp = Mlp.of(Activation.TANH, 2, 64, 128, 64, 2);
    Trained<ScoreNetwork> trained =
        Trainer.of(new ExactTrace()) // or Sliced.of(1), new Regularized(0.1), new Denoising(0.1)
            .withEpochs(60)
            .train(mlp, mlp.initialize(Init.GLOROT_UNIFORM, key.fold(2)), data, null, key.fold(3));
    ScoreNetwork score = trained.network();

    Batch start = Noise.normals(key.fold(4), 1000, 2);
    Batch samples = Langevin.of(0.001, 2000).sample(score, start, key.fold(5));

    // the score 0 has 49.5; here it comes to about 1
    Estimate divergence = FisherDivergence.of(score, law, law.sample(key.fold(6), 10_000));
    Checkpoint.write(folder.resolve("ring.safetensors"), Checkpoint.of(mlp, score.parameters()));
    // README ends

    assertThat(divergence.value()).as(divergence.toString()).isBetween(0.5, 1.5);
    assertThat(Checkpoint.read(folder.resolve("ring.safetensors")).parameters())
        .isEqualTo(score.parameters());
    double radius = 0;
    for (int i = 0; i < samples.rows(); i++) {
      radius += Math.hypot(samples.get(i, 0), samples.get(i, 1)) / samples.rows();
    }
    // a thousand radii of standard deviation 0.1 leave 0.003; the score is off by more than that
    assertThat(radius).isBetween(0.97, 1.03);
  }

  @Test
  void fromNoiseToData() {
    // README begins
    Key key = Key.of(1);
    Batch data = new TwoMoons(0.1).sample(key.fold(1), 4000); // yours: standardise it first
    LinearSde process = LinearSde.variancePreserving(0.1, 20); // or varianceExploding(0.01, 10), …
    Conditioning conditioning = Conditioning.of(process); // how the network is told the time
    Mlp mlp = Mlp.of(Activation.SILU, 2 + conditioning.inputs(), 64, 64, 2);
    Parameters start = mlp.initialize(Init.GLOROT_UNIFORM, key.fold(2));
    ScoreNetwork score =
        Trainer.of(DiffusionDenoising.edm(process, 1)) // or DiffusionDenoising.likelihood(process)
            .withEpochs(200)
            .train(mlp, conditioning, start, data, null, key.fold(3))
            .network();

    Batch samples = ReverseSde.of(process, 500).sample(score, 1000, key.fold(4));
    FlowDensities densities = FlowLikelihood.of(process).encode(score, samples.slice(0, 100));
    double[] nats = densities.logDensity(); // with densities.integrationError() beside it
    Batch known = Batch.of(new float[] {0.5f, Float.NaN}); // the second coordinate, given the first
    Batch draws = Inpainting.of(process, 100, known).sample(score, 500, key.fold(5));
    // README ends

    Batch fresh = new TwoMoons(0.1).sample(key.fold(6), 1000);
    for (int c = 0; c < 2; c++) {
      // means of a thousand with a standard deviation below 1 differ by 4·√(2/1000) = 0.18 at most
      assertThat(mean(samples, c)).isCloseTo(mean(fresh, c), within(0.18));
    }
    assertThat(Arrays.stream(nats).average().orElseThrow()).isBetween(-3.0, 0.0);
    assertThat(draws.column(0)).containsOnly(0.5f);
  }

  private static double mean(Batch x, int column) {
    double sum = 0;
    for (float value : x.column(column)) {
      sum += value;
    }
    return sum / x.rows();
  }

  @Test
  void aUsersDensityAndLoss() {
    // README begins
    // x₁ ~ N(0, 1), x₂ ~ N(x₁², ½²)
    Fn second = Fn.of(2, x -> x.get(1).sub(x.get(0).square()).square().mul(-2));
    Fn logDensity = Fn.of(2, x -> second.apply(x).sub(x.get(0).square().mul(0.5)));
    DifferentiableScore score = logDensity.grad().asScore();
    Batch start = Noise.normals(Key.of(1), 1000, 2);
    Batch samples = Langevin.of(0.01, 1000).sample(score, start, Key.of(2));

    Mlp energy = Mlp.of(Activation.SOFTPLUS, 2, 16, 1); // f, and the score is −∇f
    BiFunction<Weights, Expr, Expr> lossOfASample =
        (weights, x) -> {
          UnaryOperator<Expr> s = u -> EnergyNetwork.score(energy, weights, u);
          return s.apply(x).square().sum().mul(0.5).add(Derivatives.divergence(s, x));
        };
    Parameters weights = energy.initialize(Init.GLOROT_UNIFORM, Key.of(3));
    float[] gradient = new float[weights.size()];
    Loss loss = Loss.of(Fn.of(energy.slices(), 2, lossOfASample)); // the mean, and its gradient
    try (BatchLoss compiled = loss.compile(Threads.available())) {
      System.out.println(compiled.valueAndGrad(weights.data(), samples, gradient));
    }
    // README ends

    // the gradient is that of central differences, as GradCheck finds elsewhere; here it is not 0
    float largest = 0;
    for (float g : gradient) {
      largest = Math.max(largest, Math.abs(g));
    }
    assertThat(largest).isBetween(1e-3f, 1e3f);
    // E x₂ = E x₁² = 1; the variance of x₂ is 2 + ¼, so 1000 samples leave 0.047; 4 of these
    double mean = 0;
    for (int i = 0; i < samples.rows(); i++) {
      mean += samples.get(i, 1) / samples.rows();
    }
    assertThat(mean).isBetween(1 - 0.19, 1 + 0.19);
  }

  @Test
  void onACardOrNot() {
    // README begins
    Mlp mlp = Mlp.of(Activation.TANH, 2, 64, 128, 64, 2);
    Parameters start = mlp.initialize(Init.GLOROT_UNIFORM, Key.of(1));
    Batch data = Ring.of(1, 0.1).sample(Key.of(2), 10_000);
    Batch samples;
    try (Backend backend = Backend.open("auto", Threads.available())) { // or "cpu", or "gpu"
      Trainer trainer = Trainer.of(new ExactTrace()).withEpochs(2);
      ScoreNetwork score =
          trainer.train(backend, mlp, Conditioning.none(), start, data, null, Key.of(3)).network();
      samples = Langevin.of(0.001, 100).sample(backend.score(score), data, Key.of(4));
    }
    // README ends

    double radius = 0;
    for (int i = 0; i < samples.rows(); i++) {
      radius += Math.hypot(samples.get(i, 0), samples.get(i, 1)) / samples.rows();
    }
    // by the noise alone the mean radius would go from 1 to 1.107, which is Rice's with σ² = 0.2
    assertThat(radius).isBetween(0.9, 1.08);
  }

  @Test
  void theReadmeShowsWhatRunsHere() throws IOException {
    List<String> shown = between(Files.readString(README), "```java\n", "\n```");
    List<String> run =
        between(Files.readString(SOURCE), "    // README begins\n", "\n    // README ends\n");
    assertThat(shown).isEqualTo(run.stream().map(String::stripIndent).toList());
  }

  private static List<String> between(String text, String begin, String end) {
    List<String> parts = new ArrayList<>();
    int to = 0;
    for (int at = text.indexOf(begin); at >= 0; at = text.indexOf(begin, to)) {
      int from = at + begin.length();
      to = text.indexOf(end, from);
      parts.add(text.substring(from, to));
    }
    return parts;
  }

  @Test
  void everyFileTheReadmeLinksToExists() throws IOException {
    Matcher link = Pattern.compile("\\]\\(([^)#]+)\\)").matcher(Files.readString(README));
    while (link.find()) {
      if (!link.group(1).contains("://")) {
        assertThat(README.resolveSibling(link.group(1))).exists();
      }
    }
  }
}
