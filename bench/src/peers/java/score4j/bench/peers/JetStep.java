package score4j.bench.peers;

import java.util.ArrayList;
import java.util.List;
import org.bytedeco.javacpp.PointerScope;
import org.bytedeco.pytorch.InferenceMode;
import org.bytedeco.pytorch.Scalar;
import org.bytedeco.pytorch.Tensor;
import org.bytedeco.pytorch.global.torch;
import score4j.bench.Workload;
import score4j.objective.Denoising;
import score4j.objective.ExactTrace;
import score4j.objective.Sliced;
import score4j.rng.Key;

/// A network of any depth by hand: value and K tangents forward as rows of one matrix, one sweep
/// back, no automatic differentiation.
///
/// ```text
/// forward   [z; ż_k] = [a; ȧ_k]·Wᵀ (+ b)          a′ = φ(z)   ȧ′_k = φ′ ∘ ż_k
/// backward  ż̄_k = φ′ ∘ ǡ_k    z̄ = φ′ ∘ ā + (φ″/φ′) ∘ Σ_k ȧ′_k ∘ ǡ_k
///           W̄ = [z̄; ż̄_k]ᵀ[a; ȧ_k]   [ā; ǡ_k] = [z̄; ż̄_k]·W
/// ```
/// K = D for the exact trace, where the first tangents are columns of W₁ and the last cotangents
/// are rows of W_L; K = M probes for sliced; 0 for denoising. In the last layer the cotangents
/// ǡ = W_Lᵀv/(MB) do not depend on the score, and the trace is the sum of ȧ ∘ ǡ: the tangents never
/// pass W_L.
final class JetStep implements PeerStep {
  private enum Kind {
    EXACT,
    SLICED,
    DENOISING
  }

  /// Rows of the batch that are in the cache at once.
  ///
  /// @param x the samples
  /// @param input x, then the probes of all samples, the first of each and so on; x alone if there
  ///     are none
  /// @param head room for s̄, then v/(MB)
  /// @param noise of denoising; else x
  private record Chunk(Tensor x, Tensor input, Tensor head, Tensor headValue, Tensor noise) {}

  /// A hidden layer: both matrices hold the value's rows first and then those of each tangent.
  private static final class Layer {
    final Tensor jet;
    final Tensor jetBar;
    final Tensor a;
    final Tensor aBar;
    final Tensor slope;
    final Tensor sum;
    // [K, rows, width] and its parts; empty if K = 0
    final Tensor tangents;
    final Tensor tangentsBar;
    final List<Tensor> tangent = new ArrayList<>();
    final List<Tensor> tangentBar = new ArrayList<>();

    Layer(long rows, int k, long width) {
      jet = Libtorch.zeros((1 + k) * rows, width);
      jetBar = Libtorch.zeros((1 + k) * rows, width);
      a = jet.narrow(0, 0, rows);
      aBar = jetBar.narrow(0, 0, rows);
      slope = Libtorch.zeros(rows, width);
      sum = Libtorch.zeros(rows, width);
      tangents = jet.narrow(0, rows, k * rows).view(k, rows, width);
      tangentsBar = jetBar.narrow(0, rows, k * rows).view(k, rows, width);
      for (int i = 0; i < k; i++) {
        tangent.add(tangents.select(0, i));
        tangentBar.add(tangentsBar.select(0, i));
      }
    }
  }

  private final Kind kind;
  private final int k;
  private final Phi phi;
  private final TorchNetwork network;
  private final TorchNetwork gradient;
  private final List<Chunk> chunks = new ArrayList<>();
  private final List<Layer> layers = new ArrayList<>();
  private final Tensor s;
  private final Tensor noisy;
  private final Tensor ones;
  private final Tensor onesPerSample;
  // W₁ᵀ and W_L/B as [D, 1, width]
  private final Tensor firstTangents;
  private final Tensor lastCotangents;
  private final Scalar perSample;
  private final Scalar sigma;
  private final Scalar inverseSigma;

