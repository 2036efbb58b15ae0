package score4j.likelihood;

import java.util.Objects;
import score4j.rng.ProbeLaw;

/// How the divergence ∇·s of the score is come by.
public sealed interface Divergence {
  /// tr J itself: a network gives it in one pass, with D directions or fewer.
  record Exact() implements Divergence {}

  /// The mean of vᵀJv over M random directions, which stay the same along the whole path of a
  /// sample.
  ///
  /// ```text
  /// ∇·s ≈ (1/M)·Σₘ vₘᵀ J vₘ,   E[v vᵀ] = I              Hutchinson 1990; Grathwohl et al. 2019
  /// ```
  /// Unbiased for ∫ ∇·s dt along the path. The mean is taken inside the drift, so it is the mean
  /// whose error the solver controls.
  ///
  /// @param probes M, at least 1; from 2 on there is a standard error
  /// @param law of the directions
  record Hutchinson(int probes, ProbeLaw law) implements Divergence {
    /// Checks the number.
    public Hutchinson {
      Objects.requireNonNull(law, "law");
      if (probes < 1) {
        throw new IllegalArgumentException(
            "probes must be at least 1 but was %d: use the exact divergence for none"
                .formatted(probes));
      }
    }
  }

  /// The exact divergence.
  static Divergence exact() {
    return new Exact();
  }

  /// `count` random sign vectors, the law of least variance.
  static Divergence probes(int count) {
    return new Hutchinson(count, ProbeLaw.RADEMACHER);
  }
}
