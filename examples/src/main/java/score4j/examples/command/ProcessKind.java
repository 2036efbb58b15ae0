package score4j.examples.command;

import java.util.Locale;
import score4j.process.LinearSde;
import score4j.process.SigmaPower;
import score4j.process.SubVariancePreserving;
import score4j.process.VarianceExploding;
import score4j.process.VariancePreserving;

/// The processes that have a name on the command line.
enum ProcessKind {
  VE,
  VP,
  SUBVP,
  SIGMA_POWER,
  NONE;

  @Override
  public String toString() {
    return name().toLowerCase(Locale.ROOT).replace('_', '-');
  }

  /// One phrase for a process that a file or an option has named.
  static String describe(LinearSde process) {
    return switch (process) {
      case VarianceExploding(double min, double max, boolean smoothed) ->
          "%s, noise from %.3g to %.3g"
              .formatted(smoothed ? "levels" : "variance exploding", min, max);
      case VariancePreserving(double min, double max) ->
          "variance preserving, beta from %.3g to %.3g".formatted(min, max);
      case SubVariancePreserving(double min, double max) ->
          "sub-variance preserving, beta from %.3g to %.3g".formatted(min, max);
      case SigmaPower(double sigma) -> "diffusion %.3g to the power t".formatted(sigma);
      default -> process.toString();
    };
  }
}
