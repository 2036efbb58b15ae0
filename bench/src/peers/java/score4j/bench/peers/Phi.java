package score4j.bench.peers;

import org.bytedeco.pytorch.Scalar;
import org.bytedeco.pytorch.Tensor;
import org.bytedeco.pytorch.global.torch;
import score4j.nn.Activation;

/// An activation and its derivatives in operations on tensors.
///
/// For all three φ″ is a simple factor times φ′, so that one needs the slope φ′ alone:
///
/// ```text
/// tanh      φ′ = 1 − a²    φ″ = −2a·φ′
/// sigmoid   φ′ = a(1 − a)  φ″ = (1 − 2a)·φ′
/// softplus  φ′ = σ(z)      φ″ = (1 − φ′)·φ′         a = z − log σ(z)
/// ```
/// Two functions are spelled with others, since libtorch's own tanh and softplus take two to three
/// times as long: tanh z = 2σ(2z) − 1, and softplus as above. That is right to about |z|·2⁻²⁴, not
/// to the last bits of a small value, and softplus overflows below z = −87: good enough here, and
/// to the advantage of the peer.
///
/// The methods with a scratch tensor work in place and allocate nothing.
final class Phi {
  private static final Scalar MINUS_ONE = new Scalar(-1f);
  private static final Scalar MINUS_TWO = new Scalar(-2f);

  private final Activation activation;
  // numbers that take the shape of the tensors beside them
  private final Tensor one = Libtorch.number(1);
  private final Tensor two = Libtorch.number(2);
  private final Tensor minusOne = Libtorch.number(-1);
  private final Tensor minusTwo = Libtorch.number(-2);

  Phi(Activation activation) {
    this.activation = activation;
  }

  /// φ as users of libtorch write it.
  Tensor apply(Tensor z) {
    return switch (activation) {
      case TANH -> torch.tanh(z);
      case SIGMOID -> torch.sigmoid(z);
      case SOFTPLUS -> torch.softplus(z);
      case SILU, GELU, RELU -> throw new IllegalArgumentException("no workload has " + activation);
    };
  }

  /// z becomes φ(z).
  ///
  /// @param scratch as large as z, overwritten
  void value(Tensor z, Tensor scratch) {
    switch (activation) {
      case TANH -> {
        z.mul_(two);
        torch.sigmoid_out(z, z);
        torch.addcmul_out(z, minusOne, z, two);
      }
      case SIGMOID -> torch.sigmoid_out(z, z);
      case SOFTPLUS -> {
        torch.sigmoid_out(scratch, z);
        torch.log_out(scratch, scratch);
        z.sub_(scratch);
      }
      case SILU, GELU, RELU -> throw new IllegalArgumentException("no workload has " + activation);
    }
  }

  /// z becomes a = φ(z), and the slope φ′(z).
  ///
  /// @param scratch as large as z, overwritten
  void valueAndSlope(Tensor z, Tensor slope, Tensor scratch) {
    switch (activation) {
      case TANH -> {
        value(z, scratch);
        torch.addcmul_out(slope, one, z, z, MINUS_ONE);
      }
      case SIGMOID -> {
        torch.sigmoid_out(z, z);
        torch.addcmul_out(slope, z, z, z, MINUS_ONE);
      }
      case SOFTPLUS -> {
        torch.sigmoid_out(slope, z);
        torch.log_out(scratch, slope);
        z.sub_(scratch);
      }
      case SILU, GELU, RELU -> throw new IllegalArgumentException("no workload has " + activation);
    }
  }

  /// Whether the way back needs φ′ where nothing has a tangent.
  boolean readsSlope() {
    return activation == Activation.SOFTPLUS;
  }

  /// φ″ from a and φ′.
  void curvature(Tensor out, Tensor a, Tensor slope) {
    switch (activation) {
      case TANH -> {
        torch.mul_out(out, a, slope);
        out.mul_(minusTwo);
      }
      case SIGMOID -> torch.addcmul_out(out, slope, a, slope, MINUS_TWO);
      case SOFTPLUS -> torch.addcmul_out(out, slope, slope, slope, MINUS_ONE);
      case SILU, GELU, RELU -> throw new IllegalArgumentException("no workload has " + activation);
    }
  }

  /// bar ← φ′·bar, where nothing has a tangent.
  ///
  /// @param slope not read unless [#readsSlope]
  void backward(Tensor bar, Tensor a, Tensor slope) {
    switch (activation) {
      case TANH -> torch.tanh_backward_out(bar, bar, a);
      case SIGMOID -> torch.sigmoid_backward_out(bar, bar, a);
      case SOFTPLUS -> bar.mul_(slope);
      case SILU, GELU, RELU -> throw new IllegalArgumentException("no workload has " + activation);
    }
  }

  /// bar ← φ′·bar + (φ″/φ′)·sum.
  ///
  /// @param a φ(z)
  void backward(Tensor bar, Tensor a, Tensor slope, Tensor sum) {
    switch (activation) {
      case TANH -> {
        bar.mul_(slope);
        bar.addcmul_(a, sum, MINUS_TWO);
      }
      case SIGMOID -> {
        bar.mul_(slope);
        bar.add_(sum);
        bar.addcmul_(a, sum, MINUS_TWO);
      }
      case SOFTPLUS -> {
        bar.sub_(sum);
        torch.addcmul_out(bar, sum, slope, bar);
      }
      case SILU, GELU, RELU -> throw new IllegalArgumentException("no workload has " + activation);
    }
  }
}
