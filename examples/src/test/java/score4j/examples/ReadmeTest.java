package score4j.examples;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import score4j.array.Batch;
import score4j.dist.Ring;
import score4j.io.Checkpoint;
import score4j.metric.Estimate;
import score4j.metric.FisherDivergence;
import score4j.nn.Activation;
import score4j.nn.Init;
import score4j.nn.Mlp;
import score4j.nn.ScoreNetwork;
import score4j.objective.ExactTrace;
import score4j.rng.Key;
import score4j.rng.Noise;
import score4j.sample.Langevin;
import score4j.train.Trained;
import score4j.train.Trainer;

/// Runs the Java example of the README, and checks that the README shows what runs here.
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
    Trained trained =
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
  void theReadmeShowsWhatRunsHere() throws IOException {
    List<String> source = Files.readAllLines(SOURCE);
    int from = source.indexOf("    // README begins") + 1;
    int to = source.indexOf("    // README ends");
    String body = String.join("\n", source.subList(from, to)).stripIndent();
    String readme = Files.readString(README);
    int block = readme.indexOf("```java\n") + "```java\n".length();
    assertThat(readme.substring(block, readme.indexOf("\n```", block))).isEqualTo(body);
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
