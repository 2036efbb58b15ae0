package score4j.examples.command;

import java.util.List;
import score4j.DifferentiableScore;
import score4j.Threads;
import score4j.backend.Backend;
import score4j.backend.BackendProvider;
import score4j.nn.Conditioning;
import score4j.nn.Head;
import score4j.nn.LossEngine;
import score4j.nn.Mlp;
import score4j.nn.ScoreNetwork;

/// A card that is this processor, if a test says that it is there. It comes before any other of the
/// name, because the tests' classes come first.
public final class PretendedCard implements BackendProvider {
  static final String REASON = "it is pretended";
  static String reason = REASON;
  static int scores;
  static int engines;
  static int open;

  @Override
  public String name() {
    return "gpu";
  }

  @Override
  public String unavailable() {
    return reason;
  }

  @Override
  public List<String> devices() {
    return List.of("Pretended 1, 24 GB", "Pretended 2, 8 GB");
  }

  @Override
  public Backend open(Threads threads) {
    open++;
    return new Card(Backend.cpu(threads));
  }

  private record Card(Backend cpu) implements Backend {
    @Override
    public String name() {
      return "gpu";
    }

    @Override
    public DifferentiableScore score(ScoreNetwork network) {
      scores++;
      return cpu.score(network);
    }

    @Override
    public LossEngine lossEngine(Mlp mlp, Conditioning conditioning, Head head) {
      engines++;
      return cpu.lossEngine(mlp, conditioning, head);
    }

    @Override
    public void close() {
      open--;
    }
  }
}
