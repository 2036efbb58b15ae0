package score4j.solve;

/// Euler's scheme on given times, of order 1: what others are measured against.
///
/// ```text
/// y ← y + h·F(t, y),   h = t′ − t
/// ```
/// **Cost**: one evaluation a step. Steps allocate nothing.
public record Euler() implements OdeSolver {
  @Override
  public Effort solve(
      Ode ode, double[] times, double[] y, int rows, int firstSample, Observer observer) {
    Arguments.check(ode, times, y, rows);
    FixedSteps steps = new FixedSteps(ode, rows, firstSample);
    double[] k = steps.slope;
    for (int step = 1; step < times.length; step++) {
      double h = times[step] - times[step - 1];
      steps.derivative(times[step - 1], y, k);
      for (int i = 0; i < k.length; i++) {
        y[i] += h * k[i];
      }
      steps.arrive(step, times, y, observer);
    }
    return Effort.fixed(rows, times.length - 1, 1);
  }
}