  /// @param chunk how many samples at once
  JetStep(Workload workload, Key key, int chunk) {
    int draws = workload.objective().draws();
    int dim = workload.x().cols();
    double noiseLevel = 1;
    switch (workload.objective()) {
      case ExactTrace _ -> {
        kind = Kind.EXACT;
        k = dim;
      }
      case Sliced _ -> {
        kind = Kind.SLICED;
        k = draws;
      }
      case Denoising denoising -> {
        kind = Kind.DENOISING;
        k = 0;
        noiseLevel = denoising.sigma();
      }
      default -> throw new IllegalArgumentException("no jet for " + workload.objective());
    }
    sigma = new Scalar((float) noiseLevel);
    inverseSigma = new Scalar((float) (1 / noiseLevel));
    phi = new Phi(workload.mlp().activation());
    network = TorchNetwork.of(workload);
    gradient = TorchNetwork.zeros(workload);
    int rows = workload.x().rows();
    perSample = new Scalar(1f / rows);
    Tensor x = Libtorch.tensor(workload.x().data(), rows, dim);
    Tensor numbers = Libtorch.tensor(Draws.of(workload, key), rows, draws, dim);
    for (int first = 0; first < rows; first += chunk) {
      chunks.add(chunk(x.narrow(0, first, chunk), numbers.narrow(0, first, chunk), rows));
    }
    for (int l = 1; l < network.layers(); l++) {
      layers.add(new Layer(chunk, k, network.width(l)));
    }
    s = Libtorch.zeros(chunk, dim);
    noisy = Libtorch.zeros(chunk, dim);
    ones = torch.ones(chunk);
    onesPerSample = ones.mul(perSample);
    firstTangents = Libtorch.zeros(dim, 1, network.width(1));
    lastCotangents = Libtorch.zeros(dim, 1, network.width(network.layers() - 1));
  }

  private Chunk chunk(Tensor x, Tensor draws, int batch) {
    long rows = x.size(0);
    long dim = x.size(1);
    return switch (kind) {
      case EXACT -> {
        Tensor head = Libtorch.zeros(rows, dim);
        yield new Chunk(x, x, head, head, x);
      }
      case DENOISING -> {
        Tensor head = Libtorch.zeros(rows, dim);
        yield new Chunk(x, x, head, head, draws.reshape(rows, dim));
      }
      case SLICED -> {
        Tensor input = Libtorch.zeros((1 + k) * rows, dim);
        input.narrow(0, 0, rows).copy_(x);
        Tensor probes = input.narrow(0, rows, k * rows);
        probes.copy_(draws.transpose(0, 1).reshape(k * rows, dim));
        Tensor head = Libtorch.zeros((1 + k) * rows, dim);
        head.narrow(0, rows, k * rows).copy_(probes.mul(new Scalar(1f / k / batch)));
        yield new Chunk(x, input, head, head.narrow(0, 0, rows), x);
      }
    };
  }

  @Override
  @SuppressWarnings("try") // the scope ends what is made in it
  public double lossAndGradient() {
    try (PointerScope _ = new PointerScope();
        InferenceMode _ = new InferenceMode()) {
      if (kind == Kind.EXACT) {
        firstTangents.copy_(network.transposed().getFirst().unsqueeze(1));
        torch.mul_out(lastCotangents, network.weights().getLast().unsqueeze(1), perSample);
      }
      double loss = 0;
      Scalar beta = Libtorch.ZERO;
      for (Chunk chunk : chunks) {
        Tensor input = forward(chunk);
        loss += head(chunk, beta);
        backward(input, beta);
        beta = Libtorch.ONE;
      }
      return loss;
    }
  }

  /// Fills the layers and the score, and returns what went in.
  private Tensor forward(Chunk chunk) {
    Tensor input = chunk.input();
    if (kind == Kind.DENOISING) {
      torch.add_out(noisy, chunk.x(), chunk.noise(), sigma);
      input = noisy;
    }
    Tensor below = input;
    for (int l = 0; l < layers.size(); l++) {
      Layer layer = layers.get(l);
      boolean basis = l == 0 && kind == Kind.EXACT;
      torch.mm_out(basis ? layer.a : layer.jet, below, network.transposed().get(l));
      layer.a.add_(network.biases().get(l));
      if (k > 0 || phi.readsSlope()) {
        phi.valueAndSlope(layer.a, layer.slope, layer.sum);
      } else {
        phi.value(layer.a, layer.sum);
      }
      if (basis) {
        torch.mul_out(layer.tangents, layer.slope, firstTangents);
      } else if (k > 0) {
        layer.tangents.mul_(layer.slope);
      }
      below = layer.jet;
    }
    Tensor bias = network.biases().getLast();
    torch.addmm_out(s, bias, layers.getLast().a, network.transposed().getLast());
    return input;
  }

