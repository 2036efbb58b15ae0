package score4j.autodiff;

import java.util.Arrays;
import java.util.SortedSet;

/// The primitive operations, a closed set: derivatives and executors are switches over it, so that
/// a missing rule does not compile.
sealed interface Op {
  /// What is given when a program runs.
  record Input(String name) implements Op {}

  /// Numbers known when it is traced; a single one stands for all of a shape.
  final class Constant implements Op {
    private final double[] values;

    Constant(double... values) {
      this.values = values;
    }

    double[] values() {
      return values;
    }

    double at(int index) {
      return values[values.length == 1 ? 0 : index];
    }

    boolean isUniform() {
      return values.length == 1;
    }

    boolean is(double value) {
      return values.length == 1 && values[0] == value;
    }

    @Override
    public boolean equals(Object other) {
      return other instanceof Constant c && Arrays.equals(values, c.values);
    }

    @Override
    public int hashCode() {
      return Arrays.hashCode(values);
    }

    @Override
    public String toString() {
      return values.length == 1
          ? Double.toString(values[0])
          : values.length <= 4 ? Arrays.toString(values) : "constant";
    }
  }

  /// How many instances an axis has.
  record Size(Axis axis) implements Op {}

  /// The unit vectors: e_k at instance k of the axis.
  record Basis(Axis axis) implements Op {}

  /// The same value as another variable, so that a derivative by one leaves the other alone.
  record Copy(int serial) implements Op {}

  /// The same value, held fixed by every derivative.
  record Stop() implements Op {}

  /// A function of each number.
  record Unary(Function function) implements Op {}

  /// A function of two numbers at the same place, or of each number and a scalar.
  record Binary(Pair pair) implements Op {}

  /// xᵖ for a fixed p.
  record Power(double exponent) implements Op {}

  /// The second where the first is not 0, else the third.
  record Select() implements Op {}

  /// Sums of each column (`rows`), each row (`cols`), or all numbers (both).
  record Sum(boolean rows, boolean cols) implements Op {}

  /// The largest number, held fixed by every derivative.
  record Largest() implements Op {}

  /// A scalar everywhere, or a vector as every row, of a shape.
  record Broadcast(Shape shape) implements Op {}

  /// The matrix product of two values (a vector is one row), summed over some axes.
  ///
  /// @param rank of the product
  record MatMul(boolean transposeLeft, boolean transposeRight, int rank, SortedSet<Axis> over)
      implements Op {}

  /// Rows for columns.
  record Transpose() implements Op {}

  /// The same numbers in another shape.
  record Reshape(Shape shape) implements Op {}

  /// A block of rows and columns.
  record Slice(int row, int col, Shape shape) implements Op {}

  /// A block among zeros.
  record Pad(int row, int col, Shape shape) implements Op {}

  /// The sum over the instances of an axis.
  record SumAxis(Axis axis) implements Op {}

  /// The instances of an axis as rows: a scalar becomes a vector, a vector a matrix.
  record Gather(Axis axis) implements Op {}

  /// Rows as the instances of an axis: a matrix becomes a vector, a vector a scalar.
  record Spread(Axis axis) implements Op {}

  /// Functions of one number.
  enum Function {
    NEG,
    EXP,
    LOG,
    LOG1P,
    EXPM1,
    SQRT,
    SIN,
    COS,
    TANH,
    SIGMOID,
    SOFTPLUS,
    ERF,
    /// max(x, 0).
    RELU,
    /// 1 for x > 0, else 0: the derivative of relu.
    STEP,
    ABS,
    /// −1, 0 or 1: the derivative of abs.
    SIGN
  }

  /// Functions of two numbers.
  enum Pair {
    ADD,
    SUB,
    MUL,
    DIV,
    /// The product, but 0 where the left is 0 whatever the right: a cotangent that a branch not
    /// taken sends back.
    SCALE,
    MIN,
    MAX,
    /// 1 where the left is greater, else 0.
    GREATER
  }
}
