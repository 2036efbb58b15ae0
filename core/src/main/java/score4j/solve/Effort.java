package score4j.solve;

import java.util.Arrays;
import java.util.List;

/// What following each of some samples took.
public final class Effort {
  private final int[] evaluations;
  private final int[] accepted;
  private final int[] rejected;

  Effort(int[] evaluations, int[] accepted, int[] rejected) {
    this.evaluations = evaluations;
    this.accepted = accepted;
    this.rejected = rejected;
  }

  /// The same for every sample of a fixed scheme.
  static Effort fixed(int rows, int steps, int evaluationsPerStep) {
    int[] evaluations = new int[rows];
    int[] accepted = new int[rows];
    Arrays.fill(evaluations, steps * evaluationsPerStep);
    Arrays.fill(accepted, steps);
    return new Effort(evaluations, accepted, new int[rows]);
  }

  /// The efforts of the parts of a batch, as one.
  public static Effort join(List<Effort> parts) {
    return new Effort(
        parts.stream().flatMapToInt(p -> Arrays.stream(p.evaluations)).toArray(),
        parts.stream().flatMapToInt(p -> Arrays.stream(p.accepted)).toArray(),
        parts.stream().flatMapToInt(p -> Arrays.stream(p.rejected)).toArray());
  }

  /// The number of samples.
  public int samples() {
    return evaluations.length;
  }

  /// How often the right-hand side of each sample was evaluated, in a new array.
  public int[] evaluations() {
    return evaluations.clone();
  }

  /// How many steps each sample made, in a new array.
  public int[] accepted() {
    return accepted.clone();
  }

  /// How many steps of each sample were undone because their error was too large, in a new array.
  public int[] rejected() {
    return rejected.clone();
  }

  /// The evaluations of a sample, on average; NaN for no samples.
  public double meanEvaluations() {
    return Arrays.stream(evaluations).average().orElse(Double.NaN);
  }

  @Override
  public boolean equals(Object other) {
    return other instanceof Effort e
        && Arrays.equals(e.evaluations, evaluations)
        && Arrays.equals(e.accepted, accepted)
        && Arrays.equals(e.rejected, rejected);
  }

  @Override
  public int hashCode() {
    return 31 * (31 * Arrays.hashCode(evaluations) + Arrays.hashCode(accepted))
        + Arrays.hashCode(rejected);
  }

  @Override
  public String toString() {
    return "Effort[%d samples, on average %.1f evaluations, %.1f steps, %.1f rejected]"
        .formatted(
            samples(),
            meanEvaluations(),
            Arrays.stream(accepted).average().orElse(Double.NaN),
            Arrays.stream(rejected).average().orElse(Double.NaN));
  }
}
