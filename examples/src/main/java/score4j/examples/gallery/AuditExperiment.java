package score4j.examples.gallery;

import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.function.UnaryOperator;
import score4j.array.Batch;
import score4j.autodiff.Derivatives;
import score4j.autodiff.Expr;
import score4j.autodiff.Fn;
import score4j.dist.Gaussian;
import score4j.dist.GaussianMixture;
import score4j.examples.plot.Figure;
import score4j.examples.plot.Panel;
import score4j.examples.plot.Theme;
import score4j.objective.Definition;
import score4j.objective.Denoising;
import score4j.objective.ExactTrace;
import score4j.objective.LossAudit;
import score4j.objective.Regularized;
import score4j.objective.Sliced;
import score4j.rng.Key;
import score4j.rng.ProbeLaw;

/// The losses of the library, and some mistaken ones, on a law whose score is known.
final class AuditExperiment implements Experiment {
  private static final int SAMPLES = 4000;
  private static final double SIGMA = 0.8;

  @Override
  public String id() {
    return "audit";
  }

  @Override
  public String title() {
    return "Are the losses right?";
  }

  @Override
  public String about() {
    return "Each loss is computed for several scores on 4,000 samples of a mixture in the plane"
        + " whose score is known, and must differ from its value at the truth by the Fisher"
        + " divergence, within 3 standard errors. Losses with mistakes that are easily made must"
        + " be found out.";
  }

  // ½N((−1, 0), v·I) + ½N((1, 1), v·I)
  private static Fn logDensity(double variance) {
    return Fn.of(
        2,
        x ->
            Expr.concat(
                    x.sub(x.constant(-1, 0)).square().sum().mul(-0.5 / variance),
                    x.sub(x.constant(1, 1)).square().sum().mul(-0.5 / variance))
                .logSumExp());
  }

  private static Batch samples(double std, Key key) {
    return GaussianMixture.of(
            new double[] {.5, .5},
            Gaussian.isotropic(new double[] {-1, 0}, std),
            Gaussian.isotropic(new double[] {1, 1}, std))
        .sample(key, SAMPLES);
  }

  private record Mistake(String name, UnaryOperator<Expr> norm) implements Definition {
    @Override
    public int draws() {
      return 0;
    }

    @Override
    public Expr loss(UnaryOperator<Expr> score, Expr x, Expr draws) {
      return norm.apply(score.apply(x)).add(Derivatives.divergence(score, x));
    }
  }

  @Override
  public void run(Context context) throws IOException {
    List<LossAudit.Check> right = new ArrayList<>();
    List<LossAudit.Check> wrong = new ArrayList<>();
    Key key = context.key().fold(12);
    LossAudit audit = LossAudit.of(logDensity(1), samples(1, key.fold(1)));
    for (Definition objective :
        List.of(
            new ExactTrace(),
            new Regularized(0.1),
            Sliced.of(1),
            new Sliced(4, ProbeLaw.GAUSSIAN, false))) {
      right.addAll(right(context, objective.name(), audit.audit(objective, key.fold(2))));
    }
    LossAudit smoothed =
        LossAudit.of(
            logDensity(1 + SIGMA * SIGMA),
            samples(1, key.fold(3)),
            samples(Math.hypot(1, SIGMA), key.fold(4)));
    right.addAll(right(context, "denoising", smoothed.audit(new Denoising(SIGMA), key.fold(5))));
    for (Definition mistake :
        List.of(
            new Mistake("trace + 1.5‖s‖", s -> s.norm().mul(1.5)),
            new Mistake("trace + ½(s₁ + s₂)²", s -> s.sum().square().mul(0.5)))) {
      LossAudit.Report report = audit.audit(mistake, key.fold(2));
      wrong.addAll(report.checks());
      int failures = (int) report.checks().stream().filter(check -> !check.passed()).count();
      context.add(
          Check.within(
              "%s: comparisons that fail".formatted(mistake.name()),
              failures,
              1,
              report.checks().size()));
    }
    context.picture(
        "audit.png",
        "What each comparison gave against what it must give: every dot is one comparison of one"
            + " loss.",
        () -> Figure.of(panel("Right losses", right), panel("Mistaken losses", wrong)));
  }

  private static Panel panel(String title, List<LossAudit.Check> checks) {
    double[] ends = {-1, 4};
    Panel panel =
        Panel.of(title, "must be (nats)", "is (nats)")
            .xRange(-1, 4)
            .yRange(-1, 4)
            .dashes("y = x", ends, ends, Theme.INK, 1.6)
            .dots("passed", expected(checks, true), values(checks, true), Theme.BLUE, 7);
    double[] failed = values(checks, false);
    return failed.length == 0
        ? panel
        : panel.dots("failed", expected(checks, false), failed, Theme.ROSE, 7);
  }

  private static double[] expected(List<LossAudit.Check> checks, boolean passed) {
    return checks.stream()
        .filter(check -> check.passed() == passed)
        .mapToDouble(LossAudit.Check::expected)
        .toArray();
  }

  private static double[] values(List<LossAudit.Check> checks, boolean passed) {
    return checks.stream()
        .filter(check -> check.passed() == passed)
        .mapToDouble(LossAudit.Check::value)
        .toArray();
  }

  private static List<LossAudit.Check> right(
      Context context, String name, LossAudit.Report report) {
    double worst =
        report.checks().stream()
            .mapToDouble(check -> Math.abs(check.value() - check.expected()) / check.tolerance())
            .max()
            .orElseThrow();
    context.add(Check.atMost("%s: greatest error / tolerance".formatted(name), worst, 1));
    return report.checks();
  }
}
