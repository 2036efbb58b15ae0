package score4j.autodiff;

import java.util.SortedSet;
import java.util.function.UnaryOperator;

/// Derivatives inside a function that is being traced. What they return are ordinary values, so
/// they nest to any order, and the functions may use other values of the trace.
///
/// K directions at once travel along an axis of their own: a Jacobian or a divergence takes the
/// steps of one derivative, whatever the number of coordinates.
public final class Derivatives {
  private Derivatives() {}

  /// A value and a gradient.
  ///
  /// @param value f(x)
  /// @param gradient ∇f(x), in the shape of x
  public record ValueAndGrad(Expr value, Expr gradient) {}

  /// ẏ = (∂f/∂x)·v, in the shape of f(x).
  public static Expr jvp(UnaryOperator<Expr> f, Expr x, Expr v) {
    sameShape("v", v, "x", x);
    Expr variable = variable(x);
    Expr y = f.apply(variable);
    return Expr.in(x.trace(), Forward.jvp(x.trace(), x.idOf(y), variable.id(), x.idOf(v)));
  }

  /// x̄ = (∂f/∂x)ᵀ·w, in the shape of x.
  public static Expr vjp(UnaryOperator<Expr> f, Expr x, Expr w) {
    Expr variable = variable(x);
    Expr y = f.apply(variable);
    sameShape("w", w, "f(x)", y);
    return Expr.in(x.trace(), reverse(variable, y, x.idOf(w)));
  }

  /// ∇f(x) of a scalar function.
  public static Expr grad(UnaryOperator<Expr> f, Expr x) {
    return valueAndGrad(f, x).gradient();
  }

  /// f(x) and ∇f(x) of a scalar function.
  public static ValueAndGrad valueAndGrad(UnaryOperator<Expr> f, Expr x) {
    Expr variable = variable(x);
    Expr y = f.apply(variable);
    requireScalar("grad", y);
    int one = x.trace().constant(Shape.SCALAR, 1);
    int bar = reverse(variable, y, one);
    return new ValueAndGrad(y, Expr.in(x.trace(), bar));
  }

  /// The Jacobian J[i, j] = ∂fᵢ/∂xⱼ by forward mode, which is the cheaper if x is the shorter. A
  /// vector of slopes if x or f(x) is a scalar.
  public static Expr jacobian(UnaryOperator<Expr> f, Expr x) {
    requireVector("jacobian", "x", x);
    Trace trace = x.trace();
    Axis axis = trace.axis(x.shape().size());
    Expr columns = jvp(f, x, Expr.in(trace, trace.add(new Op.Basis(axis))));
    requireVector("jacobian", "f(x)", columns);
    int rows = trace.add(new Op.Gather(axis), columns.id());
    return Expr.in(
        trace, trace.shape(rows).rank() == 2 ? trace.add(new Op.Transpose(), rows) : rows);
  }

  /// The Jacobian by reverse mode, which is the cheaper if f(x) is the shorter.
  public static Expr jacobianReverse(UnaryOperator<Expr> f, Expr x) {
    Trace trace = x.trace();
    Expr variable = variable(x);
    Expr y = f.apply(variable);
    requireVector("jacobian", "x", x);
    requireVector("jacobian", "f(x)", y);
    if (y.shape().isScalar()) {
      return grad(f, x);
    }
    Axis axis = trace.axis(y.shape().size());
    int bar = reverse(variable, y, trace.add(new Op.Basis(axis)));
    return Expr.in(trace, trace.add(new Op.Gather(axis), bar));
  }

  /// ∇²f(x)·v of a scalar function, forward over reverse.
  public static Expr hvp(UnaryOperator<Expr> f, Expr x, Expr v) {
    return jvp(u -> grad(f, u), x, v);
  }

  /// The Hessian of a scalar function.
  public static Expr hessian(UnaryOperator<Expr> f, Expr x) {
    return jacobian(u -> grad(f, u), x);
  }

