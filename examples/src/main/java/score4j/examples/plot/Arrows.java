package score4j.examples.plot;

import org.jfree.data.xy.VectorSeries;
import org.jfree.data.xy.VectorSeriesCollection;
import org.jfree.data.xy.VectorXYDataset;

/// Arrows for a quiver picture, in the units of the axes.
public final class Arrows {
  /// A vector field in the plane.
  @FunctionalInterface
  public interface Field {
    /// Writes the vectors at the points (xᵢ, yᵢ) into `u` and `v`.
    void at(double[] x, double[] y, double[] u, double[] v);
  }

  private final VectorSeriesCollection dataset = new VectorSeriesCollection();

  private Arrows(VectorSeries series) {
    dataset.addSeries(series);
  }

  /// The field on a grid of `n` × `n` points, evenly spaced with half a cell of margin. A vector of
  /// length m is drawn with length cell · 0.95 · m / (m + half), centred on its grid point: long
  /// ones do not cross their neighbours and short ones stay visible. A vector that is not finite is
  /// left out.
  ///
  /// @param from lower end of both axes
  /// @param to upper end of both axes
  /// @param half the length that is drawn half a cell long
  public static Arrows grid(Field field, double from, double to, int n, double half) {
    double cell = (to - from) / n;
    int count = n * n;
    double[] x = new double[count];
    double[] y = new double[count];
    for (int row = 0; row < n; row++) {
      for (int column = 0; column < n; column++) {
        x[row * n + column] = from + (column + 0.5) * cell;
        y[row * n + column] = from + (row + 0.5) * cell;
      }
    }
    double[] u = new double[count];
    double[] v = new double[count];
    field.at(x, y, u, v);
    VectorSeries series = new VectorSeries("arrows");
    for (int i = 0; i < count; i++) {
      double scale = 0.95 * cell / (Math.hypot(u[i], v[i]) + half);
      double dx = scale * u[i];
      double dy = scale * v[i];
      if (Double.isFinite(dx) && Double.isFinite(dy)) {
        series.add(x[i] - dx / 2, y[i] - dy / 2, dx, dy);
      }
    }
    return new Arrows(series);
  }

  VectorXYDataset dataset() {
    return dataset;
  }
}
