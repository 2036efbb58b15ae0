package score4j.sample;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import score4j.Score;
import score4j.Threads;
import score4j.array.Batch;
import score4j.process.LinearSde;
import score4j.process.Sde;
import score4j.process.TimeGrid;
import score4j.rng.Key;
import score4j.rng.Noise;

class ReverseSdeTest {
  /// A linear process of which no more is known than f and g.
  private record Opaque(LinearSde process) implements Sde {
    @Override
    public void drift(double[] x, double t, double[] out) {
      process.drift(x, t, out);
    }

    @Override
    public double driftDivergence(double[] x, double t) {
      return process.driftDivergence(x, t);
    }

    @Override
    public double diffusion(double t) {
      return process.diffusion(t);
    }
  }

  // The two ways differ by roundings: 4 of numbers below 8 a step, 4·8·2⁻²⁴ = 2e-6, times 40 steps
  // that contract at the end and grow by less than e in between.
  @ParameterizedTest
  @EnumSource
  void aLinearProcessGivesTheSameByItsDriftAlone(ReverseSde.Scheme scheme) {
    LinearSde process = LinearSde.variancePreserving(0.1, 5);
    Score score = Samplers.LAW.under(process);
    TimeGrid grid = TimeGrid.uniform(1, 0.05, 40);
    Batch start = Noise.normals(Key.of(1), 50, 2);
    ReverseSde known = ReverseSde.of(process, grid).withScheme(scheme).withDenoise(false);
    Batch fast = known.sample(score, start, Key.of(2));
    Batch slow =
        ReverseSde.of(new Opaque(process), grid).withScheme(scheme).sample(score, start, Key.of(2));
    for (int i = 0; i < 100; i++) {
      assertThat(slow.data()[i]).isCloseTo(fast.data()[i], within(3e-4f));
    }
    // and the order of the noise is what it says
    assertThat(known.withThreads(Threads.of(2)).sample(score, start, Key.of(2))).isEqualTo(fast);
  }

  /// dx = ½g²·(−V′) dt + g dw with V = x⁴/4 leaves p ∝ e⁻ⱽ as it is, so its score is −V′ at every
  /// time and the reverse of it rests there too.
  private record Quartic(int dim) implements Sde, Score {
    @Override
    public void drift(double[] x, double t, double[] out) {
      for (int d = 0; d < x.length; d++) {
        out[d] = -0.5 * diffusion(t) * diffusion(t) * x[d] * x[d] * x[d];
      }
    }

    @Override
    public double driftDivergence(double[] x, double t) {
      throw new UnsupportedOperationException();
    }

    @Override
    public double diffusion(double t) {
      return 1 + t;
    }

    @Override
    public void score(Batch x, int from, int to, double t, Batch out) {
      for (int i = from; i < to; i++) {
        out.data()[i] = -x.data()[i] * x.data()[i] * x.data()[i];
      }
    }
  }

  // E x² = 2·Γ(3/4)/Γ(1/4) = 0.675978, E x⁴ = 1, E x⁸ = 5. 20,000 chains from a normal law of the
  // same variance, whose E x⁴ is 1.37; two runs of ∫g² = 7/3 bring it to rest. 5 standard errors
  // √((E x⁴ − (E x²)²)/n) = 0.0052 and √((E x⁸ − 1)/n) = 0.0142, and Euler's bias of order h =
  // 1/200.
  @ParameterizedTest
  @EnumSource
  void aDriftThatIsNotLinearRestsWhereItShould(ReverseSde.Scheme scheme) {
    Quartic both = new Quartic(1);
    int n = 20_000;
    Batch x = Noise.normals(Key.of(3), n, 1);
    for (int i = 0; i < n; i++) {
      x.data()[i] *= (float) Math.sqrt(0.676);
    }
    ReverseSde sampler = ReverseSde.of(both, TimeGrid.uniform(1, 0, 200)).withScheme(scheme);
    for (int round = 0; round < 2; round++) {
      sampler.run(both, x, Key.of(4).fold(round), 200, (step, s) -> {});
    }
    double second = 0;
    double fourth = 0;
    for (float v : x.data()) {
      second += (double) v * v / n;
      fourth += (double) v * v * v * v / n;
    }
    assertThat(second).isCloseTo(0.675978, within(5 * 0.0052 + 0.01));
    assertThat(fourth).isCloseTo(1, within(5 * 0.0142 + 0.02));
  }
}
