package score4j.nn;

import java.util.ArrayDeque;
import score4j.DifferentiableScore;
import score4j.array.Batch;
import score4j.array.Parameters;
import score4j.internal.kernel.KernelChoice;
import score4j.internal.kernel.Kernels;
import score4j.rng.Key;

/// A network used as a score: s(x) is its output. It ignores the time.
///
/// Holds a copy of the parameters, so training on does not change it. Safe for several threads at
/// once; each call borrows working memory that later calls use again.
///
/// - **Cost** per sample: P multiply-adds for a score, 2·P for a jvp or vjp, for a divergence
///   about (1 + D)·P, or 2·P whatever D is with at most two hidden layers.
public final class ScoreNetwork implements DifferentiableScore {
  private final Mlp mlp;
  private final Parameters parameters;
  private final Kernels kernels = KernelChoice.kernels();
  private final Pool scores;
  private final Pool products;
  private final Pool divergences;

  private ScoreNetwork(Mlp mlp, Parameters parameters) {
    this.mlp = mlp;
    this.parameters = parameters.copy();
    mlp.requireParameters(parameters);
    scores = new Pool(0, Forms.DIRECTIONAL);
    products = new Pool(1, Forms.DIRECTIONAL);
    divergences = new Pool(1, Forms.TRACE);
  }

  /// The score that a network with these parameters computes.
  ///
  /// @throws IllegalArgumentException if the network has not as many outputs as inputs, or the
  ///     parameters are another's
  public static ScoreNetwork of(Mlp mlp, Parameters parameters) {
    if (mlp.inputs() != mlp.outputs()) {
      throw new IllegalArgumentException(
          "a score has as many outputs as inputs but the network has sizes %s: make the first and last equal"
              .formatted(mlp.sizes()));
    }
    return new ScoreNetwork(mlp, parameters);
  }

  /// An untrained score to start from.
  public static ScoreNetwork initialize(Mlp mlp, Init init, Key key) {
    return of(mlp, mlp.initialize(init, key));
  }

  /// The architecture.
  public Mlp mlp() {
    return mlp;
  }

  /// A copy of the parameters.
  public Parameters parameters() {
    return parameters.copy();
  }

  @Override
  public int dim() {
    return mlp.outputs();
  }

  @Override
  public void score(Batch x, int from, int to, double t, Batch out) {
    x.requireCols("x", dim());
    out.requireShape("out", x.rows(), dim());
    java.util.Objects.checkFromToIndex(from, to, x.rows());
    Worker worker = scores.borrow();
    for (int row = from; row < to; row += scores.capacity) {
      int n = Math.min(scores.capacity, to - row);
      worker.load(x, row, n);
      worker.jet.forward(worker.input, worker.directions, n, 0);
      worker.jet.score(worker.output, n);
      System.arraycopy(worker.output, 0, out.data(), row * dim(), n * dim());
    }
    scores.giveBack(worker);
  }

  @Override
  public void jvp(Batch x, Batch v, double t, Batch out) {
    requireThree(x, "v", v, out);
    Worker worker = products.borrow();
    for (int row = 0; row < x.rows(); row += products.capacity) {
      int n = Math.min(products.capacity, x.rows() - row);
      worker.load(x, row, n);
      System.arraycopy(v.data(), row * dim(), worker.directions, 0, n * dim());
      worker.jet.forward(worker.input, worker.directions, n, 1);
      worker.jet.derivatives(worker.directions, worker.output, n);
      System.arraycopy(worker.output, 0, out.data(), row * dim(), n * dim());
    }
    products.giveBack(worker);
  }

  @Override
  public void vjp(Batch x, Batch w, double t, Batch out) {
    requireThree(x, "w", w, out);
    Worker worker = scores.borrow();
    for (int row = 0; row < x.rows(); row += scores.capacity) {
      int n = Math.min(scores.capacity, x.rows() - row);
      worker.load(x, row, n);
      worker.jet.forward(worker.input, worker.directions, n, 1);
      System.arraycopy(w.data(), row * dim(), worker.input, 0, n * dim());
      worker.jet.inputCotangents(worker.input, worker.output, n);
      System.arraycopy(worker.output, 0, out.data(), row * dim(), n * dim());
    }
    scores.giveBack(worker);
  }

  @Override
  public void divergence(Batch x, double t, float[] out) {
    x.requireCols("x", dim());
    if (out.length < x.rows()) {
      throw new IllegalArgumentException(
          "out has room for %d numbers but there are %d samples (B)"
              .formatted(out.length, x.rows()));
    }
    Worker worker = divergences.borrow();
    for (int row = 0; row < x.rows(); row += divergences.capacity) {
      int n = Math.min(divergences.capacity, x.rows() - row);
      worker.load(x, row, n);
      worker.jet.forward(worker.input, worker.directions, n, 1);
      worker.jet.forms(worker.forms, worker.directions, n);
      System.arraycopy(worker.forms, 0, out, row, n);
    }
    divergences.giveBack(worker);
  }

  private void requireThree(Batch x, String name, Batch v, Batch out) {
    x.requireCols("x", dim());
    v.requireShape(name, x.rows(), dim());
    out.requireShape("out", x.rows(), dim());
  }

  @Override
  public String toString() {
    return "ScoreNetwork[%s %s]".formatted(mlp.sizes(), mlp.activation());
  }

  /// Working memory for calls of one kind, as much as there are callers at once.
  private final class Pool {
    private final int tangents;
    private final Forms forms;
    private final int capacity;
    private final ArrayDeque<Worker> free = new ArrayDeque<>();

    Pool(int tangents, Forms forms) {
      this.tangents = tangents;
      this.forms = forms;
      capacity = Packing.of(mlp, forms, new Memory()).capacity(tangents, forms);
    }

    synchronized Worker borrow() {
      Worker worker = free.poll();
      return worker == null ? new Worker(this) : worker;
    }

    synchronized void giveBack(Worker worker) {
      free.push(worker);
    }
  }

  private final class Worker {
    private final Jet jet;
    private final float[] input;
    private final float[] output;
    private final float[] directions;
    private final float[] forms;

    Worker(Pool pool) {
      Memory memory = new Memory();
      Packing own = Packing.of(mlp, pool.forms, memory);
      jet = own.jet(kernels, kernels, pool.capacity, pool.tangents, pool.forms);
      memory.allocate();
      for (int part = 0; part < own.parts(); part++) {
        own.pack(parameters.data(), part);
      }
      for (int part = 0; part < own.parts(); part++) {
        own.fold(kernels, part);
      }
      input = new float[pool.capacity * dim()];
      output = new float[pool.capacity * dim()];
      directions = new float[pool.forms.isTrace() ? 0 : pool.capacity * pool.tangents * dim()];
      forms = new float[pool.capacity * pool.tangents];
    }

    void load(Batch x, int row, int n) {
      System.arraycopy(x.data(), row * dim(), input, 0, n * dim());
    }
  }
}
