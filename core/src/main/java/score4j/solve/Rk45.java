package score4j.solve;

import java.util.Objects;

/// The Runge–Kutta pair 5(4) of Dormand and Prince, with steps that follow a tolerance.
///
/// **Every sample is a group of its own**: it has its own time and step, and its steps are accepted
/// or undone by its own error. Each stage is one evaluation of the right-hand side for all samples
/// that are still on their way, moved together, which is how a network stays fast.
///
/// ```text
/// k₁ = F(t, y),  kᵢ = F(t + cᵢh, y + h·Σ aᵢⱼkⱼ),  y′ = y + h·Σ bᵢkᵢ,  k₇ = F(t + h, y′)
/// err = max over coordinates of |h·Σ eᵢkᵢ| / (absolute + relative·max(|y|, |y′|))
/// accept if err ≤ 1;  h ← h·clamp(0.9·err^−0.17·last^0.04, 0.2, 10),  last = max(err, 1e-4)
/// ```
/// - **Norm**: the largest coordinate of [Ode#controlled] ones, so that the tolerance holds for
///   each and a likelihood is not averaged away among the coordinates of x.
/// - **Controller**: proportional-integral, Hairer, Nørsett & Wanner 1993, section IV.2 of volume
///   II; an undone step is repeated at h·max(0.2, 0.9·err^−0.17), and the step after it does not
///   grow. The first step is that of volume I, section II.4.
/// - **Order**: steps of order 5; the error of a solution is proportional to the tolerance. Between
///   steps the interpolant of order 4 of the same authors.
/// - **Floats**: a right-hand side that is rounded to float has noise of 1e-7 of its size, so a
///   relative tolerance below 1e-7 costs many steps and gains nothing.
/// - **Cost**: 2 evaluations, and 6 for every step made or undone (the last of a step is the first
///   of the next). Steps allocate nothing.
///
/// Dormand & Prince 1980, J. Comput. Appl. Math. 6(1); dense output: Hairer et al., volume I,
/// section II.6.
///
/// @param tolerance how large the error of a step may be
/// @param maxSteps how many steps, made and undone, a sample may take
public record Rk45(Tolerance tolerance, int maxSteps) implements OdeSolver {
  /// Checks the ranges.
  public Rk45 {
    Objects.requireNonNull(tolerance, "tolerance");
    if (maxSteps < 1) {
      throw new IllegalArgumentException(
          "maxSteps must be at least 1 but was %d: 10000 is plenty".formatted(maxSteps));
    }
  }

  /// That tolerance and at most 10 000 steps.
  public static Rk45 of(Tolerance tolerance) {
    return new Rk45(tolerance, 10_000);
  }

  @Override
  public Effort solve(
      Ode ode, double[] times, double[] y, int rows, int firstSample, Observer observer) {
    Arguments.check(ode, times, y, rows);
    return new DormandPrince(this, ode, times, y, rows, firstSample, observer).run();
  }
}
