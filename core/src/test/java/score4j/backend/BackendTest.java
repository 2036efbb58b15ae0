package score4j.backend;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.Arrays;
import java.util.Iterator;
import java.util.List;
import java.util.ServiceConfigurationError;
import org.junit.jupiter.api.Test;
import score4j.DifferentiableScore;
import score4j.Threads;
import score4j.array.Batch;
import score4j.array.Parameters;
import score4j.nn.Activation;
import score4j.nn.Conditioning;
import score4j.nn.Head;
import score4j.nn.Init;
import score4j.nn.JetEngine;
import score4j.nn.LossEngine;
import score4j.nn.Mlp;
import score4j.nn.ScoreNetwork;
import score4j.objective.ExactTrace;
import score4j.rng.Key;
import score4j.rng.Noise;

class BackendTest {
  private static final String REASON = "no driver: install one";

  /// A device that is there or not.
  private record Pretended(String name, String unavailable, String fault)
      implements BackendProvider {
    @Override
    public List<String> devices() {
      return List.of();
    }

    @Override
    public Backend open(Threads threads) {
      if (!fault.isEmpty()) {
        throw new IllegalStateException(fault);
      }
      return new Opened(name, threads);
    }
  }

  private record Opened(String name, Threads threads) implements Backend {
    @Override
    public DifferentiableScore score(ScoreNetwork network) {
      return network;
    }

    @Override
    public LossEngine lossEngine(Mlp mlp, Conditioning conditioning, Head head) {
      return new JetEngine(mlp, conditioning, head, threads);
    }

    @Override
    public void close() {}
  }

  @Test
  void aSearchThatKeepsFailingEnds() {
    Iterator<BackendProvider> broken =
        new Iterator<>() {
          private boolean given;

          @Override
          public boolean hasNext() {
            if (given) {
              throw new ServiceConfigurationError("the file cannot be read");
            }
            return true;
          }

          @Override
          public BackendProvider next() {
            given = true;
            return THERE;
          }
        };
    assertThat(Backends.providers(broken)).containsExactly(THERE);
  }

  private static final BackendProvider THERE = new Pretended("gpu", "", "");
  private static final BackendProvider MISSING = new Pretended("gpu", REASON, "");
  private static final BackendProvider TAKEN = new Pretended("other", "", "somebody has it");

  private static Backend open(String name, BackendProvider... providers) {
    return Backends.open(name, Threads.ONE, List.of(providers));
  }

  @Test
  void theProcessorComputesAsEver() {
    Mlp mlp = Mlp.of(Activation.TANH, 2, 8, 2);
    Parameters parameters = mlp.initialize(Init.FAN_IN, Key.of(1));
    ScoreNetwork network = ScoreNetwork.of(mlp, parameters);
    Batch x = Noise.normals(Key.of(2), 9, 2);
    try (Backend cpu = Backend.cpu(Threads.of(2));
        LossEngine engine = cpu.lossEngine(mlp, Conditioning.none(), new ExactTrace());
        JetEngine own = new JetEngine(mlp, new ExactTrace(), Threads.ONE)) {
      assertThat(cpu.name()).isEqualTo("cpu");
      assertThat(cpu.toString()).matches("cpu: \\S+ kernels, 2 threads");
      assertThat(cpu.score(network).score(x)).isEqualTo(network.score(x));
      float[] gradient = new float[parameters.size()];
      float[] expected = new float[parameters.size()];
      double loss = own.lossAndGradient(parameters, x, Key.of(3), expected);
      assertThat(engine.lossAndGradient(parameters, x, 0, Key.of(3), gradient)).isEqualTo(loss);
      assertThat(Arrays.mismatch(gradient, expected)).isEqualTo(-1);
    }
    assertThat(Backend.cpu(Threads.ONE).toString()).endsWith("1 thread");
  }

  @Test
  void aNameOpensItsBackend() {
    assertThat(open("cpu", THERE).name()).isEqualTo("cpu");
    assertThat(open("gpu", TAKEN, THERE)).isEqualTo(new Opened("gpu", Threads.ONE));
    assertThat(open("other", new Pretended("other", "", ""), THERE).name()).isEqualTo("other");
  }

  @Test
  void whatIsNotThereIsRefusedWithTheReason() {
    assertThatThrownBy(() -> open("gpu", MISSING))
        .isInstanceOf(IllegalStateException.class)
        .hasMessage("backend gpu is not available: " + REASON);
    assertThatThrownBy(() -> open("gpu"))
        .isInstanceOf(IllegalStateException.class)
        .hasMessage("backend gpu is not available: score4j-gpu is not on the path");
    assertThatThrownBy(() -> open("other", TAKEN))
        .isInstanceOf(IllegalStateException.class)
        .hasMessage("somebody has it");
    assertThatThrownBy(() -> open("tpu"))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessage("backend must be cpu, gpu or auto but was tpu");
    assertThatThrownBy(() -> open("tpu", TAKEN, THERE))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageEndingWith("was tpu: the path has other, gpu");
  }

  @Test
  void autoTakesTheFirstThatOpens() {
    assertThat(open("auto", THERE, TAKEN)).isEqualTo(new Opened("gpu", Threads.ONE));
    assertThat(open("auto", TAKEN, THERE)).isEqualTo(new Opened("gpu", Threads.ONE));
    assertThat(open("auto", MISSING, TAKEN).name()).isEqualTo("cpu");
    assertThat(open("auto").name()).isEqualTo("cpu");
  }
}
