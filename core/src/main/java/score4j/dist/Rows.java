package score4j.dist;

import score4j.array.Batch;

/// Rows of batches as points in double, and what is checked about batches.
final class Rows {
  private Rows() {}

  static void read(Batch x, int row, double[] point) {
    int start = row * point.length;
    for (int c = 0; c < point.length; c++) {
      point[c] = x.data()[start + c];
    }
  }

  static void write(double[] values, Batch out, int row) {
    int start = row * values.length;
    for (int c = 0; c < values.length; c++) {
      out.data()[start + c] = (float) values[c];
    }
  }

  /// Both have one shape, and an output its own array.
  @SuppressWarnings("ReferenceEquality") // the very same array is what must not be passed
  static void check(String nameA, Batch a, String nameB, Batch b, int dim) {
    a.requireCols(nameA, dim);
    b.requireShape(nameB, a.rows(), dim);
    if (a.data() == b.data() && nameB.equals("out")) {
      throw new IllegalArgumentException(
          "out shares its array with %s: pass a batch of its own".formatted(nameA));
    }
  }

  /// There is a place for each row.
  static void places(int length, Batch x, int dim) {
    x.requireCols("x", dim);
    if (length < x.rows()) {
      throw new IllegalArgumentException(
          "out has %d places but x has %d rows: pass a longer array".formatted(length, x.rows()));
    }
  }
}