  /// ∂fᵢ/∂xᵢ for each i: D tangents along one axis, no D × D matrix.
  public static Expr diagonal(UnaryOperator<Expr> f, Expr x) {
    Trace trace = x.trace();
    Axis axis = trace.axis(x.shape().size());
    Expr entries = diagonal(f, x, axis);
    return Expr.in(trace, trace.add(new Op.Gather(axis), entries.id()));
  }

  // entry k at instance k of the axis
  private static Expr diagonal(UnaryOperator<Expr> f, Expr x, Axis axis) {
    if (x.shape().rank() != 1) {
      throw new IllegalArgumentException(
          "a divergence takes a vector but x is %s: reshape it".formatted(x.shape()));
    }
    Expr unit = Expr.in(x.trace(), x.trace().add(new Op.Basis(axis)));
    Expr column = jvp(f, x, unit);
    sameShape("f(x)", column, "x", x);
    return unit.dot(column);
  }

  /// tr ∂f/∂x, exactly: D tangents along one axis, no D × D matrix.
  public static Expr divergence(UnaryOperator<Expr> f, Expr x) {
    if (x.shape().isScalar()) {
      return grad(f, x);
    }
    Trace trace = x.trace();
    Axis axis = trace.axis(x.shape().size());
    return Expr.in(trace, trace.add(new Op.SumAxis(axis), diagonal(f, x, axis).id()));
  }

  /// The mean of vᵀ(∂f/∂x)v over the rows v of a matrix: an unbiased estimate of the divergence if
  /// E[v·vᵀ] = I.
  public static Expr divergence(UnaryOperator<Expr> f, Expr x, Expr probes) {
    requireVector("divergence", "x", x);
    if (probes.shape().rank() != 2 || probes.shape().cols() != x.shape().size()) {
      throw new IllegalArgumentException(
          "probes is %s but x has %d numbers: pass one probe a row"
              .formatted(probes.shape(), x.shape().size()));
    }
    Trace trace = x.trace();
    Axis axis = trace.axis(probes.shape().rows());
    Expr v = Expr.in(trace, trace.add(new Op.Spread(axis), x.idOf(probes)));
    Expr forms = v.dot(jvp(f, x, v));
    return Expr.in(trace, trace.add(new Op.SumAxis(axis), forms.id())).div(axis.size());
  }

  // sample by sample, also where x is the same for all of them, unless f adds them up itself
  private static int reverse(Expr variable, Expr y, int yBar) {
    Trace trace = variable.trace();
    int to = variable.idOf(y);
    boolean mixes = false;
    for (int id = variable.id() + 1; id <= to; id++) {
      boolean sums = !trace.axes(id).contains(Axis.BATCH);
      for (int input : trace.node(id).inputs()) {
        mixes |= sums && trace.axes(input).contains(Axis.BATCH);
      }
    }
    SortedSet<Axis> kept = mixes ? Trace.set() : Trace.set(Axis.BATCH);
    return Reverse.vjp(trace, kept, to, yBar, variable.id())[0];
  }

  // a value apart from x, so that what else is made of x stays fixed
  private static Expr variable(Expr x) {
    return Expr.in(x.trace(), x.trace().copy(x.id()));
  }

  private static void requireScalar(String name, Expr y) {
    if (!y.shape().isScalar()) {
      throw new IllegalArgumentException(
          "%s takes a function with one result but f(x) is %s: sum it, or ask for the jacobian"
              .formatted(name, y.shape()));
    }
  }

  private static void requireVector(String name, String what, Expr value) {
    if (value.shape().rank() == 2) {
      throw new IllegalArgumentException(
          "%s takes vectors but %s is %s: reshape it".formatted(name, what, value.shape()));
    }
  }

  private static void sameShape(String what, Expr value, String like, Expr other) {
    if (!value.shape().equals(other.shape())) {
      throw new IllegalArgumentException(
          "%s is %s but %s is %s: they must be equal"
              .formatted(what, value.shape(), like, other.shape()));
    }
  }
}
