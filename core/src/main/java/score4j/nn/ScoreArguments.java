package score4j.nn;

import java.util.Objects;
import score4j.array.Batch;

/// What the score of a network may be asked, wherever it is computed: the checks of its calls, so
/// that every backend refuses the same with the same words.
///
/// @param dim D
/// @param conditioning whether it is told the time, which then has to be from 0 to 1
public record ScoreArguments(int dim, Conditioning conditioning) {
  /// Checks that there are scores of these rows and room for them.
  ///
  /// @throws IllegalArgumentException if a shape does not fit
  /// @throws IndexOutOfBoundsException if the range does not fit
  public void requireRows(Batch x, int from, int to, Batch out) {
    x.requireCols("x", dim);
    out.requireShape("out", x.rows(), dim);
    Objects.checkFromToIndex(from, to, x.rows());
  }

  /// Checks a time; a network that is not told it takes any.
  ///
  /// @throws IllegalArgumentException if it is not from 0 to 1
  public void requireTime(double t) {
    if (!(t >= 0 && t <= 1) && conditioning.process() != null) {
      throw new IllegalArgumentException(
          "t must be from 0 (data) to 1 (noise) but was %s".formatted(t));
    }
  }

  /// Checks the times of some rows.
  ///
  /// @throws IllegalArgumentException if one is not from 0 to 1
  /// @throws IndexOutOfBoundsException if there are too few
  public void requireTimes(double[] t, int from, int to) {
    Objects.checkFromToIndex(from, to, t.length);
    for (int row = from; row < to; row++) {
      requireTime(t[row]);
    }
  }

  /// Checks that products of all rows with the Jacobian are possible.
  ///
  /// @param name of the vectors
  /// @throws IllegalArgumentException if a shape does not fit
  public void requireProducts(Batch x, String name, Batch vectors, Batch out) {
    x.requireCols("x", dim);
    vectors.requireShape(name, x.rows(), dim);
    out.requireShape("out", x.rows(), dim);
  }

  /// Checks that `count` directions of each row up to `to` are there and have room for their forms.
  ///
  /// @throws IllegalArgumentException if not
  public void requireForms(int to, float[] directions, int count, float[] forms) {
    if (count < 0) {
      throw new IllegalArgumentException("count must be at least 0 but was " + count);
    }
    requireRoom("directions", directions, (long) to * count * dim);
    requireRoom("forms", forms, (long) to * count);
  }

  /// Checks that an array is long enough.
  ///
  /// @throws IllegalArgumentException if not
  public void requireRoom(String name, float[] array, long length) {
    if (array.length < length) {
      throw new IllegalArgumentException(
          "%s has room for %d numbers but %d are needed".formatted(name, array.length, length));
    }
  }
}
