package score4j.golden;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class GoldenTest {
  @ParameterizedTest
  @ValueSource(
      strings = {
        "nets_tanh",
        "nets_softplus",
        "nets_sigmoid",
        "nets_silu",
        "nets_gelu",
        "nets_relu",
        "activations",
        "distributions",
        "training",
        "samplers",
        "sde",
        "random123",
        "workloads"
      })
  void everyFileIsThereAndOfTheFormat(String name) {
    Golden golden = Golden.load(name);
    assertThat(golden.header().text("format")).isEqualTo("score-golden/1");
    assertThat(golden.cases()).isNotEmpty();
  }

  @Test
  void numbersAreReadByPath() {
    Golden.Case c = Golden.load("nets_tanh").find("tanh-d1-h1");
    assertThat(c.ints("sizes")).containsExactly(1, 5, 1);
    assertThat(c.floats("params.W", 0)).hasSize(5).startsWith(-0.77399635f);
    assertThat(c.doubles("expect.score")).containsExactly(-0.37289017307647754);
    assertThat(c.number("expect.score", 0)).isEqualTo(-0.37289017307647754);
    assertThat(c.text("activation")).isEqualTo("tanh");
    assertThat(c.has("expect.nothing")).isFalse();
    assertThat(c).hasToString("nets_tanh/tanh-d1-h1");
  }

  @Test
  void whatIsMissingSaysWhere() {
    Golden.Case c = Golden.load("nets_tanh").find("tanh-d1-h1");
    assertThatThrownBy(() -> c.doubles("expect.nothing"))
        .hasMessage("nets_tanh/tanh-d1-h1: expect.nothing is not there");
    assertThatThrownBy(() -> c.floats("expect.score"))
        .hasMessage("nets_tanh/tanh-d1-h1: expect.score is not an array of exact float32 numbers");
    assertThatThrownBy(() -> c.integer("params.W", 0, 1))
        .hasMessage("nets_tanh/tanh-d1-h1: params.W[0][1] is not an int");
    assertThatThrownBy(() -> Golden.load("none")).hasMessageContaining("/golden/none.json");
  }
}
