package score4j.autodiff;

/// A value in a function that is being traced: a scalar, a vector or a matrix for one sample.
///
/// Every method writes down one step or a few and returns its result. Where two values are
/// combined number by number, their shapes must be equal or one a scalar. Decided points: relu′(0)
/// = |·|′(0) = 0, the norm has derivative 0 at 0, min and max of equal numbers pass derivatives to
/// the first, log 0 = −∞. A branch of [#select] that is not taken sends back 0, whatever its slope.
public final class Expr {
  private final Trace trace;
  private final int id;

  Expr(Trace trace, int id) {
    this.trace = trace;
    this.id = id;
  }

  Trace trace() {
    return trace;
  }

  int id() {
    return id;
  }

  /// The shape for one sample.
  public Shape shape() {
    return trace.shape(id);
  }

  private Expr of(int step) {
    return new Expr(trace, step);
  }

  private Expr unary(Op.Function function) {
    return of(trace.unary(function, id));
  }

  private Expr binary(Op.Pair pair, Expr other) {
    return of(trace.binary(pair, id, idOf(other)));
  }

  @SuppressWarnings("ReferenceEquality") // whether it is the same trace is the question
  int idOf(Expr other) {
    if (other.trace != trace) {
      throw new IllegalArgumentException(
          "the values belong to two functions that are traced apart: call one from the other with apply");
    }
    return other.id;
  }

  /// A vector of fixed numbers.
  public Expr constant(double... values) {
    return of(trace.constant(Shape.vector(values.length), values.clone()));
  }

  /// A fixed number.
  public Expr number(double value) {
    return of(trace.constant(Shape.SCALAR, value));
  }

  /// A matrix of fixed numbers, row by row.
  public Expr constantMatrix(int rows, int cols, double... values) {
    if (values.length != rows * cols) {
      throw new IllegalArgumentException(
          "values has %d numbers but %d × %d are %d"
              .formatted(values.length, rows, cols, rows * cols));
    }
    return of(trace.constant(Shape.matrix(rows, cols), values.clone()));
  }

  /// The sum, number by number.
  public Expr add(Expr other) {
    return binary(Op.Pair.ADD, other);
  }

  /// The sum with a number.
  public Expr add(double other) {
    return add(number(other));
  }

  /// The difference, number by number.
  public Expr sub(Expr other) {
    return binary(Op.Pair.SUB, other);
  }

  /// The difference to a number.
  public Expr sub(double other) {
    return sub(number(other));
  }

  /// The product, number by number.
  public Expr mul(Expr other) {
    return binary(Op.Pair.MUL, other);
  }

  /// The product with a number.
  public Expr mul(double other) {
    return mul(number(other));
  }

  /// The quotient, number by number.
  public Expr div(Expr other) {
    return binary(Op.Pair.DIV, other);
  }

  /// The quotient by a number.
  public Expr div(double other) {
    return div(number(other));
  }

  /// −x.
  public Expr neg() {
    return unary(Op.Function.NEG);
  }

  /// eˣ.
  public Expr exp() {
    return unary(Op.Function.EXP);
  }

  /// The natural logarithm.
  public Expr log() {
    return unary(Op.Function.LOG);
  }

  /// log(1 + x).
  public Expr log1p() {
    return unary(Op.Function.LOG1P);
  }

  /// eˣ − 1.
  public Expr expm1() {
    return unary(Op.Function.EXPM1);
  }

  /// The square root.
  public Expr sqrt() {
    return unary(Op.Function.SQRT);
  }

  /// The sine.
  public Expr sin() {
    return unary(Op.Function.SIN);
  }

  /// The cosine.
  public Expr cos() {
    return unary(Op.Function.COS);
  }

  /// The hyperbolic tangent.
  public Expr tanh() {
    return unary(Op.Function.TANH);
  }

  /// 1/(1 + e⁻ˣ).
  public Expr sigmoid() {
    return unary(Op.Function.SIGMOID);
  }

