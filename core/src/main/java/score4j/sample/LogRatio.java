package score4j.sample;

import java.util.Arrays;
import score4j.Density;
import score4j.EnergyScore;
import score4j.Score;
import score4j.array.Batch;

/// log p(y) − log p(x) for the samples x of a tile and proposals y.
sealed interface LogRatio {
  /// What there is to know of a score.
  ///
  /// @param inner how many scores between x and y to use where there is no density
  static LogRatio of(Score score, int inner, Tile tile) {
    return switch (score) {
      case Density density -> new Known(tile.x.rows(), density::logDensity);
      case EnergyScore energy -> {
        float[] values = new float[tile.x.rows()];
        yield new Known(
            tile.x.rows(),
            (x, out) -> {
              energy.energy(x, values);
              for (int r = 0; r < x.rows(); r++) {
                out[r] = -values[r];
              }
            });
      }
      default -> new Line(GaussLobatto.of(inner), tile);
    };
  }

  /// Looks at the samples, which have changed.
  void start(Tile tile);

  /// Writes the difference for every row.
  ///
  /// @param sy the scores of y
  void difference(Tile tile, Batch y, Batch sy, double[] out);

  /// Row r of y is now row r of x.
  void accepted(int r);

  /// A density that can be computed, up to a factor.
  final class Known implements LogRatio {
    /// Writes log p of each row.
    @FunctionalInterface
    interface LogDensity {
      void logDensity(Batch x, double[] out);
    }

    private final LogDensity density;
    private final double[] here;
    private final double[] there;

    Known(int rows, LogDensity density) {
      this.density = density;
      here = new double[rows];
      there = new double[rows];
    }

    @Override
    public void start(Tile tile) {
      density.logDensity(filled(tile.x, tile), here);
    }

    // rows beyond the last hold samples of another tile
    private static Batch filled(Batch x, Tile tile) {
      return tile.rows() == x.rows() ? x : x.slice(0, tile.rows());
    }

    @Override
    public void difference(Tile tile, Batch y, Batch sy, double[] out) {
      density.logDensity(filled(y, tile), there);
      for (int r = 0; r < tile.rows(); r++) {
        out[r] = there[r] - here[r];
      }
    }

    @Override
    public void accepted(int r) {
      here[r] = there[r];
    }
  }

  /// A score alone: ∫₀¹ s(x + u·(y − x))·(y − x) du.
  final class Line implements LogRatio {
    private final GaussLobatto rule;
    private final Batch point;
    private final Batch s;

    Line(GaussLobatto rule, Tile tile) {
      this.rule = rule;
      point = tile.another();
      s = tile.another();
    }

    @Override
    public void start(Tile tile) {}

    @Override
    public void difference(Tile tile, Batch y, Batch sy, double[] out) {
      Arrays.fill(out, 0, tile.rows(), 0);
      int last = rule.size() - 1;
      add(tile, y, tile.s, rule.weight(0), out);
      for (int k = 1; k < last; k++) {
        float u = (float) rule.node(k);
        for (int i = 0; i < tile.size(); i++) {
          float from = tile.x.data()[i];
          point.data()[i] = from + u * (y.data()[i] - from);
        }
        tile.score(point, 0, s);
        add(tile, y, s, rule.weight(k), out);
      }
      add(tile, y, sy, rule.weight(last), out);
    }

    private static void add(Tile tile, Batch y, Batch s, double weight, double[] out) {
      int cols = tile.cols();
      for (int r = 0; r < tile.rows(); r++) {
        double along = 0;
        for (int i = r * cols; i < (r + 1) * cols; i++) {
          along += (double) s.data()[i] * (y.data()[i] - tile.x.data()[i]);
        }
        out[r] += weight * along;
      }
    }

    @Override
    public void accepted(int r) {}
  }
}
