package score4j.nn;

import score4j.autodiff.Expr;
import score4j.internal.kernel.Kernels;

/// The function φ between two layers of a network.
public enum Activation {
  /// tanh z.
  TANH(Kernels.Function.TANH),
  /// The logistic function 1/(1 + e⁻ᶻ).
  SIGMOID(Kernels.Function.SIGMOID),
  /// log(1 + eᶻ), exact: no linear cut-off.
  SOFTPLUS(Kernels.Function.SOFTPLUS),
  /// z/(1 + e⁻ᶻ).
  SILU(Kernels.Function.SILU),
  /// z·Φ(z), with the normal distribution function Φ and not an approximation through tanh.
  GELU(Kernels.Function.GELU),
  /// max(z, 0), with φ′(0) = 0. Its second derivative is 0 almost everywhere.
  RELU(Kernels.Function.RELU);

  private final Kernels.Function function;

  Activation(Kernels.Function function) {
    this.function = function;
  }

  /// φ of each number of a value that is being traced.
  public Expr apply(Expr z) {
    return switch (this) {
      case TANH -> z.tanh();
      case SIGMOID -> z.sigmoid();
      case SOFTPLUS -> z.softplus();
      case SILU -> z.silu();
      case GELU -> z.gelu();
      case RELU -> z.relu();
    };
  }

  Kernels.Function function() {
    return function;
  }
}
