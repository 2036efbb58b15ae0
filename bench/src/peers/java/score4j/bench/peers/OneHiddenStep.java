package score4j.bench.peers;

import java.util.ArrayList;
import java.util.List;
import org.bytedeco.javacpp.PointerScope;
import org.bytedeco.pytorch.InferenceMode;
import org.bytedeco.pytorch.Scalar;
import org.bytedeco.pytorch.Tensor;
import org.bytedeco.pytorch.global.torch;
import score4j.bench.Workload;
import score4j.objective.Regularized;

/// The exact trace of a network with one hidden layer and one input, by hand.
///
/// ```text
/// a = φ(w₁x + b₁)   s = w₂·a + b₂   c = w₁ ∘ w₂   t = ∂s/∂x = φ′·c
/// loss = mean of ½s² + t + λt²      s̄ = s/B       t̄ = (1 + 2λt)/B
/// w̄₂ = Σ s̄·a + t̄·φ′ ∘ w₁           b̄₂ = Σ s̄
/// b̄₁ = w₂ ∘ Σ s̄·φ′ + c ∘ Σ t̄·φ″
/// w̄₁ = w₂ ∘ Σ x·s̄·φ′ + c ∘ Σ x·t̄·φ″ + w₂ ∘ Σ t̄·φ′
/// ```
/// All sums over samples are products of the matrices a, φ′ and φ″ with vectors, so that the
/// cotangents of the hidden units are never made.
final class OneHiddenStep implements PeerStep {
  /// Some samples in the cache at once.
  private record Chunk(Tensor column, Tensor x) {}

  private final List<Chunk> chunks = new ArrayList<>();
  private final Phi phi;
  private final TorchNetwork gradient;
  private final double lambda;
  private final int rows;

  private final Tensor w1;
  private final Tensor b1;
  private final Tensor w2;
  private final Tensor b2;
  private final Tensor c;
  private final Tensor a;
  private final Tensor slope;
  private final Tensor curvature;
  private final Tensor scratch;
  private final Tensor s;
  private final Tensor sBar;
  private final Tensor trace;
  private final Tensor traceBar;
  private final Tensor xBar;
  private final Tensor ones;
  // Σ s̄·φ′, Σ x·s̄·φ′, Σ t̄·φ′, Σ t̄·φ″, Σ x·t̄·φ″
  private final Tensor slopeS;
  private final Tensor slopeX;
  private final Tensor slopeT;
  private final Tensor curvatureT;
  private final Tensor curvatureX;
  private final Scalar perSample;

  /// @param chunk how many samples at once
  OneHiddenStep(Workload workload, int chunk) {
    phi = new Phi(workload.mlp().activation());
    lambda = workload.objective() instanceof Regularized regularized ? regularized.lambda() : 0;
    rows = workload.x().rows();
    perSample = new Scalar(1f / rows);
    TorchNetwork network = TorchNetwork.of(workload);
    gradient = TorchNetwork.zeros(workload);
    long width = network.width(1);
    w1 = network.weights().get(0).view(width);
    b1 = network.biases().get(0);
    w2 = network.weights().get(1).view(width);
    b2 = network.biases().get(1);
    Tensor x = Libtorch.tensor(workload.x().data(), rows, 1);
    for (int first = 0; first < rows; first += chunk) {
      Tensor column = x.narrow(0, first, chunk);
      chunks.add(new Chunk(column, column.view(chunk)));
    }
    c = Libtorch.zeros(width);
    a = Libtorch.zeros(chunk, width);
    slope = Libtorch.zeros(chunk, width);
    curvature = Libtorch.zeros(chunk, width);
    scratch = Libtorch.zeros(chunk, width);
    s = Libtorch.zeros(chunk);
    sBar = Libtorch.zeros(chunk);
    trace = Libtorch.zeros(chunk);
    traceBar = Libtorch.zeros(chunk);
    xBar = Libtorch.zeros(chunk);
    ones = torch.ones(chunk);
    slopeS = Libtorch.zeros(width);
    slopeX = Libtorch.zeros(width);
    slopeT = Libtorch.zeros(width);
    curvatureT = Libtorch.zeros(width);
    curvatureX = Libtorch.zeros(width);
  }

  @Override
  @SuppressWarnings("try") // the scope ends what is made in it
  public double lossAndGradient() {
    try (PointerScope _ = new PointerScope();
        InferenceMode _ = new InferenceMode()) {
      torch.mul_out(c, w1, w2);
      Tensor w1Bar = gradient.flat().narrow(0, 0, w1.numel());
      Tensor b1Bar = gradient.biases().get(0);
      Tensor w2Bar = gradient.weights().get(1).view(w1.numel());
      Tensor b2Bar = gradient.biases().get(1);
      double loss = 0;
      Scalar beta = Libtorch.ZERO;
      b2Bar.zero_();
      for (Chunk chunk : chunks) {
        loss += forward(chunk);
        Tensor aT = a.t();
        Tensor slopeT = slope.t();
        Tensor curvatureT = curvature.t();
        accumulate(w2Bar, aT, sBar, beta);
        b2Bar.add_(sBar.sum());
        accumulate(slopeS, slopeT, sBar, beta);
        accumulate(this.slopeT, slopeT, traceBar, beta);
        accumulate(this.curvatureT, curvatureT, traceBar, beta);
        torch.mul_out(xBar, chunk.x(), sBar);
        accumulate(slopeX, slopeT, xBar, beta);
        torch.mul_out(xBar, chunk.x(), traceBar);
        accumulate(curvatureX, curvatureT, xBar, beta);
        beta = Libtorch.ONE;
      }
      w2Bar.addcmul_(slopeT, w1);
      torch.mul_out(b1Bar, w2, slopeS);
      b1Bar.addcmul_(c, curvatureT);
      slopeX.add_(slopeT);
      torch.mul_out(w1Bar, w2, slopeX);
      w1Bar.addcmul_(c, curvatureX);
      return loss / rows;
    }
  }

  /// Makes a, φ′, φ″, s̄ and t̄ of some samples, and returns the sum of their losses.
  private double forward(Chunk chunk) {
    torch.addcmul_out(a, b1, chunk.column(), w1);
    phi.valueAndSlope(a, slope, scratch);
    phi.curvature(curvature, a, slope);
    torch.addmv_out(s, b2, a, w2);
    torch.mv_out(trace, slope, c);
    torch.mul_out(sBar, s, perSample);
    double loss = 0.5 * s.dot(s).item_float() + trace.sum().item_float();
    torch.mul_out(traceBar, ones, perSample);
    if (lambda != 0) {
      traceBar.add_(trace, new Scalar((float) (2 * lambda / rows)));
      loss += lambda * trace.dot(trace).item_float();
    }
    return loss;
  }

  /// out ← beta·out + matrix·vector.
  private static void accumulate(Tensor out, Tensor matrix, Tensor vector, Scalar beta) {
    torch.addmv_out(out, out, matrix, vector, beta, Libtorch.ONE);
  }

  @Override
  public double lossAndGradient(float[] out) {
    double loss = lossAndGradient();
    gradient.flat().data_ptr_float().get(out);
    return loss;
  }
}
