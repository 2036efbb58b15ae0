package score4j.io;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;
import score4j.array.Parameters;
import score4j.nn.Activation;
import score4j.nn.Conditioning;
import score4j.nn.Init;
import score4j.nn.Mlp;
import score4j.nn.TimeFeatures;
import score4j.process.LinearSde;
import score4j.process.VarianceExploding;
import score4j.rng.Key;

class CheckpointTest {
  @TempDir Path folder;

  private static Parameters random(Mlp mlp) {
    return mlp.initialize(Init.STANDARD_NORMAL, Key.of(3));
  }

  @ParameterizedTest
  @EnumSource(Activation.class)
  void aNetworkSurvivesTheRoundTripBitForBit(Activation activation) throws IOException {
    Mlp mlp = Mlp.of(activation, 3, 7, 5, 3);
    Parameters parameters = random(mlp);
    parameters.data()[0] = -0f;
    parameters.data()[1] = Float.MIN_VALUE;
    Checkpoint written = new Checkpoint(mlp, parameters, Map.of("columns", "a,b,ü"));
    Path file = folder.resolve("model.safetensors");
    Checkpoint.write(file, written);
    Checkpoint read = Checkpoint.read(file);
    assertThat(read).isEqualTo(written);
    for (int i = 0; i < parameters.size(); i++) {
      assertThat(Float.floatToRawIntBits(read.parameters().data()[i]))
          .isEqualTo(Float.floatToRawIntBits(parameters.data()[i]));
    }
  }

  static Stream<Conditioning> conditionings() {
    return Stream.of(
        Conditioning.of(LinearSde.variancePreserving(0.1, 20)),
        Conditioning.of(LinearSde.varianceExploding(0.01, 50))
            .withScaling(Conditioning.Scaling.INVERSE_STD)
            .withContext(10),
        Conditioning.of(new VarianceExploding(1e-2, 3, true))
            .withFeatures(TimeFeatures.of(TimeFeatures.Variable.LOG_STD)),
        Conditioning.of(LinearSde.subVariancePreserving(0.1, 20)).withDataStd(0.5),
        Conditioning.of(LinearSde.sigmaPower(25)).withFeatures(TimeFeatures.none()),
        Conditioning.none().withContext(3));
  }

  @ParameterizedTest
  @MethodSource("conditionings")
  void aConditioningSurvives(Conditioning conditioning) throws IOException {
    Mlp mlp = Mlp.of(Activation.SILU, 2 + conditioning.inputs(), 4, 2);
    Checkpoint written = new Checkpoint(mlp, conditioning, random(mlp), Map.of("a", "b"));
    Path file = folder.resolve("model.safetensors");
    Checkpoint.write(file, written);
    assertThat(Checkpoint.read(file)).isEqualTo(written);
  }

