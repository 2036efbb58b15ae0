package score4j.nn;

import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import score4j.array.Parameters;
import score4j.autodiff.Expr;
import score4j.autodiff.Shape;
import score4j.autodiff.Weights;
import score4j.rng.Key;

/// The architecture of a multilayer perceptron: affine layers with one activation between them
/// and none after the last.
///
/// ```text
/// a₀ = x,   z_l = W_l·a_{l−1} + b_l,   a_l = φ(z_l),   s(x) = z_L
/// ```
/// The parameters are named as PyTorch names those of `nn.Sequential` in an attribute `net`:
/// `net.0.weight` of shape [out, in], `net.0.bias`, `net.2.weight` and so on.
///
/// @param sizes n₀, n₁, …, n_L: inputs, hidden units, outputs
/// @param activation φ
public record Mlp(List<Integer> sizes, Activation activation) {
  /// Checks that there are at least two sizes, all positive.
  public Mlp {
    sizes = List.copyOf(sizes);
    Objects.requireNonNull(activation, "activation");
    if (sizes.size() < 2) {
      throw new IllegalArgumentException(
          "sizes must name at least inputs and outputs but is %s".formatted(sizes));
    }
    long parameters = 0;
    for (int l = 0; l < sizes.size(); l++) {
      if (sizes.get(l) < 1) {
        throw new IllegalArgumentException("sizes must be positive but are %s".formatted(sizes));
      }
      if (l > 0) {
        parameters += (sizes.get(l - 1) + 1L) * sizes.get(l);
      }
      if (parameters > Integer.MAX_VALUE / 2) { // here, before the sum can wrap
        throw new IllegalArgumentException(
            "sizes %s make more than %d parameters, which do not fit one array: choose narrower layers"
                .formatted(sizes, Integer.MAX_VALUE / 2));
      }
    }
  }

  /// A network of the given widths: `Mlp.of(TANH, 2, 64, 64, 2)` has two hidden layers.
  public static Mlp of(Activation activation, int... sizes) {
    List<Integer> list = new ArrayList<>();
    for (int size : sizes) {
      list.add(size);
    }
    return new Mlp(list, activation);
  }

  /// The number of inputs n₀.
  public int inputs() {
    return sizes.getFirst();
  }

  /// The number of outputs n_L.
  public int outputs() {
    return sizes.getLast();
  }

  /// The number of affine layers L.
  public int layers() {
    return sizes.size() - 1;
  }

  /// The number of parameters P.
  public int parameterCount() {
    Parameters.Slice last = slices().getLast();
    return last.offset() + last.size();
  }

  /// The network in a function that is being traced: its definition.
  ///
  /// @param weights with the names of [#slices]
  /// @param x a vector as long as the first layer
  public Expr apply(Weights weights, Expr x) {
    if (!x.shape().equals(Shape.vector(inputs()))) {
      throw new IllegalArgumentException(
          "x is %s but the network takes %s: pass a vector of its inputs"
              .formatted(x.shape(), Shape.vector(inputs())));
    }
    Expr a = x;
    for (int l = 1; l <= layers(); l++) {
      String name = "net." + 2 * (l - 1);
      Expr z = weights.get(name + ".weight").matmul(a).add(weights.get(name + ".bias"));
      a = l == layers() ? z : activation.apply(z);
    }
    return a;
  }

  /// Where each weight and bias lies in the flat parameters.
  public List<Parameters.Slice> slices() {
    List<Parameters.Slice> slices = new ArrayList<>();
    int offset = 0;
    for (int l = 1; l <= layers(); l++) {
      int in = sizes.get(l - 1);
      int out = sizes.get(l);
      slices.add(new Parameters.Slice("net." + 2 * (l - 1) + ".weight", offset, out, in, false));
      offset += out * in;
      slices.add(new Parameters.Slice("net." + 2 * (l - 1) + ".bias", offset, out, 1, true));
      offset += out;
    }
    return slices;
  }

  /// Random parameters to start from. Slice i draws from `key.fold(i)`.
  public Parameters initialize(Init init, Key key) {
    Parameters parameters = Parameters.zeros(slices());
    for (int l = 1; l <= layers(); l++) {
      init.fill(parameters, 2 * (l - 1), key);
    }
    return parameters;
  }

  /// Checks that parameters have the layout of this network.
  ///
  /// @throws IllegalArgumentException if they do not
  void requireParameters(Parameters parameters) {
    if (!parameters.slices().equals(slices())) {
      throw new IllegalArgumentException(
          "parameters have slices %s but the network %s takes %s: initialise them from this Mlp"
              .formatted(parameters.slices(), sizes, slices()));
    }
  }
}
