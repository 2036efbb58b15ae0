package score4j.examples.gallery;

import java.io.IOException;
import java.util.Arrays;
import score4j.array.Batch;
import score4j.dist.DiffusedMixture;
import score4j.dist.GaussianMixture;
import score4j.examples.plot.Figure;
import score4j.examples.plot.Panel;
import score4j.examples.plot.Theme;
import score4j.likelihood.FlowDensities;
import score4j.likelihood.FlowLikelihood;
import score4j.metric.Estimate;
import score4j.process.LinearSde;
import score4j.process.TimeGrid;
import score4j.rng.Key;
import score4j.sample.ProbabilityFlow;
import score4j.sample.ReverseSde;
import score4j.solve.Heun;
import score4j.solve.Tolerance;

/// How fast the errors of samplers and likelihoods fall, measured on laws whose every answer is
/// known.
final class OrdersExperiment implements Experiment {
  private static final GaussianMixture LAW =
      GaussianMixture.univariate(
          new double[] {0.3, 0.7}, new double[] {-1.5, 1}, new double[] {0.5, 0.6});
  private static final LinearSde PROCESS = LinearSde.variancePreserving(0.1, 4);
  private static final DiffusedMixture EXACT = LAW.under(PROCESS);

  // where the law has as much noise left as makes steps of these sizes small
  private static final double END = 0.1;

  private static final int PARTICLES = 1 << 18;
  private static final int[] EULER_STEPS = {12, 16, 24, 32, 48};
  private static final int[] HEUN_STEPS = {48, 64, 96, 128, 192, 256};
  private static final double[] TOLERANCES = {1e-3, 3e-4, 1e-4, 3e-5, 1e-5, 3e-6};
  private static final int POINTS = 1000;

  @Override
  public String id() {
    return "002-orders";
  }

  @Override
  public String title() {
    return "Orders of convergence, measured";
  }

  @Override
  public String about() {
    return "The score of a mixture under noise is known at every time, so whatever error is left"
        + " is the sampler's. Euler–Maruyama is of weak order 1, by the entropy of 262,144 samples, Heun's scheme for the probability"
        + " flow of order 2, the error of the adaptive one goes as its tolerance, and log p by the"
        + " flow is right to 1e-4 nats. Unadjusted Langevin steps settle in a law that is too wide"
        + " by a known factor, and adjusted ones in the right one. Simulated forward, each process"
        + " has the mean and the deviation that its marginals say.";
  }

  @Override
  public void run(Context context) throws IOException {
    Key key = context.key().fold(25);
    Convergence euler = euler(context, key.fold(1));
    euler.check(context, 1, 0);
    ProbabilityFlow flow =
        ProbabilityFlow.of(PROCESS, Tolerance.of(1e-9))
            .withGrid(TimeGrid.uniform(1, END, 1))
            .withThreads(context.threads());
    Batch noise = EXACT.at(1).sample(key.fold(2), POINTS);
    Batch reference = flow.decode(EXACT, noise);
    Convergence heun = heun(flow, noise, reference);
    heun.check(context, 2, 0.05);
    Convergence adaptive = adaptive(context, noise, reference);
    adaptive.check(context, 1, 0.35);
    Convergence likelihood = likelihood(context, key.fold(3));
    LangevinVariance langevin = new LangevinVariance(context, key.fold(4));
    SimulatedMarginals.addChecks(context, key.fold(5));
    context.picture(
        "002-orders.png",
        "Errors against the size of the steps and against the tolerance, with fitted slopes and"
            + " their intervals of 99 %; and the variance that Langevin steps settle in.",
        () ->
            Figure.of(
                heun.draw(
                    euler.draw(
                        Panel.of("Samplers", "log₁₀ of the step", "log₁₀ of the error")
                            .size(370, 280),
                        Theme.ROSE),
                    Theme.BLUE),
                likelihood.draw(
                    adaptive.draw(
                        Panel.of("Adaptive steps", "log₁₀ of the tolerance", "log₁₀ of the error")
                            .size(330, 280),
                        Theme.BLUE),
                    Theme.ORANGE),
                langevin.panel()));
  }