  /// log(1 + eˣ).
  public Expr softplus() {
    return unary(Op.Function.SOFTPLUS);
  }

  /// x/(1 + e⁻ˣ).
  public Expr silu() {
    return mul(sigmoid());
  }

  /// 2/√π ∫₀ˣ e^(−t²) dt.
  public Expr erf() {
    return unary(Op.Function.ERF);
  }

  /// x·Φ(x), Φ the standard normal distribution function.
  public Expr gelu() {
    return mul(mul(Math.sqrt(0.5)).erf().add(1).mul(0.5));
  }

  /// max(x, 0).
  public Expr relu() {
    return unary(Op.Function.RELU);
  }

  /// |x|.
  public Expr abs() {
    return unary(Op.Function.ABS);
  }

  /// x².
  public Expr square() {
    return mul(this);
  }

  /// xᵖ for a fixed p; NaN where x < 0 and p is not whole.
  public Expr pow(double exponent) {
    return of(trace.add(new Op.Power(exponent), id));
  }

  /// xʸ = e^(y·log x), for x > 0.
  public Expr pow(Expr exponent) {
    return log().mul(exponent).exp();
  }

  /// The smaller, number by number.
  public Expr min(Expr other) {
    return binary(Op.Pair.MIN, other);
  }

  /// The greater, number by number.
  public Expr max(Expr other) {
    return binary(Op.Pair.MAX, other);
  }

  /// 1 where this is greater than the other, else 0; its derivative is 0.
  public Expr greaterThan(Expr other) {
    return binary(Op.Pair.GREATER, other);
  }

  /// 1 where this is greater than a number, else 0.
  public Expr greaterThan(double other) {
    return greaterThan(number(other));
  }

  /// `taken` where this is not 0, else `otherwise`.
  public Expr select(Expr taken, Expr otherwise) {
    return of(trace.add(new Op.Select(), id, idOf(taken), idOf(otherwise)));
  }

  /// The sum of all numbers.
  public Expr sum() {
    return of(trace.sum(id));
  }

  /// The sum of the rows of a matrix: a vector as long as a row.
  public Expr sumRows() {
    return of(trace.add(new Op.Sum(true, false), id));
  }

  /// The sum of the columns of a matrix: a vector as long as a column.
  public Expr sumCols() {
    return of(trace.add(new Op.Sum(false, true), id));
  }

  /// The mean of all numbers.
  public Expr mean() {
    return sum().div(shape().size());
  }

  /// Σ xᵢyᵢ of two vectors.
  public Expr dot(Expr other) {
    require(
        shape().rank() == 1 && other.shape().equals(shape()),
        "dot",
        "two vectors of one length",
        other);
    return product(this, other, false, true, 0);
  }

  /// √Σ xᵢ², with derivative 0 where all are 0.
  public Expr norm() {
    Expr squares = square().sum();
    Expr positive = squares.greaterThan(0);
    return positive.select(positive.select(squares, number(1)).sqrt(), number(0));
  }

  /// log Σ e^(xᵢ), without overflow; NaN if all are −∞.
  public Expr logSumExp() {
    Expr largest = of(trace.add(new Op.Largest(), id));
    return sub(largest).exp().sum().log().add(largest);
  }

  /// The matrix product: matrix by matrix, matrix by vector, or vector by matrix.
  public Expr matmul(Expr other) {
    int left = shape().rank();
    int right = other.shape().rank();
    require(left + right >= 3, "matmul", "a matrix and a matrix or vector", other);
    require(
        shape().cols() == (right == 1 ? other.shape().cols() : other.shape().rows()),
        "matmul",
        "as many columns on the left as numbers in a column on the right",
        other);
    if (right == 1) {
      return product(other, this, false, true, 1); // W·x as the row x·Wᵀ
    }
    return product(this, other, false, false, left);
  }

  /// xᵢyⱼ of two vectors, a matrix.
  public Expr outer(Expr other) {
    require(shape().rank() == 1 && other.shape().rank() == 1, "outer", "two vectors", other);
    return product(this, other, true, false, 2);
  }

