package score4j.examples.fit;

import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.List;
import org.junit.jupiter.api.Test;
import score4j.DifferentiableScore;
import score4j.Threads;
import score4j.backend.Backend;
import score4j.examples.csv.Table;
import score4j.nn.Activation;
import score4j.nn.Conditioning;
import score4j.nn.Head;
import score4j.nn.LossEngine;
import score4j.nn.Mlp;
import score4j.nn.ScoreNetwork;
import score4j.objective.ExactTrace;
import score4j.rng.Key;
import score4j.rng.Noise;

class TableFitTest {
  private static final Table TABLE = new Table(List.of("a", "b"), Noise.normals(Key.of(1), 40, 2));

  private static TableFit learn(double rate, Backend backend) {
    FitSettings settings =
        new FitSettings(
            new ExactTrace(), List.of(4), Activation.TANH, 30, 0, 16, rate, 0.25, Threads.of(1));
    return TableFit.learn(TABLE, new double[2], settings, backend, Key.of(2));
  }

  @Test
  void tooLargeARateIsADivergence() {
    try (Backend cpu = Backend.cpu(Threads.of(1))) {
      for (double rate : new double[] {1e3, 1e10, 1e30}) {
        assertThatThrownBy(() -> learn(rate, cpu))
            .as("rate %s", rate)
            .isInstanceOf(DivergenceException.class)
            .hasMessageContaining("lower the learning rate");
      }
    }
  }

  /// The rate is not to blame for a network too large for an array.
  @Test
  void anOverflowOfSizesIsNoDivergence() {
    try (Backend small = new Small(Backend.cpu(Threads.of(1)))) {
      assertThatThrownBy(() -> learn(1e-3, small))
          .isExactlyInstanceOf(ArithmeticException.class)
          .hasMessage("integer overflow");
    }
  }

  /// A backend that cannot hold a network.
  private record Small(Backend cpu) implements Backend {
    @Override
    public String name() {
      return "small";
    }

    @Override
    public DifferentiableScore score(ScoreNetwork network) {
      return cpu.score(network);
    }

    @Override
    public LossEngine lossEngine(Mlp mlp, Conditioning conditioning, Head head) {
      throw new ArithmeticException("integer overflow");
    }

    @Override
    public void close() {
      cpu.close();
    }
  }
}
