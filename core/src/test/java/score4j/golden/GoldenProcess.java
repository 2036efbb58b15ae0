package score4j.golden;

import score4j.process.LinearSde;

/// The processes that golden cases name.
public final class GoldenProcess {
  private GoldenProcess() {}

  /// The process in the field `sde` of a case.
  public static LinearSde of(Golden.Case c) {
    return switch (c.text("sde.type")) {
      case "ve" ->
          LinearSde.varianceExploding(c.number("sde.sigma_min"), c.number("sde.sigma_max"));
      case "ve_pow" -> LinearSde.sigmaPower(c.number("sde.sigma"));
      case "vp" -> LinearSde.variancePreserving(c.number("sde.beta_min"), c.number("sde.beta_max"));
      case "subvp" ->
          LinearSde.subVariancePreserving(c.number("sde.beta_min"), c.number("sde.beta_max"));
      default -> throw new IllegalArgumentException(c.text("sde.type"));
    };
  }
}
