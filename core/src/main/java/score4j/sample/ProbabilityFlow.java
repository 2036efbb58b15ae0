package score4j.sample;

import java.util.Objects;
import score4j.Score;
import score4j.Threads;
import score4j.array.Batch;
import score4j.process.LinearSde;
import score4j.process.Sde;
import score4j.process.TimeGrid;
import score4j.rng.Key;
import score4j.rng.Noise;
import score4j.solve.Effort;
import score4j.solve.OdeSolver;
import score4j.solve.Rk45;
import score4j.solve.Tolerance;

/// The probability flow: samples without noise on the way, by an ordinary differential equation
/// that can be followed both ways.
///
/// ```text
/// dx/dt = f(x, t) − ½·g(t)²·s(x, t)                            Song et al. 2021, equation 13
/// decode: from noise to data      encode: from data to noise, back again by decode
/// ```
/// - **Accuracy**: with [Rk45], the default, every sample has steps of its own and the tolerance
///   holds for each; with a fixed scheme the grid decides. The state is `double`, rounded to float
///   only where the score is asked for, which limits a relative tolerance to about 1e-7.
/// - **Same bits** whatever the threads and however samples are split into batches.
/// - **Cost**: the default tolerance of 1e-5 takes 60 to 120 scores a sample for mixtures of size 1
///   and leaves an error of about 1e-5; Heun takes two scores a step. Samples go in chunks of 256,
///   in which one call of the score serves all that are still on their way. Steps allocate nothing
///   beyond what the score does.
///
/// @param process what made the noise
/// @param solver how to follow the equation
/// @param grid from noise to data: the steps of a fixed scheme; the adaptive one heeds its ends
/// alone, and shows a listener the times between
/// @param threads what computes
public record ProbabilityFlow(Sde process, OdeSolver solver, TimeGrid grid, Threads threads) {
  /// Sees the samples on their way.
  @FunctionalInterface
  public interface Listener {
    /// Called from the thread that runs the flow, at every time of the grid in its order.
    ///
    /// @param t the time
    /// @param x the samples at that time, which may be kept
    void state(double t, Batch x);
  }

  /// Checks the direction of the grid.
  public ProbabilityFlow {
    Objects.requireNonNull(process, "process");
    Objects.requireNonNull(solver, "solver");
    Objects.requireNonNull(threads, "threads");
    if (grid.time(0) < grid.time(grid.steps())) {
      throw new IllegalArgumentException(
          "grid must fall, from noise to data, but rises from %s to %s: pass grid.reversed()"
              .formatted(grid.time(0), grid.time(grid.steps())));
    }
  }

  /// With adaptive steps from t = 1 to the earliest time of the process, at a tolerance of 1e-5, on
  /// all processors.
  public static ProbabilityFlow of(LinearSde process) {
    return of(process, Tolerance.of(1e-5));
  }

  /// With adaptive steps from t = 1 to the earliest time of the process, on all processors.
  public static ProbabilityFlow of(LinearSde process, Tolerance tolerance) {
    return new ProbabilityFlow(
        process, Rk45.of(tolerance), TimeGrid.of(process, 1), Threads.available());
  }

  /// The same on another grid.
  public ProbabilityFlow withGrid(TimeGrid grid) {
    return new ProbabilityFlow(process, solver, grid, threads);
  }

  /// The same by another solver.
  public ProbabilityFlow withSolver(OdeSolver solver) {
    return new ProbabilityFlow(process, solver, grid, threads);
  }

  /// The same on other threads; it gives the same result.
  public ProbabilityFlow withThreads(Threads threads) {
    return new ProbabilityFlow(process, solver, grid, threads);
  }

  /// `n` samples of the law whose score it is, from normal noise with the standard deviation σ that
  /// the process has where the grid begins.
  ///
  /// @param key of the noise; sample i depends on it and on i alone
  /// @throws IllegalArgumentException if the process is not linear, so that its noise is not known
  /// @throws ArithmeticException if a sample cannot be followed; names it
  public Batch sample(Score score, int n, Key key) {
    Batch x = noise(score.dim(), 0, n, key);
    run(score, x, grid);
    return x;
  }

  /// The noise that [#sample] starts from: samples `firstSample` to `firstSample` + n − 1, and the
  /// same that a [DiffusionSampler] starts from under the same key.
  ///
  /// @throws IllegalArgumentException if the process is not linear, so that its noise is not known
  public Batch noise(int dim, long firstSample, int n, Key key) {
    if (!(process instanceof LinearSde linear)) {
      throw new IllegalArgumentException(
          "process is not linear, so the law of its noise is not known: decode noise of your own");
    }
    float std = (float) linear.marginal(grid.time(0)).std();
    Batch x = Batch.zeros(n, dim);
    Noise.normals(key.fold(0), 0, firstSample, n, dim, x.data(), 0);
    for (int i = 0; i < x.data().length; i++) {
      x.data()[i] *= std;
    }
    return x;
  }

  /// The data that become this noise.
  ///
  /// @param noise B × D
  /// @throws IllegalArgumentException if it has another dimension than the score or is not finite
  /// @throws ArithmeticException if a sample cannot be followed; names it
  public Batch decode(Score score, Batch noise) {
    Batch x = noise.copy();
    run(score, x, grid);
    return x;
  }

  /// The noise that these data become.
  ///
  /// @param data B × D
  /// @throws IllegalArgumentException if they have another dimension than the score or are not
  ///     finite
  /// @throws ArithmeticException if a sample cannot be followed; names it
  public Batch encode(Score score, Batch data) {
    Batch x = data.copy();
    run(score, x, grid.reversed());
    return x;
  }

  /// Follows the flow along a grid of either direction, in place, unseen.
  ///
  /// @param x where the samples begin, and where they are afterwards, B × D
  /// @throws IllegalArgumentException if `x` has another dimension than the score or is not finite
  /// @throws ArithmeticException if a sample cannot be followed; names it. `x` is then of no use.
  public Effort run(Score score, Batch x, TimeGrid times) {
    return new Flight(this, score, x, times, 0).run();
  }

  /// Follows the flow along a grid of either direction, in place, and shows where the samples are
  /// at every time of it. Looking changes no bit.
  ///
  /// Needs memory for B × D numbers a time: the samples go one chunk after another.
  ///
  /// @param x where the samples begin, and where they are afterwards, B × D
  /// @throws IllegalArgumentException if `x` has another dimension than the score or is not finite
  /// @throws ArithmeticException if a sample cannot be followed; names it. `x` is then of no use.
  public Effort run(Score score, Batch x, TimeGrid times, Listener listener) {
    if (!(solver instanceof Rk45) && times.steps() == 1) {
      throw new IllegalArgumentException(
          "the grid has one step, which %s would take as a whole: pass withGrid(TimeGrid.of(process, 100))"
              .formatted(solver));
    }
    Batch start = x.copy();
    Flight flight = new Flight(this, score, x, times, times.steps());
    Effort effort = flight.run();
    listener.state(times.time(0), start);
    for (int i = 1; i <= times.steps(); i++) {
      listener.state(times.time(i), flight.seen[i - 1]);
    }
    return effort;
  }
}
