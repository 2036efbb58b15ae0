package score4j.nn;

import score4j.array.Parameters;

/// A network and its Jacobian in double precision, written as the formulas stand, to hold the
/// engine to.
public final class ReferenceMlp {
  private final Mlp mlp;
  private final double[] parameters;

  /// The score and the Jacobian at one point.
  public static final class Point {
    public final double[] score;
    public final double[][] jacobian;

    Point(double[] score, double[][] jacobian) {
      this.score = score;
      this.jacobian = jacobian;
    }
  }

  public ReferenceMlp(Mlp mlp, double[] parameters) {
    this.mlp = mlp;
    this.parameters = parameters;
  }

  public static ReferenceMlp of(Mlp mlp, Parameters parameters) {
    double[] p = new double[parameters.size()];
    for (int i = 0; i < p.length; i++) {
      p[i] = parameters.data()[i];
    }
    return new ReferenceMlp(mlp, p);
  }

  public Point at(double[] x) {
    int dim = x.length;
    double[] a = x;
    double[][] jacobian = new double[dim][dim];
    for (int d = 0; d < dim; d++) {
      jacobian[d][d] = 1;
    }
    int offset = 0;
    for (int l = 1; l <= mlp.layers(); l++) {
      int in = mlp.sizes().get(l - 1);
      int out = mlp.sizes().get(l);
      double[] z = new double[out];
      double[][] dz = new double[out][dim];
      for (int o = 0; o < out; o++) {
        z[o] = parameters[offset + in * out + o];
        for (int i = 0; i < in; i++) {
          double w = parameters[offset + o * in + i];
          z[o] += w * a[i];
          for (int d = 0; d < dim; d++) {
            dz[o][d] += w * jacobian[i][d];
          }
        }
      }
      offset += (in + 1) * out;
      if (l < mlp.layers()) {
        for (int o = 0; o < out; o++) {
          double slope = slope(z[o]);
          z[o] = value(z[o]);
          for (int d = 0; d < dim; d++) {
            dz[o][d] *= slope;
          }
        }
      }
      a = z;
      jacobian = dz;
    }
    return new Point(a, jacobian);
  }

  private double value(double z) {
    return switch (mlp.activation()) {
      case TANH -> Math.tanh(z);
      case SIGMOID -> sigmoid(z);
      case SOFTPLUS -> Math.max(z, 0) + Math.log1p(Math.exp(-Math.abs(z)));
      case SILU -> z * sigmoid(z);
      case GELU -> z * normal(z);
      case RELU -> Math.max(z, 0);
    };
  }

  private double slope(double z) {
    return switch (mlp.activation()) {
      case TANH -> 1 - Math.tanh(z) * Math.tanh(z);
      case SIGMOID -> sigmoid(z) * sigmoid(-z);
      case SOFTPLUS -> sigmoid(z);
      case SILU -> sigmoid(z) * (1 + z * sigmoid(-z));
      case GELU -> normal(z) + z * Math.exp(-z * z / 2) / Math.sqrt(2 * Math.PI);
      case RELU -> z > 0 ? 1 : 0;
    };
  }

  private static double sigmoid(double z) {
    return 1 / (1 + Math.exp(-z));
  }

  /// Φ(z) = ½ + φ(z)·(z + z³/3 + z⁵/15 + …), for the |z| ≤ 6 that tests use.
  private static double normal(double z) {
    double term = z;
    double sum = z;
    for (int n = 3; Math.abs(term) > 1e-18 * Math.abs(sum); n += 2) {
      term *= z * z / n;
      sum += term;
    }
    return 0.5 + sum * Math.exp(-z * z / 2) / Math.sqrt(2 * Math.PI);
  }
}
