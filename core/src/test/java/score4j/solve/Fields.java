package score4j.solve;

import java.util.function.DoubleBinaryOperator;

/// Right-hand sides whose solutions are known.
final class Fields {
  private Fields() {}

  /// dy/dt = F(t, y) for every coordinate by itself.
  static Ode each(int width, DoubleBinaryOperator field) {
    return new Ode() {
      @Override
      public int width() {
        return width;
      }

      @Override
      public void derivative(int rows, int[] samples, double[] t, double[] y, double[] dy) {
        for (int r = 0; r < rows; r++) {
          for (int i = r * width; i < (r + 1) * width; i++) {
            dy[i] = field.applyAsDouble(t[r], y[i]);
          }
        }
      }
    };
  }

  /// The logistic equation dy/dt = y(1 − y), and its solution from y0 after a time t.
  static final Ode LOGISTIC = each(1, (t, y) -> y * (1 - y));

  static double logistic(double y0, double t) {
    return y0 / (y0 + (1 - y0) * Math.exp(-t));
  }
}
