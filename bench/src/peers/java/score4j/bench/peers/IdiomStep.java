package score4j.bench.peers;

import org.bytedeco.javacpp.PointerScope;
import org.bytedeco.pytorch.BoolOptional;
import org.bytedeco.pytorch.LongOptional;
import org.bytedeco.pytorch.Scalar;
import org.bytedeco.pytorch.Tensor;
import org.bytedeco.pytorch.TensorVector;
import org.bytedeco.pytorch.global.torch;
import score4j.bench.Workload;
import score4j.objective.Denoising;
import score4j.objective.ExactTrace;
import score4j.objective.Objective;
import score4j.objective.Regularized;
import score4j.objective.Sliced;
import score4j.rng.Key;

/// A step as users of libtorch write it: a forward pass, derivatives by x through `grad` with
/// `create_graph`, and `grad` of the loss.
///
/// The exact trace is a loop over dimensions; several probes are as many copies of the batch.
final class IdiomStep implements PeerStep {
  private final IdiomNetwork network;
  private final Objective objective;
  private final Tensor data;
  private final Tensor draws;

  IdiomStep(Workload workload, Key key) {
    network = new IdiomNetwork(workload);
    objective = workload.objective();
    int rows = workload.x().rows();
    int dim = workload.x().cols();
    data = Libtorch.tensor(workload.x().data(), rows, dim);
    long count = objective.draws();
    draws = Libtorch.tensor(Draws.of(workload, key), rows * count, dim);
  }

  /// ∂(Σ value)/∂x, which can be differentiated again.
  private static Tensor gradient(Tensor value, Tensor x) {
    return torch
        .grad(
            new TensorVector(value.sum()),
            new TensorVector(x),
            new TensorVector(),
            new BoolOptional(true),
            true,
            false)
        .get(0);
  }

  private Tensor loss() {
    return switch (objective) {
      case ExactTrace _ -> exact(0);
      case Regularized regularized -> exact(regularized.lambda());
      case Sliced sliced -> sliced(sliced.probes());
      case Denoising denoising -> denoising(denoising.sigma());
      default -> throw new IllegalArgumentException("no workload has " + objective);
    };
  }

  private static Tensor halfSquare(Tensor s) {
    return s.square().sum(1).mul(new Scalar(0.5f));
  }

  private Tensor exact(double lambda) {
    Tensor x = data.detach().set_requires_grad(true);
    Tensor s = network.score(x);
    Tensor loss = halfSquare(s);
    for (int d = 0; d < x.size(1); d++) {
      Tensor slope = gradient(s.select(1, d), x).select(1, d);
      loss = loss.add(slope);
      if (lambda != 0) {
        loss = loss.add(slope.square(), new Scalar((float) lambda));
      }
    }
    return loss.mean();
  }

  private Tensor sliced(int probes) {
    Tensor copies =
        probes == 1
            ? data.detach()
            : data.repeat_interleave(probes, new LongOptional(0), new LongOptional());
    Tensor x = copies.set_requires_grad(true);
    Tensor s = network.score(x);
    Tensor forms = gradient(s.mul(draws), x).mul(draws).sum(1);
    return halfSquare(s).add(forms).mean();
  }

  private Tensor denoising(double sigma) {
    Tensor s = network.score(data.add(draws, new Scalar((float) sigma)));
    return halfSquare(s.add(draws, new Scalar((float) (1 / sigma)))).mean();
  }

  private TensorVector gradients(Tensor loss) {
    return torch.grad(new TensorVector(loss), network.parameters());
  }

  @Override
  @SuppressWarnings("try") // the scope ends what is made in it
  public double lossAndGradient() {
    try (PointerScope _ = new PointerScope()) {
      Tensor loss = loss();
      gradients(loss);
      return loss.item_float();
    }
  }

  @Override
  @SuppressWarnings("try")
  public double lossAndGradient(float[] gradient) {
    try (PointerScope _ = new PointerScope()) {
      Tensor loss = loss();
      TensorVector gradients = gradients(loss);
      int offset = 0;
      for (int i = 0; i < gradients.size(); i++) {
        float[] part = Libtorch.floats(gradients.get(i));
        System.arraycopy(part, 0, gradient, offset, part.length);
        offset += part.length;
      }
      return loss.item_float();
    }
  }
}
