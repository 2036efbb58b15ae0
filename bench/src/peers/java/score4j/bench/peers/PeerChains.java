package score4j.bench.peers;

import java.util.ArrayList;
import java.util.List;
import org.bytedeco.javacpp.PointerScope;
import org.bytedeco.pytorch.InferenceMode;
import org.bytedeco.pytorch.Scalar;
import org.bytedeco.pytorch.Tensor;
import org.bytedeco.pytorch.global.torch;
import score4j.array.Batch;
import score4j.bench.Workload;

/// One library's way to run Langevin chains: x ← x + ε·s(x) + √(2ε)·z.
abstract class PeerChains {
  /// Where z comes from.
  @FunctionalInterface
  interface Source {
    /// The noise of some rows.
    ///
    /// @param room as large, which may be overwritten and returned
    Tensor draw(long step, long firstRow, Tensor room);
  }

  private final Batch start;
  final Scalar stepSize;
  final Scalar noiseScale;

  private PeerChains(Batch start, double stepSize) {
    this.start = start;
    this.stepSize = new Scalar((float) stepSize);
    noiseScale = new Scalar((float) Math.sqrt(2 * stepSize));
  }

  /// Runs all chains from the start with noise of libtorch.
  abstract Tensor run(int steps);

  /// The same with given noise, to compare where they end.
  abstract Tensor run(int steps, Source noise);

  Tensor start() {
    return Libtorch.tensor(start.data(), start.rows(), start.cols());
  }

  /// All chains at once.
  static final class Idiom extends PeerChains {
    private final IdiomNetwork network;

    Idiom(Workload data, double stepSize) {
      super(data.x(), stepSize);
      network = new IdiomNetwork(data);
    }

    @Override
    Tensor run(int steps) {
      return run(steps, (step, row, room) -> torch.randn_like(room));
    }

    @Override
    @SuppressWarnings("try") // the scope ends what is made in it
    Tensor run(int steps, Source noise) {
      try (InferenceMode _ = new InferenceMode()) {
        Tensor x = start();
        for (int step = 0; step < steps; step++) {
          try (PointerScope _ = new PointerScope()) {
            x.add_(network.score(x), stepSize);
            x.add_(noise.draw(step, 0, x), noiseScale);
          }
        }
        return x;
      }
    }
  }

  /// All steps of some chains before the next ones, in place.
  static final class Expert extends PeerChains {
    private final ExpertScore score;
    private final int rows;
    private final Tensor s;
    private final Tensor z;

    /// @param rows how many chains at once
    Expert(Workload data, double stepSize, int rows) {
      super(data.x(), stepSize);
      this.rows = rows;
      score = new ExpertScore(data, rows);
      s = Libtorch.zeros(rows, data.x().cols());
      z = Libtorch.zeros(rows, data.x().cols());
    }

    /// As many chains at once as is fastest.
    @SuppressWarnings("try")
    static Expert fastest(String name, Workload data, double stepSize) {
      try (InferenceMode _ = new InferenceMode()) {
        return Fastest.of(
            name,
            data.x().rows(),
            rows -> new Expert(data, stepSize, rows),
            expert -> expert.run(3));
      }
    }

    @Override
    Tensor run(int steps) {
      return run(steps, (step, row, room) -> room.normal_());
    }

    @Override
    @SuppressWarnings("try")
    Tensor run(int steps, Source noise) {
      try (InferenceMode _ = new InferenceMode()) {
        Tensor all = start();
        List<Tensor> parts = new ArrayList<>();
        for (long row = 0; row < all.size(0); row += rows) {
          parts.add(all.narrow(0, row, rows));
        }
        for (int i = 0; i < parts.size(); i++) {
          Tensor x = parts.get(i);
          try (PointerScope _ = new PointerScope()) {
            for (int step = 0; step < steps; step++) {
              score.score(x, s);
              x.add_(s, stepSize);
              x.add_(noise.draw(step, (long) i * rows, z), noiseScale);
            }
          }
        }
        return all;
      }
    }
  }
}
