package score4j.bench.peers;

import java.util.ArrayList;
import java.util.List;
import org.bytedeco.javacpp.PointerScope;
import org.bytedeco.pytorch.InferenceMode;
import org.bytedeco.pytorch.Tensor;
import score4j.array.Batch;
import score4j.bench.Workload;

/// One library's way to the scores of a batch.
interface PeerScores {
  /// Computes them all, and leaves them where the library has them.
  void compute();

  /// Computes them into an array, to compare them.
  void compute(Batch out);

  /// The whole batch at once through linear layers, without a record for gradients.
  @SuppressWarnings("try") // the scope ends what is made in it
  static PeerScores idiom(Workload data) {
    IdiomNetwork network = new IdiomNetwork(data);
    Tensor x = Libtorch.tensor(data.x().data(), data.x().rows(), data.x().cols());
    return new PeerScores() {
      @Override
      public void compute() {
        try (PointerScope _ = new PointerScope();
            InferenceMode _ = new InferenceMode()) {
          network.score(x);
        }
      }

      @Override
      public void compute(Batch out) {
        try (PointerScope _ = new PointerScope();
            InferenceMode _ = new InferenceMode()) {
          network.score(x).data_ptr_float().get(out.data());
        }
      }
    };
  }

  /// As many rows at once as is fastest, in place.
  @SuppressWarnings("try")
  static PeerScores expert(String name, Workload data) {
    try (InferenceMode _ = new InferenceMode()) {
      return Fastest.of(name, data.x().rows(), rows -> new Expert(data, rows), PeerScores::compute);
    }
  }

  /// Chunks of rows.
  final class Expert implements PeerScores {
    private final ExpertScore score;
    private final Tensor out;
    private final List<Tensor> xs = new ArrayList<>();
    private final List<Tensor> outs = new ArrayList<>();

    Expert(Workload data, int rows) {
      score = new ExpertScore(data, rows);
      Batch batch = data.x();
      Tensor x = Libtorch.tensor(batch.data(), batch.rows(), batch.cols());
      out = Libtorch.zeros(batch.rows(), batch.cols());
      for (int first = 0; first < batch.rows(); first += rows) {
        xs.add(x.narrow(0, first, rows));
        outs.add(out.narrow(0, first, rows));
      }
    }

    @Override
    @SuppressWarnings("try")
    public void compute() {
      try (PointerScope _ = new PointerScope();
          InferenceMode _ = new InferenceMode()) {
        for (int i = 0; i < xs.size(); i++) {
          score.score(xs.get(i), outs.get(i));
        }
      }
    }

    @Override
    public void compute(Batch batch) {
      compute();
      out.data_ptr_float().get(batch.data());
    }
  }
}
