package score4j.data;

import java.util.Arrays;
import score4j.array.Batch;
import score4j.rng.Key;
import score4j.rng.Noise;

/// A table cut at random into rows to learn from and rows to judge by.
///
/// @param train the rows to learn from
/// @param heldOut the rows that learning must not see
public record Split(Batch train, Batch heldOut) {
  /// Checks that both parts have the same columns.
  public Split {
    heldOut.requireCols("heldOut", train.cols());
  }

  /// Every row of `data` in one of the two parts, each keeping the order of the table;
  /// `heldOutFraction` of them, to the nearest row, held out.
  ///
  /// @throws IllegalArgumentException if the fraction is not between 0 and 1, or leaves a part
  ///     without a row
  public static Split of(Batch data, double heldOutFraction, Key key) {
    if (!(heldOutFraction > 0 && heldOutFraction < 1)) {
      throw new IllegalArgumentException(
          "heldOutFraction must lie between 0 and 1 but was %s: 0.1 to 0.3 is usual"
              .formatted(heldOutFraction));
    }
    int held = (int) Math.round(data.rows() * heldOutFraction);
    if (held == 0 || held == data.rows()) {
      throw new IllegalArgumentException(
          "%s of %d rows leaves %d to hold out and %d to learn from: change the fraction or give more rows"
              .formatted(heldOutFraction, data.rows(), held, data.rows() - held));
    }
    int[] order = Noise.permutation(key, data.rows());
    int[] heldOut = Arrays.copyOf(order, held);
    int[] train = Arrays.copyOfRange(order, held, order.length);
    Arrays.sort(heldOut);
    Arrays.sort(train);
    return new Split(data.select(train), data.select(heldOut));
  }
}
