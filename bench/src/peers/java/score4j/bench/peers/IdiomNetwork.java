package score4j.bench.peers;

import java.util.ArrayList;
import java.util.List;
import org.bytedeco.pytorch.Tensor;
import org.bytedeco.pytorch.TensorVector;
import org.bytedeco.pytorch.global.torch;
import score4j.bench.Workload;

/// A network as users of libtorch write it: linear layers, and parameters that know their
/// gradients.
final class IdiomNetwork {
  private final List<Tensor> parameters = new ArrayList<>();
  private final Phi phi;

  IdiomNetwork(Workload data) {
    phi = new Phi(data.mlp().activation());
    TorchNetwork network = TorchNetwork.of(data);
    for (int l = 0; l < network.layers(); l++) {
      parameters.add(network.weights().get(l).clone().set_requires_grad(true));
      parameters.add(network.biases().get(l).clone().set_requires_grad(true));
    }
  }

  Tensor score(Tensor x) {
    Tensor a = x;
    for (int l = 0; l < parameters.size(); l += 2) {
      Tensor z = torch.linear(a, parameters.get(l), parameters.get(l + 1));
      a = l + 2 == parameters.size() ? z : phi.apply(z);
    }
    return a;
  }

  /// W₁, b₁, W₂ and so on.
  TensorVector parameters() {
    return new TensorVector(parameters.toArray(Tensor[]::new));
  }
}
