package score4j.autodiff;

import java.util.ArrayDeque;
import java.util.Objects;
import score4j.DifferentiableScore;
import score4j.Threads;
import score4j.array.Batch;

/// A traced function with given parameters as a score, in `float` on the kernels. It ignores the
/// time.
final class TracedScore implements DifferentiableScore {
  // samples at once, where a sample comes with a vector
  private static final int ROWS = 256;

  private final Fn score;
  private final float[] parameters;
  private final Pool scores;
  private final Pool jvps;
  private final Pool vjps;
  private final Pool divergences;

  TracedScore(Fn score, float[] parameters) {
    this.score = score;
    this.parameters = parameters.clone();
    int dim = score.inputs();
    // x and the vector that comes with it are one row
    scores = new Pool(score);
    jvps =
        new Pool(
            Fn.of(
                score.parameters(),
                2 * dim,
                (w, u) ->
                    Derivatives.jvp(
                        x -> score.apply(w, x), u.slice(0, dim), u.slice(dim, 2 * dim))));
    vjps =
        new Pool(
            Fn.of(
                score.parameters(),
                2 * dim,
                (w, u) ->
                    Derivatives.vjp(
                        x -> score.apply(w, x), u.slice(0, dim), u.slice(dim, 2 * dim))));
    divergences = new Pool(score.divergence());
  }

  @Override
  public int dim() {
    return score.inputs();
  }

  @Override
  public void score(Batch x, int from, int to, double t, Batch out) {
    x.requireCols("x", dim());
    out.requireShape("out", x.rows(), dim());
    Objects.checkFromToIndex(from, to, x.rows());
    scores.run(x, from, to, out.data());
  }

  @Override
  public void jvp(Batch x, Batch v, double t, Batch out) {
    withVectors(jvps, x, "v", v, out);
  }

  @Override
  public void vjp(Batch x, Batch w, double t, Batch out) {
    withVectors(vjps, x, "w", w, out);
  }

  @Override
  public void divergence(Batch x, double t, float[] out) {
    x.requireCols("x", dim());
    if (out.length < x.rows()) {
      throw new IllegalArgumentException(
          "out has room for %d numbers but there are %d samples (B)"
              .formatted(out.length, x.rows()));
    }
    divergences.run(x, 0, x.rows(), out);
  }

  private void withVectors(Pool pool, Batch x, String name, Batch v, Batch out) {
    x.requireCols("x", dim());
    v.requireShape(name, x.rows(), dim());
    out.requireShape("out", x.rows(), dim());
    int dim = dim();
    Worker worker = pool.borrow();
    for (int row = 0; row < x.rows(); row += ROWS) {
      int n = Math.min(ROWS, x.rows() - row);
      for (int i = 0; i < n; i++) {
        int to = 2 * i * dim;
        System.arraycopy(x.data(), (row + i) * dim, worker.rows.data(), to, dim);
        System.arraycopy(v.data(), (row + i) * dim, worker.rows.data(), to + dim, dim);
      }
      worker.function.map(worker.rows, 0, n, worker.results);
      System.arraycopy(worker.results, 0, out.data(), row * dim, n * dim);
    }
    pool.giveBack(worker);
  }

  /// Functions planned for one thread each, as many as there are callers at once.
  private final class Pool {
    private final Fn function;
    private final ArrayDeque<Worker> free = new ArrayDeque<>();

    Pool(Fn function) {
      this.function = function;
    }

    void run(Batch x, int from, int to, float[] out) {
      Worker worker = borrow();
      worker.function.map(x, from, to, out);
      giveBack(worker);
    }

    synchronized Worker borrow() {
      Worker worker = free.poll();
      return worker == null ? new Worker(function, parameters) : worker;
    }

    synchronized void giveBack(Worker worker) {
      free.push(worker);
    }
  }

  private static final class Worker {
    private final BatchFunction function;
    private final Batch rows;
    private final float[] results;

    Worker(Fn function, float[] parameters) {
      this.function = function.compile(Threads.ONE);
      this.function.set(parameters);
      boolean pairs = function.shape().rank() == 1;
      rows = Batch.zeros(pairs ? ROWS : 0, function.inputs());
      results = new float[rows.rows() * function.shape().size()];
    }
  }

  @Override
  public String toString() {
    return "TracedScore[%d]".formatted(dim());
  }
}