  /// The error of the mean log density at the end of the reverse diffusion, which is that of the
  /// entropy.
  private static Convergence euler(Context context, Key key) {
    GaussianMixture law = EXACT.at(END);
    int count = EULER_STEPS.length;
    double[] size = new double[count];
    double[] error = new double[count];
    double[] noise = new double[count];
    for (int i = 0; i < count; i++) {
      TimeGrid grid = TimeGrid.uniform(1, END, EULER_STEPS[i]);
      Batch start = EXACT.at(1).sample(key.fold(2L * i), PARTICLES);
      Batch end =
          ReverseSde.of(PROCESS, grid)
              .withDenoise(false)
              .withThreads(context.threads())
              .sample(EXACT, start, key.fold(2L * i + 1));
      Estimate mean = Estimate.mean(law.logDensity(end));
      size[i] = (1 - END) / EULER_STEPS[i];
      error[i] = Math.abs(mean.value() + law.entropy());
      noise[i] = mean.standardError() / error[i];
    }
    return new Convergence("Euler–Maruyama", size, error, noise);
  }

  private static Convergence heun(ProbabilityFlow flow, Batch noise, Batch reference) {
    double[] size = new double[HEUN_STEPS.length];
    double[] error = new double[size.length];
    for (int i = 0; i < size.length; i++) {
      Batch end =
          flow.withSolver(new Heun())
              .withGrid(TimeGrid.uniform(1, END, HEUN_STEPS[i]))
              .decode(EXACT, noise);
      size[i] = (1 - END) / HEUN_STEPS[i];
      error[i] = meanDistance(end, reference);
    }
    return Convergence.of("Heun", size, error);
  }

  private static Convergence adaptive(Context context, Batch noise, Batch reference) {
    double[] error = new double[TOLERANCES.length];
    for (int i = 0; i < error.length; i++) {
      Batch end =
          ProbabilityFlow.of(PROCESS, Tolerance.of(TOLERANCES[i]))
              .withGrid(TimeGrid.uniform(1, END, 1))
              .withThreads(context.threads())
              .decode(EXACT, noise);
      error[i] = meanDistance(end, reference);
    }
    return Convergence.of("adaptive", TOLERANCES, error);
  }

  private static double meanDistance(Batch x, Batch y) {
    double sum = 0;
    for (int r = 0; r < x.rows(); r++) {
      sum += Math.abs((double) x.get(r, 0) - y.get(r, 0));
    }
    return sum / x.rows();
  }

  /// Errors of log p at points of the law, from the data on.
  private static Convergence likelihood(Context context, Key key) {
    Batch x = LAW.sample(key, POINTS);
    double[] truth = LAW.logDensity(x);
    FlowLikelihood flow =
        FlowLikelihood.of(PROCESS)
            .withEarliest(0)
            .withPrior(EXACT.at(1))
            .withThreads(context.threads());
    double[] error = new double[TOLERANCES.length];
    for (int i = 0; i < error.length; i++) {
      error[i] =
          meanError(
              flow.withTolerance(Tolerance.of(TOLERANCES[i]))
                  .withErrorEstimate(false)
                  .encode(EXACT, x)
                  .logDensity(),
              truth);
    }
    FlowDensities usual = flow.encode(EXACT, x);
    context.add(
        Check.atMost(
            "log p by the flow: mean error in nats", meanError(usual.logDensity(), truth), 1e-4));
    context.add(
        Check.information(
            "  as it reports itself",
            Arrays.stream(usual.integrationError()).average().orElseThrow(),
            "at the default tolerance, 1,000 points"));
    return Convergence.of("log p", TOLERANCES, error);
  }

  private static double meanError(double[] values, double[] truth) {
    double sum = 0;
    for (int i = 0; i < values.length; i++) {
      sum += Math.abs(values[i] - truth[i]);
    }
    return sum / values.length;
  }
}
