package score4j.bench.peers;

import java.util.ArrayList;
import java.util.List;
import org.bytedeco.pytorch.Tensor;
import score4j.array.Parameters;
import score4j.bench.Workload;

/// The parameters of a network as tensors, or a gradient that has their layout: views into one flat
/// tensor.
///
/// @param flat all P numbers
/// @param weights W_l of shape out × in, for l = 1 … L
/// @param transposed W_lᵀ
/// @param biases b_l
record TorchNetwork(
    Tensor flat, List<Tensor> weights, List<Tensor> transposed, List<Tensor> biases) {
  /// The parameters of a workload.
  static TorchNetwork of(Workload data) {
    return views(data, Libtorch.tensor(data.parameters().data(), data.parameters().size()));
  }

  /// Room for a gradient.
  static TorchNetwork zeros(Workload data) {
    return views(data, Libtorch.zeros(data.parameters().size()));
  }

  private static TorchNetwork views(Workload data, Tensor flat) {
    List<Tensor> weights = new ArrayList<>();
    List<Tensor> transposed = new ArrayList<>();
    List<Tensor> biases = new ArrayList<>();
    for (Parameters.Slice slice : data.mlp().slices()) {
      Tensor view = flat.narrow(0, slice.offset(), slice.size());
      if (slice.vector()) {
        biases.add(view);
      } else {
        Tensor weight = view.view(slice.rows(), slice.cols());
        weights.add(weight);
        transposed.add(weight.t());
      }
    }
    return new TorchNetwork(flat, weights, transposed, biases);
  }

  /// L.
  int layers() {
    return weights.size();
  }

  /// n_l.
  long width(int layer) {
    return layer == 0 ? weights.getFirst().size(1) : weights.get(layer - 1).size(0);
  }
}