  /// The loss, the gradients of the last affine layer, and what comes back into the layer before.
  private double head(Chunk chunk, Scalar beta) {
    Layer last = layers.getLast();
    Tensor w = network.weights().getLast();
    Tensor wBar = gradient.weights().getLast();
    if (kind == Kind.DENOISING) {
      s.add_(chunk.noise(), inverseSigma);
    }
    Tensor sBar = chunk.headValue();
    torch.mul_out(sBar, s, perSample);
    double loss = 0.5 * s.view(-1).dot(sBar.view(-1)).item_float();
    multiply(gradient.biases().getLast(), sBar.t(), ones, beta);
    if (kind == Kind.SLICED) {
      torch.mm_out(last.jetBar, chunk.head(), w);
      accumulate(wBar, chunk.head().t(), last.jet, beta);
      sumOfProducts(last);
      loss += last.sum.sum().item_float();
      phi.backward(last.aBar, last.a, last.slope, last.sum);
      last.tangentsBar.mul_(last.slope);
      return loss;
    }
    torch.mm_out(last.aBar, sBar, w);
    accumulate(wBar, sBar.t(), last.a, beta);
    if (kind == Kind.DENOISING) {
      phi.backward(last.aBar, last.a, last.slope);
      return loss;
    }
    for (int d = 0; d < k; d++) {
      Tensor tangent = last.tangent.get(d);
      Tensor cotangent = lastCotangents.select(0, d);
      multiply(wBar.select(0, d), tangent.t(), onesPerSample, Libtorch.ONE);
      if (d == 0) {
        torch.mul_out(last.sum, tangent, cotangent);
      } else {
        last.sum.addcmul_(tangent, cotangent);
      }
    }
    loss += last.sum.sum().item_float();
    phi.backward(last.aBar, last.a, last.slope, last.sum);
    torch.mul_out(last.tangentsBar, last.slope, lastCotangents);
    return loss;
  }

  private void backward(Tensor input, Scalar beta) {
    for (int l = layers.size() - 1; l >= 0; l--) {
      Layer layer = layers.get(l);
      Tensor wBar = gradient.weights().get(l);
      multiply(gradient.biases().get(l), layer.aBar.t(), ones, beta);
      if (l > 0) {
        Layer below = layers.get(l - 1);
        accumulate(wBar, layer.jetBar.t(), below.jet, beta);
        torch.mm_out(below.jetBar, layer.jetBar, network.weights().get(l));
        if (k == 0) {
          phi.backward(below.aBar, below.a, below.slope);
        } else {
          sumOfProducts(below);
          phi.backward(below.aBar, below.a, below.slope, below.sum);
          below.tangentsBar.mul_(below.slope);
        }
      } else if (kind == Kind.EXACT) {
        accumulate(wBar, layer.aBar.t(), input, beta);
        for (int d = 0; d < k; d++) {
          multiply(wBar.select(1, d), layer.tangentBar.get(d).t(), ones, Libtorch.ONE);
        }
      } else {
        accumulate(wBar, layer.jetBar.t(), input, beta);
      }
    }
  }

  /// Σ_k ȧ_k ∘ ǡ_k.
  private void sumOfProducts(Layer layer) {
    torch.mul_out(layer.sum, layer.tangent.getFirst(), layer.tangentBar.getFirst());
    for (int i = 1; i < k; i++) {
      layer.sum.addcmul_(layer.tangent.get(i), layer.tangentBar.get(i));
    }
  }

  /// out ← beta·out + ab.
  private static void accumulate(Tensor out, Tensor a, Tensor b, Scalar beta) {
    torch.addmm_out(out, out, a, b, beta, Libtorch.ONE);
  }

  private static void multiply(Tensor out, Tensor matrix, Tensor vector, Scalar beta) {
    torch.addmv_out(out, out, matrix, vector, beta, Libtorch.ONE);
  }

  @Override
  public double lossAndGradient(float[] out) {
    double loss = lossAndGradient();
    gradient.flat().data_ptr_float().get(out);
    return loss;
  }
}
