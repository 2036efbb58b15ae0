package score4j;

import java.util.Objects;
import org.jspecify.annotations.Nullable;
import score4j.array.Batch;

/// a·s(x, t) + b·r(x, t).
///
/// @param first s
/// @param firstFactor a
/// @param second r, or null for none
/// @param secondFactor b
record SumScore(Score first, double firstFactor, @Nullable Score second, double secondFactor)
    implements Score {
  static SumScore of(Score first, double a, @Nullable Score second, double b) {
    if (second != null && second.dim() != first.dim()) {
      throw new IllegalArgumentException(
          "other has %d dimensions but this score has %d (D)".formatted(second.dim(), first.dim()));
    }
    return new SumScore(first, a, second, b);
  }

  @Override
  public int dim() {
    return first.dim();
  }

  @Override
  public int rowsAtOnce() {
    int rows = first.rowsAtOnce();
    return second == null ? rows : Math.max(rows, second.rowsAtOnce());
  }

  @Override
  public void score(Batch x, int from, int to, double t, Batch out) {
    first.score(x, from, to, t, out);
    Batch rest = rest(from, to);
    if (second != null) {
      second.score(x.slice(from, to), 0, to - from, t, rest);
    }
    add(rest, from, to, out);
  }

  @Override
  public void score(Batch x, int from, int to, double[] t, Batch out) {
    first.score(x, from, to, t, out);
    Batch rest = rest(from, to);
    if (second != null) {
      Objects.checkFromToIndex(from, to, t.length);
      double[] times = java.util.Arrays.copyOfRange(t, from, to);
      second.score(x.slice(from, to), 0, to - from, times, rest);
    }
    add(rest, from, to, out);
  }

  private Batch rest(int from, int to) {
    return Batch.zeros(second == null ? 0 : to - from, dim());
  }

  private void add(Batch rest, int from, int to, Batch out) {
    float a = (float) firstFactor;
    float b = (float) secondFactor;
    float[] sum = out.data();
    float[] other = rest.data();
    int first = from * dim();
    for (int i = 0; i < (to - from) * dim(); i++) {
      sum[first + i] = a * sum[first + i] + (second == null ? 0 : b * other[i]);
    }
  }
}