  @Test
  void aProcessThatIsCodeIsRefused() {
    Conditioning conditioning = Conditioning.of(LinearSde.of(t -> 0, t -> 1));
    Mlp mlp = Mlp.of(Activation.SILU, 2 + conditioning.inputs(), 4, 2);
    Checkpoint checkpoint = new Checkpoint(mlp, conditioning, random(mlp), Map.of());
    assertThatThrownBy(() -> Checkpoint.write(folder.resolve("m.safetensors"), checkpoint))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContaining("use one of the named processes");
    assertThat(folder).isEmptyDirectory();
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "null",
        "{}",
        "{\"process\":null,\"variable\":\"time\",\"frequencies\":[],\"scaling\":\"plain\","
            + "\"dataStd\":1,\"context\":0}",
        "{\"process\":null,\"variable\":\"none\",\"frequencies\":[],\"scaling\":\"plain\","
            + "\"dataStd\":0,\"context\":0}",
        "{\"process\":null,\"variable\":\"none\",\"frequencies\":[],\"scaling\":\"plain\","
            + "\"dataStd\":1,\"context\":-1}",
        "{\"process\":{\"kind\":\"sigma-power\",\"sigma\":0.5},\"variable\":\"time\","
            + "\"frequencies\":[],\"scaling\":\"plain\",\"dataStd\":1,\"context\":0}",
        "{\"process\":{\"kind\":\"other\"},\"variable\":\"time\",\"frequencies\":[],"
            + "\"scaling\":\"plain\",\"dataStd\":1,\"context\":0}",
        "{\"process\":null,\"variable\":\"none\",\"frequencies\":[\"1\"],\"scaling\":\"plain\","
            + "\"dataStd\":1,\"context\":0}"
      })
  void aWrongConditioningIsRefused(String conditioning) throws IOException {
    Mlp mlp = Mlp.of(Activation.TANH, 1, 1);
    Path file = folder.resolve("model.safetensors");
    Checkpoint.write(file, Checkpoint.of(mlp, random(mlp)));
    Safetensors content = Safetensors.read(file);
    String spec =
        "{\"version\":2,\"sizes\":[1,1],\"activation\":\"tanh\",\"conditioning\":%s}"
            .formatted(conditioning);
    new Safetensors(content.tensors(), Map.of("score4j", spec)).write(file);
    assertThatThrownBy(() -> Checkpoint.read(file)).isInstanceOf(FormatException.class);
  }

  @Test
  void tensorsHaveTheNamesAndShapesOfPyTorch() throws IOException {
    Mlp mlp = Mlp.of(Activation.TANH, 2, 4, 3);
    Path file = folder.resolve("model.safetensors");
    Checkpoint.write(file, Checkpoint.of(mlp, random(mlp)));
    Safetensors content = Safetensors.read(file);
    Map<String, List<Integer>> shapes = new LinkedHashMap<>();
    content.tensors().forEach((name, tensor) -> shapes.put(name, tensor.shape()));
    assertThat(shapes)
        .containsExactly(
            Map.entry("net.0.weight", List.of(4, 2)),
            Map.entry("net.0.bias", List.of(4)),
            Map.entry("net.2.weight", List.of(3, 4)),
            Map.entry("net.2.bias", List.of(3)));
    assertThat(content.metadata())
        .containsExactly(
            Map.entry("score4j", "{\"version\":1,\"sizes\":[2,4,3],\"activation\":\"tanh\"}"));
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "",
        "[]",
        "{}",
        "null",
        "{\"version\":1,\"sizes\":[1,1]}",
        "{\"version\":2,\"sizes\":[1,1],\"activation\":\"tanh\"}",
        "{\"version\":\"1\",\"sizes\":[1,1],\"activation\":\"tanh\"}",
        "{\"version\":1,\"sizes\":[1,1],\"activation\":\"tanh\",\"x\":0}",
        "{\"version\":1,\"sizes\":[1,1],\"activation\":\"TANH\"}",
        "{\"version\":1,\"sizes\":[1,1],\"activation\":\"cube\"}",
        "{\"version\":1,\"sizes\":[1,1],\"activation\":1}",
        "{\"version\":1,\"sizes\":2,\"activation\":\"tanh\"}",
        "{\"version\":1,\"sizes\":[],\"activation\":\"tanh\"}",
        "{\"version\":1,\"sizes\":[1],\"activation\":\"tanh\"}",
        "{\"version\":1,\"sizes\":[1,1,1],\"activation\":\"tanh\"}",
        "{\"version\":1,\"sizes\":[1,2],\"activation\":\"tanh\"}",
        "{\"version\":1,\"sizes\":[2,1],\"activation\":\"tanh\"}",
        "{\"version\":1,\"sizes\":[0,1],\"activation\":\"tanh\"}",
        "{\"version\":1,\"sizes\":[-1,1],\"activation\":\"tanh\"}",
        "{\"version\":1,\"sizes\":[1.0,1],\"activation\":\"tanh\"}",
        "{\"version\":1,\"sizes\":[30000,30000],\"activation\":\"tanh\"}",
        "{\"version\":1,\"sizes\":[2147483647,2147483647],\"activation\":\"tanh\"}",
        "{\"version\":1,\"sizes\":[4294967297,1],\"activation\":\"tanh\"}",
      })
  void aFileThatDescribesNoNetworkOrAnotherIsRefused(String spec) throws IOException {
    Path file = folder.resolve("model.safetensors");
    write(file, Map.of("score4j", spec), 0);
    assertThatThrownBy(() -> Checkpoint.read(file))
        .isInstanceOf(FormatException.class)
        .hasMessageStartingWith(file + ": ")
        .message()
        .hasSizeLessThan(file.toString().length() + 300)
        .doesNotContain("\n");
  }

  /// (2³¹)² + (2³¹)² + (2³¹)² parameters wrap a long to a negative number.
  @Test
  void sizesWhoseSumWrapsAreRefused() throws IOException {
    Path file = folder.resolve("model.safetensors");
    Map<String, Tensor> tensors = new LinkedHashMap<>();
    for (String name : List.of("0.weight", "0.bias", "2.weight", "2.bias", "4.weight", "4.bias")) {
      tensors.put("net." + name, Tensor.wrap(List.of(1), new float[1]));
    }
    String spec =
        "{\"version\":1,\"sizes\":[2147483647,2147483647,2147483647,2147483647],\"activation\":\"tanh\"}";
    new Safetensors(tensors, Map.of("score4j", spec)).write(file);
    assertThatThrownBy(() -> Checkpoint.read(file))
        .isInstanceOf(FormatException.class)
        .hasMessageContaining("no such network");
  }

  @Test
  void theDescriptionThatFitsIsRead() throws IOException {
    Path file = folder.resolve("model.safetensors");
    write(file, Map.of("score4j", "{\"activation\":\"gelu\", \"version\":1, \"sizes\":[1,1]}"), 5);
    Checkpoint read = Checkpoint.read(file);
    assertThat(read.mlp()).isEqualTo(Mlp.of(Activation.GELU, 1, 1));
    assertThat(read.parameters().data()).containsExactly(5, 2);
    assertThat(read.metadata()).isEmpty();
  }

  @Test
  void aFileOfPyTorchWithoutDescriptionIsRefused() throws IOException {
    Path file = folder.resolve("model.safetensors");
    write(file, Map.of("format", "pt"), 0);
    assertThatThrownBy(() -> Checkpoint.read(file))
        .isInstanceOf(FormatException.class)
        .hasMessageContaining("no text score4j");
  }

  @ParameterizedTest
  @ValueSource(floats = {Float.NaN, Float.POSITIVE_INFINITY, Float.NEGATIVE_INFINITY})
  void weightsThatAreNotFiniteAreNeitherWrittenNorRead(float bad) throws IOException {
    Path file = folder.resolve("model.safetensors");
    write(file, Map.of("score4j", "{\"version\":1,\"sizes\":[1,1],\"activation\":\"tanh\"}"), bad);
    assertThatThrownBy(() -> Checkpoint.read(file))
        .isInstanceOf(FormatException.class)
        .hasMessageContaining("net.0.weight has " + bad + " at index 0");
    Mlp mlp = Mlp.of(Activation.TANH, 1, 1);
    Parameters parameters = random(mlp);
    parameters.data()[1] = bad;
    Path other = folder.resolve("other.safetensors");
    assertThatThrownBy(() -> Checkpoint.write(other, Checkpoint.of(mlp, parameters)))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContaining("number 1 is " + bad);
    assertThat(other).doesNotExist();
  }

  @Test
  void aFailedWriteLeavesTheOldModel() throws IOException {
    Mlp mlp = Mlp.of(Activation.TANH, 1, 1);
    Checkpoint old = Checkpoint.of(mlp, random(mlp));
    Path file = folder.resolve("model.safetensors");
    Checkpoint.write(file, old);
    Checkpoint bad = new Checkpoint(mlp, random(mlp), Map.of("\ud800", ""));
    assertThatThrownBy(() -> Checkpoint.write(file, bad))
        .isInstanceOf(IllegalArgumentException.class);
    assertThat(Checkpoint.read(file)).isEqualTo(old);
    try (Stream<Path> files = Files.list(folder)) {
      assertThat(files).containsExactly(file);
    }
  }

  @Test
  void partsThatDoNotFitAreRefused() {
    Mlp mlp = Mlp.of(Activation.TANH, 2, 4, 2);
    Parameters other = random(Mlp.of(Activation.TANH, 2, 5, 2));
    assertThatThrownBy(() -> Checkpoint.of(mlp, other))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContaining("slices");
    assertThatThrownBy(() -> new Checkpoint(mlp, random(mlp), Map.of("score4j", "")))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContaining("choose another");
  }

  private static void write(Path file, Map<String, String> metadata, float weight)
      throws IOException {
    Map<String, Tensor> tensors = new LinkedHashMap<>();
    tensors.put("net.0.bias", Tensor.wrap(List.of(1), new float[] {2}));
    tensors.put("net.0.weight", Tensor.wrap(List.of(1, 1), new float[] {weight}));
    new Safetensors(tensors, metadata).write(file);
  }
}
