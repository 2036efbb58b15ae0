package score4j.sample;

/// The rule of Gauss and Lobatto on [0, 1]: both ends and n places between, exact for polynomials
/// of degree 2n + 1.
///
/// ```text
/// N = n + 2;  nodes: the ends and the zeros of P′_{N−1};  weights 1/(N·(N−1)·P_{N−1}²)
/// ```
/// Abramowitz & Stegun, 25.4.32, halved for the shorter interval.
final class GaussLobatto {
  private final double[] nodes;
  private final double[] weights;

  private GaussLobatto(double[] nodes, double[] weights) {
    this.nodes = nodes;
    this.weights = weights;
  }

  /// How many nodes there are, both ends included.
  int size() {
    return nodes.length;
  }

  /// Node i, from 0 to 1.
  double node(int i) {
    return nodes[i];
  }

  /// The weight of node i; all of them add up to 1.
  double weight(int i) {
    return weights[i];
  }

  /// The rule with `inner` nodes between the ends.
  static GaussLobatto of(int inner) {
    int degree = inner + 1;
    double[] nodes = new double[inner + 2];
    double[] weights = new double[inner + 2];
    for (int i = 0; i <= degree; i++) {
      // Chebyshev's extrema are near the zeros, which Newton's rule then finds
      double x = -Math.cos(Math.PI * i / degree);
      if (i == 0 || i == degree) {
        x = i == 0 ? -1 : 1;
      } else {
        for (int k = 0; k < 100; k++) {
          double p = legendre(degree, x);
          double slope = degree * (legendre(degree - 1, x) - x * p) / (1 - x * x);
          double curvature = (2 * x * slope - degree * (degree + 1) * p) / (1 - x * x);
          x -= slope / curvature;
        }
      }
      double p = legendre(degree, x);
      nodes[i] = 0.5 * (1 + x);
      weights[i] = 1 / (degree * (degree + 1) * p * p);
    }
    return new GaussLobatto(nodes, weights);
  }

  /// P_n(x).
  private static double legendre(int n, double x) {
    double before = 0;
    double p = 1;
    for (int k = 0; k < n; k++) {
      double next = ((2 * k + 1) * x * p - k * before) / (k + 1);
      before = p;
      p = next;
    }
    return p;
  }
}
