package score4j.internal.kernel;

/// The noise as plain Java: the definition that the vector twin is held to.
final class ScalarNoiseKernels implements NoiseKernels {
  @Override
  public void fill(
      Law law, long key, int step, long firstSample, int rows, int cols, float[] out, int at) {
    for (int row = 0; row < rows; row++) {
      for (int c = 0; c < cols; c += 4) {
        block(law, key, step, firstSample + row, c, out, at + row * cols + c, cols - c);
      }
    }
  }

  /// The block of coordinates `c` … `c + 3`, of which `left` are wanted. The four words stay in
  /// locals, because an array is an allocation wherever the compiler does not see through it.
  static void block(
      Law law, long key, int step, long sample, int c, float[] out, int at, int left) {
    int x0 = c >>> 2;
    int x1 = step;
    int x2 = (int) sample;
    int x3 = (int) (sample >>> 32);
    int k0 = (int) key;
    int k1 = (int) (key >>> 32);
    for (int round = 0; round < ROUNDS; round++) {
      long p0 = (x0 & WORD) * M0;
      long p1 = (x2 & WORD) * M1;
      x0 = (int) (p1 >>> 32) ^ x1 ^ k0;
      x1 = (int) p1;
      x2 = (int) (p0 >>> 32) ^ x3 ^ k1;
      x3 = (int) p0;
      k0 += W0;
      k1 += W1;
    }
    switch (law) {
      case UNIFORM -> {
        out[at] = uniform(x0);
        if (left > 1) {
          out[at + 1] = uniform(x1);
        }
        if (left > 2) {
          out[at + 2] = uniform(x2);
        }
        if (left > 3) {
          out[at + 3] = uniform(x3);
        }
      }
      case NORMAL -> {
        float r = BoxMuller.radius(x0);
        if (left > 1) {
          BoxMuller.pair(r, x1, out, at);
        } else {
          out[at] = BoxMuller.first(r, x1);
        }
        if (left > 3) {
          BoxMuller.pair(BoxMuller.radius(x2), x3, out, at + 2);
        } else if (left > 2) {
          out[at + 2] = BoxMuller.first(BoxMuller.radius(x2), x3);
        }
      }
      case SIGN -> {
        out[at] = sign(x0);
        if (left > 1) {
          out[at + 1] = sign(x1);
        }
        if (left > 2) {
          out[at + 2] = sign(x2);
        }
        if (left > 3) {
          out[at + 3] = sign(x3);
        }
      }
    }
  }

  private static float uniform(int word) {
    return (word >>> 8) * 0x1p-24f;
  }

  private static float sign(int word) {
    return Float.intBitsToFloat(0x3F800000 | (word & 0x80000000)); // ±1 by the top bit
  }
}
