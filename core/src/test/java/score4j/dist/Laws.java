package score4j.dist;

import score4j.golden.Golden;

/// The laws of golden/distributions.json, built from their specs.
final class Laws {
  private Laws() {}

  static Distribution of(Golden.Case c) {
    int dim = c.integer("dim");
    return switch (c.text("type")) {
      case "gaussian_iso" -> Gaussian.isotropic(c.doubles("spec.mean"), c.number("spec.std"));
      case "gaussian_diag" -> Gaussian.diagonal(c.doubles("spec.mean"), c.doubles("spec.std"));
      case "gaussian_full" ->
          Gaussian.full(c.doubles("spec.mean"), square(c.doubles("spec.cov"), dim));
      case "mixture" -> {
        Gaussian[] components = new Gaussian[c.size("spec.weights")];
        for (int k = 0; k < components.length; k++) {
          components[k] =
              Gaussian.full(c.doubles("spec.means", k), square(c.doubles("spec.covs", k), dim));
        }
        yield GaussianMixture.of(c.doubles("spec.weights"), components);
      }
      case "ring_exact" -> ring(c, Ring.Law.EXACT);
      case "ring_positive" -> ring(c, Ring.Law.POSITIVE);
      case "ring_radial_gaussian" -> ring(c, Ring.Law.RADIAL_GAUSSIAN);
      default -> throw new IllegalArgumentException(c + " is of no known type");
    };
  }

  private static Ring ring(Golden.Case c, Ring.Law law) {
    return Ring.of(c.number("spec.radius"), c.number("spec.std"), law);
  }

  static double[][] square(double[] flat, int dim) {
    double[][] rows = new double[dim][dim];
    for (int i = 0; i < dim * dim; i++) {
      rows[i / dim][i % dim] = flat[i];
    }
    return rows;
  }

  static double[] point(double[] flat, int row, int dim) {
    return java.util.Arrays.copyOfRange(flat, row * dim, (row + 1) * dim);
  }
}
