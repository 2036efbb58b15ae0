package score4j.dist;

import score4j.array.Batch;
import score4j.rng.Key;
import score4j.rng.Noise;

/// The uniform law on the dark fields of a checkerboard centred on 0. Its density has edges and
/// hence no score; noise gives it one.
///
/// Field (i, j), counted from the lower left, is dark where i + j is even.
///
/// @param fields how many fields a side has, an even number; 4 is usual
/// @param side how long a side is; 4 is usual
public record Checkerboard(int fields, double side) {
  /// Checks the ranges.
  public Checkerboard {
    if (fields < 2 || fields % 2 != 0) {
      throw new IllegalArgumentException(
          "fields must be even and at least 2 but was %d".formatted(fields));
    }
    Checks.positive("side", side);
  }

  /// `n` independent samples. Sample i depends on the key and on i alone.
  public Batch sample(Key key, int n) {
    Batch x = Noise.uniforms(key, n, 2);
    Key choice = key.fold(0);
    double width = side / fields;
    int pairs = fields / 2; // dark fields in a row
    for (int r = 0; r < n; r++) {
      int field = (int) (Noise.uniform(choice, 0, r) * fields * pairs);
      int row = field / pairs;
      int column = 2 * (field % pairs) + row % 2;
      x.set(r, 0, (float) ((column + x.get(r, 0)) * width - 0.5 * side));
      x.set(r, 1, (float) ((row + x.get(r, 1)) * width - 0.5 * side));
    }
    return x;
  }

  /// log p(x): −log(side²/2) on dark fields, −∞ elsewhere.
  ///
  /// @throws IllegalArgumentException if x does not have two coordinates
  public double logDensity(double[] x) {
    Checks.length("x", x, 2);
    double column = Math.floor((x[0] / side + 0.5) * fields);
    double row = Math.floor((x[1] / side + 0.5) * fields);
    boolean inside = Math.min(column, row) >= 0 && Math.max(column, row) < fields;
    return inside && (column + row) % 2 == 0
        ? -Math.log(0.5 * side * side)
        : Double.NEGATIVE_INFINITY;
  }
}