  private Expr product(
      Expr left, Expr right, boolean transposeLeft, boolean transposeRight, int rank) {
    idOf(left);
    idOf(right);
    return of(
        trace.add(
            new Op.MatMul(transposeLeft, transposeRight, rank, Trace.set()), left.id, right.id));
  }

  private void require(boolean condition, String name, String what, Expr other) {
    if (!condition) {
      throw new IllegalArgumentException(
          "%s takes %s but got %s and %s".formatted(name, what, shape(), other.shape()));
    }
  }

  /// The transposed matrix.
  public Expr transpose() {
    return of(trace.add(new Op.Transpose(), id));
  }

  /// The same numbers, row by row, in another shape.
  public Expr reshape(Shape shape) {
    return of(trace.add(new Op.Reshape(shape), id));
  }

  /// The numbers of a vector from one place to before another.
  public Expr slice(int from, int to) {
    if (shape().rank() != 1 || from < 0 || from >= to || to > shape().size()) {
      throw new IllegalArgumentException(
          "slice takes part of a vector but %d to %d is not inside %s"
              .formatted(from, to, shape()));
    }
    return of(trace.add(new Op.Slice(0, from, Shape.vector(to - from)), id));
  }

  /// One number of a vector.
  public Expr get(int index) {
    if (shape().rank() != 1) {
      throw new IllegalArgumentException("get takes a vector but got %s".formatted(shape()));
    }
    requireIndex("get", index, shape().size(), "number");
    return of(trace.add(new Op.Slice(0, index, Shape.SCALAR), id));
  }

  /// One row of a matrix.
  public Expr row(int index) {
    if (shape().rank() != 2) {
      throw new IllegalArgumentException("row takes a matrix but got %s".formatted(shape()));
    }
    requireIndex("row", index, shape().rows(), "row");
    return of(trace.add(new Op.Slice(index, 0, Shape.vector(shape().cols())), id));
  }

  private void requireIndex(String name, int index, int size, String what) {
    if (index < 0 || index >= size) {
      throw new IndexOutOfBoundsException(
          "%s takes a %s from 0 to %d of %s but index is %d"
              .formatted(name, what, size - 1, shape(), index));
    }
  }

  /// Scalars and vectors one after the other, a vector.
  public static Expr concat(Expr... parts) {
    if (parts.length == 0) {
      throw new IllegalArgumentException("concat takes at least one part");
    }
    int length = 0;
    for (Expr part : parts) {
      if (part.shape().rank() == 2) {
        throw new IllegalArgumentException(
            "concat takes scalars and vectors but got %s: reshape it".formatted(part.shape()));
      }
      length += part.shape().size();
    }
    Expr first = parts[0];
    int all = -1;
    int at = 0;
    for (Expr part : parts) {
      int padded = first.trace.add(new Op.Pad(0, at, Shape.vector(length)), first.idOf(part));
      all = all < 0 ? padded : first.trace.binary(Op.Pair.ADD, all, padded);
      at += part.shape().size();
    }
    return first.of(all);
  }

  /// A scalar everywhere, or a vector as every row, of a shape.
  public Expr broadcast(Shape shape) {
    return of(trace.add(new Op.Broadcast(shape), id));
  }

  /// The same value, held fixed by every derivative.
  public Expr stopGradient() {
    return of(trace.add(new Op.Stop(), id));
  }

  /// The mean over the samples of the batch, the same for all of them.
  public Expr batchMean() {
    if (!trace.axes(id).contains(Axis.BATCH)) {
      return this;
    }
    int sum = trace.add(new Op.SumAxis(Axis.BATCH), id);
    return of(trace.binary(Op.Pair.DIV, sum, trace.add(new Op.Size(Axis.BATCH))));
  }

  static Expr in(Trace trace, int id) {
    return new Expr(trace, id);
  }

  @Override
  public String toString() {
    return "%" + id + " = " + trace.node(id);
  }
}
