package score4j.objective;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.function.UnaryOperator;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import score4j.array.Batch;
import score4j.autodiff.Derivatives;
import score4j.autodiff.Expr;
import score4j.autodiff.Fn;
import score4j.dist.Gaussian;
import score4j.dist.GaussianMixture;
import score4j.rng.Key;
import score4j.rng.ProbeLaw;

class LossAuditTest {
  private static final int SAMPLES = 4000;

  // ½N((−1, 0), I) + ½N((1, 1), I), and with variance 1 + σ² when smoothed
  private static Fn logDensity(double variance) {
    return Fn.of(
        2,
        x -> {
          Expr left = x.sub(x.constant(-1, 0)).square().sum().mul(-0.5 / variance);
          Expr right = x.sub(x.constant(1, 1)).square().sum().mul(-0.5 / variance);
          return Expr.concat(left, right).logSumExp();
        });
  }

  private static Batch samples(double std, long seed) {
    return GaussianMixture.of(
            new double[] {0.5, 0.5},
            Gaussian.diagonal(new double[] {-1, 0}, new double[] {std, std}),
            Gaussian.diagonal(new double[] {1, 1}, new double[] {std, std}))
        .sample(Key.of(seed), SAMPLES);
  }

  private static final LossAudit AUDIT = LossAudit.of(logDensity(1), samples(1, 1));

  static Stream<Definition> implicit() {
    return Stream.of(
        new ExactTrace(),
        new Regularized(0.2),
        Sliced.of(1),
        new Sliced(2, ProbeLaw.GAUSSIAN, true),
        new Sliced(2, ProbeLaw.SPHERE, false));
  }

  @ParameterizedTest
  @MethodSource("implicit")
  void ourLossesPass(Definition objective) {
    LossAudit.Report report = AUDIT.audit(objective, Key.of(2)).orThrow();
    assertThat(report.checks()).hasSizeGreaterThanOrEqualTo(6);
    assertThat(report.toString()).contains("loss(bent) − loss(truth)").doesNotContain("WRONG");
  }

  @Test
  void denoisingLearnsTheSmoothedLaw() {
    double sigma = 0.8;
    LossAudit audit =
        LossAudit.of(
            logDensity(1 + sigma * sigma), samples(1, 3), samples(Math.hypot(1, sigma), 4));
    audit.audit(new Denoising(sigma), Key.of(5)).orThrow();
    // and not that of the data
    assertThat(
            LossAudit.of(logDensity(1), samples(1, 3))
                .audit(new Denoising(sigma), Key.of(5))
                .passed())
        .isFalse();
  }

  private record Wrong(String name, UnaryOperator<Expr> norm, double trace) implements Definition {
    @Override
    public int draws() {
      return 0;
    }

    @Override
    public Expr loss(UnaryOperator<Expr> score, Expr x, Expr draws) {
      return norm.apply(score.apply(x)).add(Derivatives.divergence(score, x).mul(trace));
    }
  }

  static Stream<Definition> wrong() {
    return Stream.of(
        // seed 003
        new Wrong("trace + 1.5‖s‖", s -> s.norm().mul(1.5), 1),
        // seed 004 in two dimensions
        new Wrong("½(Σs)² + trace", s -> s.sum().square().mul(0.5), 1),
        new Wrong("‖s‖² + trace", s -> s.square().sum(), 1),
        new Wrong("½‖s‖² − trace", s -> s.square().sum().mul(0.5), -1),
        new Wrong("½‖s‖²", s -> s.square().sum().mul(0.5), 0));
  }

  @ParameterizedTest
  @MethodSource("wrong")
  void mistakesAreRejected(Definition objective) {
    assertThatThrownBy(() -> AUDIT.audit(objective, Key.of(2)).orThrow())
        .isInstanceOf(ArithmeticException.class)
        .hasMessageContaining("is not a score matching loss")
        .hasMessageContaining("WRONG");
  }

  @Test
  void aDerivativeThatTheOuterOneDoesNotSeeIsRejected() {
    Definition silent =
        new Definition() {
          @Override
          public String name() {
            return "trace held fixed";
          }

          @Override
          public int draws() {
            return 0;
          }

          @Override
          public Expr loss(UnaryOperator<Expr> score, Expr x, Expr draws) {
            return score
                .apply(x)
                .square()
                .sum()
                .mul(0.5)
                .add(Derivatives.divergence(score, x).stopGradient());
          }
        };
    assertThat(AUDIT.audit(silent, Key.of(2)).checks())
        .filteredOn(check -> !check.passed())
        .extracting(LossAudit.Check::name)
        .containsExactly("slope of the loss along the parameters");
  }

  @Test
  void whatCannotBeAuditedIsRefusedByName() {
    Batch x = Batch.of(new float[][] {{1, 2}, {3, 4}});
    assertThatThrownBy(() -> LossAudit.of(Fn.of(2, u -> u.mul(2)), x))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContaining("logDensity must have one result");
    Fn density = Fn.of(2, u -> u.square().sum().mul(-0.5));
    Batch bad = Batch.of(new float[][] {{1, 2}, {Float.NaN, 4}});
    assertThatThrownBy(() -> LossAudit.of(density, bad))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContaining("data");
    Definition two = new Wrong("two", s -> s, 0);
    assertThatThrownBy(() -> LossAudit.of(density, x).audit(two, Key.of(1)))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContaining("the objective two gives [2] for a sample");
  }
}
