package score4j.nn;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import java.util.Arrays;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import score4j.array.Parameters;
import score4j.internal.kernel.KernelChoice;
import score4j.internal.kernel.Kernels;
import score4j.rng.Key;
import score4j.rng.Noise;

/// The passes with lanes that are samples against those with lanes that are units.
class SampleLanesTest {
  // both are sums of at most (1 + K)·n·H = 12,000 products in different orders, whose errors grow
  // like the root of their number: 100 roundings of 2⁻²⁴ of the largest result
  private static final double TOLERANCE = 100 * 0x1p-24;
  private static final int CAPACITY = 40;

  private static final class Passes {
    final Packing packing;
    final Jet jet;

    Passes(Packing packing, int tangents, Forms forms) {
      this.packing = packing;
      jet = packing.jet(KERNELS, KERNELS, CAPACITY, tangents, forms);
      packing.memory.allocate();
    }

    void pack(Parameters parameters) {
      for (int part = 0; part < packing.parts(); part++) {
        packing.pack(parameters.data(), part);
      }
    }

    // the tile twice, the second time through a second buffer
    float[] gradient(float[] x, float[] v, float[] sBar, float[] qBar, int n, int size) {
      float[][] buffers = new float[2][packing.gradientLength()];
      for (float[] buffer : buffers) {
        Arrays.fill(buffer, 7f);
        packing.clear(buffer);
        jet.backward(x, v, sBar, qBar, n, true, buffer);
      }
      float[] gradient = new float[size];
      for (int part = 0; part < packing.parts(); part++) {
        packing.unpack(KERNELS, buffers, 2, 0.5f, gradient, part);
      }
      return gradient;
    }
  }

  private static final Kernels KERNELS = KernelChoice.kernels();

  @ParameterizedTest
  @CsvSource({
    "1, 8, 1, true, 37", "1, 8, 0, false, 1", "1, 1000, 1, true, 16", "1, 40, 3, false, 17",
    "2, 16, 2, true, 40", "2, 7, 1, false, 33", "3, 16, 3, true, 5", "4, 9, 4, true, 40",
    "4, 16, 3, false, 31", "3, 5, 0, false, 39"
  })
  void agreeWithUnitLanes(int dim, int hidden, int tangents, boolean basis, int n) {
    Mlp mlp = Mlp.of(Activation.SOFTPLUS, dim, hidden, dim);
    Forms kind = basis ? Forms.DIAGONAL : Forms.DIRECTIONAL;
    assertThat(Packing.of(mlp, kind, new Memory())).isInstanceOf(SamplePacking.class);
    Passes samples = new Passes(new SamplePacking(mlp, new Memory()), tangents, kind);
    Passes units = new Passes(new UnitPacking(mlp, new Memory()), tangents, kind);
    Parameters parameters = mlp.initialize(Init.FAN_IN, Key.of(1));
    float[] x = normals(2, n * dim);
    float[] v = normals(3, basis ? 0 : n * tangents * dim);
    float[] sBar = normals(4, n * dim);
    float[] qBar = normals(5, n * tangents);
    float[][] score = new float[2][n * dim];
    float[][] forms = new float[2][n * tangents];
    float[][] derivatives = new float[2][n * tangents * dim];
    float[][] gradient = new float[2][];
    float[][] xBar = new float[2][n * dim];
    for (int i = 0; i < 2; i++) {
      Passes passes = i == 0 ? units : samples;
      passes.pack(parameters);
      // a fuller tile before, whose leftovers must not count
      passes.jet.forward(
          normals(6, CAPACITY * dim), normals(7, CAPACITY * tangents * dim), CAPACITY, 1);
      passes.jet.forward(x, v, n, tangents == 0 ? 1 : 2);
      passes.jet.score(score[i], n);
      if (tangents > 0) {
        passes.jet.forms(forms[i], v, n);
        if (!basis) {
          passes.jet.derivatives(v, derivatives[i], n);
        }
      }
      gradient[i] = passes.gradient(x, v, sBar, qBar, n, parameters.size());
      if (tangents == 0) {
        passes.jet.inputCotangents(sBar, xBar[i], n);
      }
    }
    agree("score", score);
    agree("forms", forms);
    agree("derivatives", derivatives);
    agree("gradient", gradient);
    agree("input cotangents", xBar);
  }

  private static float[] normals(long seed, int count) {
    return count == 0 ? new float[0] : Noise.normals(Key.of(seed), 1, count).data();
  }

  private static void agree(String what, float[][] both) {
    double largest = 0;
    for (float value : both[0]) {
      largest = Math.max(largest, Math.abs(value));
    }
    for (int i = 0; i < both[0].length; i++) {
      assertThat(both[1][i])
          .as("%s %d", what, i)
          .isCloseTo(both[0][i], within((float) (TOLERANCE * largest)));
    }
  }
}
