package score4j.internal.kernel;

import static score4j.internal.kernel.Fma.fma;

/// The lane kernels as plain Java: the definition that the vector twin is held to.
final class ScalarLaneKernels implements LaneKernels {
  @Override
  public void map(Elementary f, float[] y, int yo, float[] x, int xo, int n) {
    for (int j = 0; j < n; j++) {
      y[yo + j] = apply(f, x[xo + j]);
    }
  }

  private static float apply(Elementary f, float x) {
    return switch (f) {
      case NEG -> -x;
      case EXP -> Functions.exp(x);
      case LOG -> Functions.log(x);
      case LOG1P -> Functions.log1p(x);
      case EXPM1 -> Functions.expm1(x);
      case SQRT -> (float) Math.sqrt(x);
      case RECIPROCAL -> 1f / x;
      case SIN -> Functions.sin(x);
      case COS -> Functions.cos(x);
      case ERF -> Functions.erf(x);
      case STEP -> x > 0 ? 1f : 0f;
      case ABS -> Math.abs(x);
      case SIGN -> x > 0 ? 1f : x < 0 ? -1f : 0f;
    };
  }

  @Override
  public void zip(
      Pair f, float[] y, int yo, float[] a, int ao, int am, float[] b, int bo, int bm, int n) {
    for (int j = 0; j < n; j++) {
      y[yo + j] = apply(f, a[ao + (j & am)], b[bo + (j & bm)]);
    }
  }

  private static float apply(Pair f, float a, float b) {
    return switch (f) {
      case ADD -> a + b;
      case SUB -> a - b;
      case MUL -> a * b;
      case DIV -> a / b;
      case SCALE -> a == 0 ? 0f : a * b;
      case MIN -> Math.min(a, b);
      case MAX -> Math.max(a, b);
      case GREATER -> a > b ? 1f : 0f;
    };
  }

  @Override
  public void multiplyAdd(
      boolean negated,
      float[] y,
      int yo,
      float[] a,
      int ao,
      int am,
      float[] b,
      int bo,
      int bm,
      float[] c,
      int co,
      int cm,
      int n) {
    for (int j = 0; j < n; j++) {
      float left = a[ao + (j & am)];
      y[yo + j] = fma(negated ? -left : left, b[bo + (j & bm)], c[co + (j & cm)]);
    }
  }

  @Override
  public void select(
      float[] y,
      int yo,
      float[] c,
      int co,
      int cm,
      float[] a,
      int ao,
      int am,
      float[] b,
      int bo,
      int bm,
      int n) {
    for (int j = 0; j < n; j++) {
      y[yo + j] = c[co + (j & cm)] != 0 ? a[ao + (j & am)] : b[bo + (j & bm)];
    }
  }

  @Override
  public void products(
      boolean accumulate,
      float[] y,
      int yo,
      int yr,
      int yc,
      float[] a,
      int ao,
      int ar,
      int ac,
      int am,
      float[] b,
      int bo,
      int br,
      int bc,
      int bm,
      int m,
      int n,
      int k,
      int lanes) {
    for (int i = 0; i < m; i++) {
      for (int j = 0; j < n; j++) {
        int to = yo + i * yr + j * yc;
        for (int l = 0; l < lanes; l++) {
          float sum = accumulate ? y[to + l] : 0f;
          for (int p = 0; p < k; p++) {
            float left = a[ao + i * ar + p * ac + (l & am)];
            sum = fma(left, b[bo + p * br + j * bc + (l & bm)], sum);
          }
          y[to + l] = sum;
        }
      }
    }
  }

  @Override
  public void transpose(float[] y, int yo, int ys, float[] x, int xo, int xs, int rows, int cols) {
    for (int i = 0; i < rows; i++) {
      for (int j = 0; j < cols; j++) {
        y[yo + j * ys + i] = x[xo + i * xs + j];
      }
    }
  }
}
