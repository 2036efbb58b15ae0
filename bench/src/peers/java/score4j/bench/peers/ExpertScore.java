package score4j.bench.peers;

import java.util.ArrayList;
import java.util.List;
import org.bytedeco.pytorch.Tensor;
import org.bytedeco.pytorch.global.torch;
import score4j.bench.Workload;

/// The scores of a few rows in buffers that stay in the cache, each operation in place.
final class ExpertScore {
  private final Phi phi;
  private final TorchNetwork network;
  private final List<Tensor> hidden = new ArrayList<>();
  private final List<Tensor> scratch = new ArrayList<>();

  /// @param rows how many at once
  ExpertScore(Workload data, int rows) {
    phi = new Phi(data.mlp().activation());
    network = TorchNetwork.of(data);
    for (int l = 1; l < network.layers(); l++) {
      hidden.add(Libtorch.zeros(rows, network.width(l)));
      scratch.add(Libtorch.zeros(rows, network.width(l)));
    }
  }

  void score(Tensor x, Tensor out) {
    Tensor below = x;
    for (int l = 0; l < hidden.size(); l++) {
      Tensor a = hidden.get(l);
      affine(a, below, l);
      phi.value(a, scratch.get(l));
      below = a;
    }
    affine(out, below, hidden.size());
  }

  private void affine(Tensor out, Tensor in, int layer) {
    Tensor bias = network.biases().get(layer);
    if (in.size(1) == 1) {
      torch.addcmul_out(out, bias, in, network.transposed().get(layer));
    } else {
      torch.addmm_out(out, bias, in, network.transposed().get(layer));
    }
  }
}
