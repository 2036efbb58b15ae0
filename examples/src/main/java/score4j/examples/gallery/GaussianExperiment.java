package score4j.examples.gallery;

import java.io.IOException;
import java.util.Arrays;
import java.util.List;
import score4j.array.Batch;
import score4j.array.Parameters;
import score4j.autodiff.Derivatives;
import score4j.autodiff.Expr;
import score4j.autodiff.Fn;
import score4j.autodiff.Loss;
import score4j.autodiff.Weights;
import score4j.dist.Gaussian;
import score4j.examples.plot.Figure;
import score4j.examples.plot.Panel;
import score4j.examples.plot.Theme;
import score4j.rng.Key;

/// A log density written down, its score by differentiation, and a Gaussian fitted by its score.
final class GaussianExperiment implements Experiment {
  private static final int SAMPLES = 1000;
  private static final int MOST_STEPS = 20_000;
  private static final double SMALL = 3e-7;
  // log √(2π)
  private static final double NORMALISER = 0.5 * Math.log(2 * Math.PI);

  private static final Fn LOG_DENSITY = Fn.of(1, x -> x.square().sum().mul(-0.5).sub(NORMALISER));

  @Override
  public String id() {
    return "000-gaussian";
  }

  @Override
  public String title() {
    return "A Gaussian by its score";
  }

  @Override
  public String about() {
    return "Above, a log density written in one line and the score that differentiation makes of"
        + " it. Below, the model −(x − μ)/σ² with parameters μ and log σ, fitted to 1,000 draws of"
        + " N(3, 1) by gradient descent with a line search on the score matching loss: the best"
        + " parameters are the mean and the standard deviation of the sample.";
  }

  // s(x) = −(x − μ)/σ²
  private static Expr model(Weights weights, Expr x) {
    Expr precision = weights.get("log sigma").mul(-2).exp();
    return weights.get("mu").sub(x).mul(precision);
  }

  @Override
  public void run(Context context) throws IOException {
    Fn score = LOG_DENSITY.grad();
    for (double x : new double[] {0, -3, 3}) {
      context.add(Check.within("score of N(0, 1) at %.0f".formatted(x), score.at(x)[0], -x, -x));
    }
    Key key = context.key().fold(10);
    Batch data = Gaussian.isotropic(new double[] {3}, 1).sample(key.fold(1), SAMPLES);
    double[] x = Quadrature.widen(data.data());
    double mean = Arrays.stream(x).average().orElseThrow();
    double std =
        Math.sqrt(Arrays.stream(x).map(v -> (v - mean) * (v - mean)).average().orElseThrow());

    List<Parameters.Slice> slices =
        List.of(
            new Parameters.Slice("mu", 0, 1, 1, true),
            new Parameters.Slice("log sigma", 1, 1, 1, true));
    Loss loss =
        Loss.of(
            Fn.of(
                slices,
                1,
                (w, u) ->
                    model(w, u)
                        .square()
                        .sum()
                        .mul(0.5)
                        .add(Derivatives.divergence(v -> model(w, v), u))));
    double[] fitted = Quadrature.widen(Gaussian.standard(2).sample(key.fold(2), 1).data());
    double[] start = fitted.clone();
    int steps = descend(loss, x, fitted);
    double sigma = Math.exp(fitted[1]);
    context.add(
        Check.atMost("distance of μ to the mean of the sample", Math.abs(fitted[0] - mean), 1e-6));
    context.add(
        Check.atMost(
            "distance of σ to the standard deviation of the sample", Math.abs(sigma - std), 1e-6));
    context.add(Check.information("  steps", steps, "until the gradient is below 3e-7"));
    context.add(Check.information("  μ", fitted[0], "the law has 3"));
    context.add(Check.information("  σ", sigma, "the law has 1"));
    context.picture(
        "000-functions.png",
        "The density, its logarithm with the tangent at −1.5, and the score, which is the slope.",
        GaussianExperiment::functions);
    context.picture(
        "000-fit.png",
        "The model's score against the true one at the samples, before and after the fit.",
        () -> scatter(x, start, fitted));
  }

  // gradient descent, each step halved until the loss falls by half of what the slope promises
  private static int descend(Loss loss, double[] x, double[] parameters) {
    double[] gradient = new double[parameters.length];
    double[] unused = new double[parameters.length];
    double[] next = new double[parameters.length];
    double rate = 1;
    for (int step = 0; step < MOST_STEPS; step++) {
      double value = loss.valueAndGrad(parameters, x, gradient);
      double square = gradient[0] * gradient[0] + gradient[1] * gradient[1];
      if (square < SMALL * SMALL) {
        return step;
      }
      rate = Math.min(1, 2 * rate);
      do {
        for (int i = 0; i < next.length; i++) {
          next[i] = parameters[i] - rate * gradient[i];
        }
        rate /= 2;
      } while (loss.valueAndGrad(next, x, unused) > value - rate * square && rate > 1e-12);
      rate *= 2;
      System.arraycopy(next, 0, parameters, 0, next.length);
    }
    return MOST_STEPS;
  }

  private static Figure functions() {
    double[] x = grid(-3.5, 3.5, 1000);
    double[] log = LOG_DENSITY.at(new double[0], x);
    double[] tangent = grid(-2.5, -0.5, 10);
    double slope = LOG_DENSITY.grad().at(-1.5)[0];
    double height = LOG_DENSITY.at(-1.5)[0];
    return Figure.of(
        Panel.of("Density", "x", "p(x)")
            .line("", x, Arrays.stream(log).map(Math::exp).toArray(), Theme.BLUE, 2.6),
        Panel.of("Log density", "x", "log p(x)")
            .line("", x, log, Theme.BLUE, 2.6)
            .line(
                "tangent at −1.5",
                tangent,
                Arrays.stream(tangent).map(t -> height + slope * (t + 1.5)).toArray(),
                Theme.ORANGE,
                2.2),
        Panel.of("Score", "x", "d/dx log p(x)")
            .dashes("", new double[] {-3.5, 3.5}, new double[] {0, 0}, Theme.GREY, 1)
            .dashes("", new double[] {0, 0}, new double[] {-3.5, 3.5}, Theme.GREY, 1)
            .line("", x, LOG_DENSITY.grad().at(new double[0], x), Theme.BLUE, 2.6));
  }

  private static Figure scatter(double[] x, double[] start, double[] fitted) {
    double[] truth = Arrays.stream(x).map(v -> 3 - v).toArray();
    double[] ends = {-4, 4};
    return Figure.of(
        Panel.of("Model against truth", "true score", "model score")
            .xRange(-4, 4)
            .yRange(-6, 6)
            .dots("before", truth, scores(x, start), Theme.ORANGE, 4)
            .dots("after", truth, scores(x, fitted), Theme.BLUE, 4)
            .dashes("y = x", ends, ends, Theme.INK, 1.6));
  }

  private static double[] scores(double[] x, double[] parameters) {
    double precision = Math.exp(-2 * parameters[1]);
    return Arrays.stream(x).map(v -> (parameters[0] - v) * precision).toArray();
  }

  private static double[] grid(double from, double to, int n) {
    double[] x = new double[n];
    Arrays.setAll(x, i -> from + i * (to - from) / (n - 1));
    return x;
  }
}
