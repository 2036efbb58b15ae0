package score4j.solve;

/// Heun's scheme on given times, of order 2: the trapezoidal rule with Euler's guess of where the
/// step ends.
///
/// ```text
/// k₁ = F(t, y),   k₂ = F(t′, y + h·k₁),   y ← y + h·(k₁ + k₂)/2,   h = t′ − t
/// ```
/// **Cost**: two evaluations a step. Steps allocate nothing.
public record Heun() implements OdeSolver {
  @Override
  public Effort solve(
      Ode ode, double[] times, double[] y, int rows, int firstSample, Observer observer) {
    Arguments.check(ode, times, y, rows);
    FixedSteps steps = new FixedSteps(ode, rows, firstSample);
    double[] k1 = steps.slope;
    double[] k2 = new double[k1.length];
    double[] guess = new double[k1.length];
    for (int step = 1; step < times.length; step++) {
      double h = times[step] - times[step - 1];
      steps.derivative(times[step - 1], y, k1);
      for (int i = 0; i < k1.length; i++) {
        guess[i] = y[i] + h * k1[i];
      }
      steps.derivative(times[step], guess, k2);
      for (int i = 0; i < k1.length; i++) {
        y[i] += h * (0.5 * (k1[i] + k2[i]));
      }
      steps.arrive(step, times, y, observer);
    }
    return Effort.fixed(rows, times.length - 1, 2);
  }
}
