package score4j.bench.peers;

import java.util.ArrayList;
import java.util.List;
import org.bytedeco.javacpp.PointerScope;
import org.bytedeco.pytorch.InferenceMode;
import org.bytedeco.pytorch.Scalar;
import org.bytedeco.pytorch.Tensor;
import org.bytedeco.pytorch.global.torch;
import score4j.bench.Workload;

/// The exact trace of a network with two hidden layers in closed form, and everything else by hand.
///
/// ```text
/// C = W₃ᵀW₁ᵀ   M = W₂ ∘ C   tr ∂s/∂x = φ₂′ᵀ·M·φ₁′     whatever the dimension
/// z̄₂ = φ₂′ ∘ (W₃ᵀs̄) + φ₂″ ∘ (M·φ₁′)/B                 s̄ = s/B
/// z̄₁ = φ₁′ ∘ (W₂ᵀz̄₂) + φ₁″ ∘ (Mᵀφ₂′)/B
/// M̄ = Σ φ₂′φ₁′ᵀ/B   C̄ = M̄ ∘ W₂
/// W̄₂ = Σ z̄₂a₁ᵀ + M̄ ∘ C   W̄₃ = Σ s̄a₂ᵀ + W₁ᵀC̄ᵀ   W̄₁ = Σ z̄₁xᵀ + C̄ᵀW₃ᵀ
/// ```
/// Here C and M carry the factor 1/B.
final class TwoHiddenStep implements PeerStep {
  /// What a hidden layer has of the samples at hand: φ, φ′, the cotangent, and (φ″/φ′)⁻¹ times the
  /// part of z̄ that comes from the trace.
  private record Hidden(Tensor a, Tensor slope, Tensor bar, Tensor sum) {
    static Hidden of(long rows, long width) {
      return new Hidden(
          Libtorch.zeros(rows, width),
          Libtorch.zeros(rows, width),
          Libtorch.zeros(rows, width),
          Libtorch.zeros(rows, width));
    }
  }

  private final List<Tensor> chunks = new ArrayList<>();
  private final Phi phi;
  private final TorchNetwork network;
  private final TorchNetwork gradient;
  private final Hidden first;
  private final Hidden second;
  private final Tensor s;
  private final Tensor sBar;
  private final Tensor c;
  private final Tensor m;
  private final Tensor mT;
  private final Tensor mBar;
  private final Tensor ones;
  private final Scalar perSample;

  /// @param chunk how many samples at once
  TwoHiddenStep(Workload workload, int chunk) {
    phi = new Phi(workload.mlp().activation());
    network = TorchNetwork.of(workload);
    gradient = TorchNetwork.zeros(workload);
    int rows = workload.x().rows();
    Tensor x = Libtorch.tensor(workload.x().data(), rows, network.width(0));
    for (int row = 0; row < rows; row += chunk) {
      chunks.add(x.narrow(0, row, chunk));
    }
    first = Hidden.of(chunk, network.width(1));
    second = Hidden.of(chunk, network.width(2));
    s = Libtorch.zeros(chunk, network.width(3));
    sBar = Libtorch.zeros(chunk, network.width(3));
    c = Libtorch.zeros(network.width(2), network.width(1));
    m = Libtorch.zeros(network.width(2), network.width(1));
    mT = m.t();
    mBar = Libtorch.zeros(network.width(2), network.width(1));
    ones = torch.ones(chunk);
    perSample = new Scalar(1f / rows);
  }

  @Override
  @SuppressWarnings("try") // the scope ends what is made in it
  public double lossAndGradient() {
    try (PointerScope _ = new PointerScope();
        InferenceMode _ = new InferenceMode()) {
      List<Tensor> w = network.weights();
      List<Tensor> wT = network.transposed();
      List<Tensor> wBar = gradient.weights();
      torch.addmm_out(c, c, wT.get(2), wT.get(0), Libtorch.ZERO, perSample);
      torch.mul_out(m, w.get(1), c);
      double loss = 0;
      Scalar beta = Libtorch.ZERO;
      for (Tensor x : chunks) {
        loss += forward(x);
        backward(x, beta);
        beta = Libtorch.ONE;
      }
      wBar.get(1).addcmul_(mBar, c);
      mBar.mul_(w.get(1));
      Tensor cBarT = mBar.t();
      accumulate(wBar.get(2), wT.get(0), cBarT, Libtorch.ONE, perSample);
      accumulate(wBar.get(0), cBarT, wT.get(2), Libtorch.ONE, perSample);
      return loss;
    }
  }

  private double forward(Tensor x) {
    affine(first.a(), x, 0);
    phi.valueAndSlope(first.a(), first.slope(), first.sum());
    affine(second.a(), first.a(), 1);
    phi.valueAndSlope(second.a(), second.slope(), second.sum());
    affine(s, second.a(), 2);
    torch.mul_out(sBar, s, perSample);
    torch.mm_out(second.sum(), first.slope(), mT);
    second.sum().mul_(second.slope());
    return 0.5 * s.view(-1).dot(sBar.view(-1)).item_float() + second.sum().sum().item_float();
  }

  private void backward(Tensor x, Scalar beta) {
    parameters(2, sBar, second.a(), beta);
    torch.mm_out(second.bar(), sBar, network.weights().get(2));
    phi.backward(second.bar(), second.a(), second.slope(), second.sum());
    parameters(1, second.bar(), first.a(), beta);
    accumulate(mBar, second.slope().t(), first.slope(), beta, Libtorch.ONE);
    torch.mm_out(first.bar(), second.bar(), network.weights().get(1));
    torch.mm_out(first.sum(), second.slope(), m);
    first.sum().mul_(first.slope());
    phi.backward(first.bar(), first.a(), first.slope(), first.sum());
    parameters(0, first.bar(), x, beta);
  }

  private void affine(Tensor out, Tensor in, int layer) {
    torch.addmm_out(out, network.biases().get(layer), in, network.transposed().get(layer));
  }

  /// The gradients of one affine layer from the cotangents of its outputs.
  private void parameters(int layer, Tensor bar, Tensor in, Scalar beta) {
    Tensor barT = bar.t();
    accumulate(gradient.weights().get(layer), barT, in, beta, Libtorch.ONE);
    Tensor biasBar = gradient.biases().get(layer);
    torch.addmv_out(biasBar, biasBar, barT, ones, beta, Libtorch.ONE);
  }

  private static void accumulate(Tensor out, Tensor a, Tensor b, Scalar beta, Scalar alpha) {
    torch.addmm_out(out, out, a, b, beta, alpha);
  }

  @Override
  public double lossAndGradient(float[] out) {
    double loss = lossAndGradient();
    gradient.flat().data_ptr_float().get(out);
    return loss;
  }
}
