package score4j.nn;

import java.util.ArrayDeque;
import org.jspecify.annotations.Nullable;
import score4j.DifferentiableScore;
import score4j.array.Batch;
import score4j.array.Parameters;
import score4j.internal.kernel.KernelChoice;
import score4j.internal.kernel.Kernels;
import score4j.rng.Key;

/// A network used as a score: s(x, t) as its [Conditioning] says, or, without one, its output,
/// whatever the time.
///
/// Holds a copy of the parameters, so training on does not change it. Safe for several threads at
/// once; each call borrows working memory that later calls use again.
///
/// - **Cost** per sample: P multiply-adds for a score, 2·P for a jvp or vjp, for a divergence
///   about (1 + D)·P, or 2·P whatever D is with at most two hidden layers. Score and divergence
///   together cost as much as the divergence.
public final class ScoreNetwork implements DifferentiableScore {
  private final Mlp mlp;
  private final Conditioning conditioning;
  private final Parameters parameters;
  private final float[] context;
  private final Kernels kernels = KernelChoice.kernels();
  private final int dim;
  private final ScoreArguments arguments;
  private final Pool scores;
  private final Pool products;
  private final Pool divergences;

  private ScoreNetwork(Mlp mlp, Conditioning conditioning, Parameters parameters) {
    this.mlp = mlp;
    this.conditioning = conditioning;
    dim = conditioning.requireDim(mlp);
    arguments = new ScoreArguments(dim, conditioning);
    mlp.requireParameters(parameters);
    this.parameters = parameters.copy();
    context = new float[conditioning.context()];
    scores = new Pool(0, Forms.DIRECTIONAL);
    products = new Pool(1, Forms.DIRECTIONAL);
    divergences = new Pool(1, Forms.TRACE);
  }

  private ScoreNetwork(ScoreNetwork network, float[] context) {
    mlp = network.mlp;
    conditioning = network.conditioning;
    dim = network.dim;
    arguments = network.arguments;
    parameters = network.parameters;
    this.context = context;
    scores = network.scores;
    products = network.products;
    divergences = network.divergences;
  }

  /// The score that a network with these parameters computes, whatever the time.
  ///
  /// @throws IllegalArgumentException if the network has not as many outputs as inputs, or the
  ///     parameters are another's
  public static ScoreNetwork of(Mlp mlp, Parameters parameters) {
    return of(mlp, Conditioning.none(), parameters);
  }

  /// The score that a network computes which is told the time, or a context, beside x.
  ///
  /// @throws IllegalArgumentException if its inputs are not as many as its outputs and the
  ///     conditioning's inputs, or the parameters are another's
  public static ScoreNetwork of(Mlp mlp, Conditioning conditioning, Parameters parameters) {
    return new ScoreNetwork(mlp, conditioning, parameters);
  }

  /// An untrained score to start from.
  public static ScoreNetwork initialize(Mlp mlp, Init init, Key key) {
    return of(mlp, mlp.initialize(init, key));
  }

  /// The architecture.
  public Mlp mlp() {
    return mlp;
  }

  /// What the network is told beside x, and how its output becomes a score.
  public Conditioning conditioning() {
    return conditioning;
  }

  /// A copy of the parameters.
  public Parameters parameters() {
    return parameters.copy();
  }

  /// The same network for samples that come with this context, such as a class: s(x, t | context).
  /// Without it the context is 0. Parameters and working memory are shared.
  ///
  /// @throws IllegalArgumentException if it is not as long as the conditioning says
  public ScoreNetwork given(float... context) {
    if (context.length != conditioning.context()) {
      throw new IllegalArgumentException(
          "context has %d numbers but the network is told %d"
              .formatted(context.length, conditioning.context()));
    }
    return new ScoreNetwork(this, context.clone());
  }

  /// A copy of the numbers of the context, all 0 unless [#given].
  public float[] context() {
    return context.clone();
  }

  @Override
  public int dim() {
    return dim;
  }

  @Override
  public void score(Batch x, int from, int to, double t, Batch out) {
    arguments.requireRows(x, from, to, out);
    arguments.requireTime(t);
    scores(x, from, to, null, t, out);
  }

  @Override
  public void score(Batch x, int from, int to, double[] t, Batch out) {
    arguments.requireRows(x, from, to, out);
    arguments.requireTimes(t, from, to);
    scores(x, from, to, t, 0, out);
  }

  private void scores(Batch x, int from, int to, double @Nullable [] times, double t, Batch out) {
    Worker worker = scores.borrow();
    int rows = scores.evenly(to - from);
    for (int row = from; row < to; row += rows) {
      int n = Math.min(rows, to - row);
      worker.forward(x, row, n, times, t, context, 0);
      worker.score(x, row, n, out);
    }
    scores.giveBack(worker);
  }

  @Override
  public void jvp(Batch x, Batch v, double t, Batch out) {
    arguments.requireProducts(x, "v", v, out);
    arguments.requireTime(t);
    jvps(x, v, null, t, out);
  }

  @Override
  public void jvp(Batch x, Batch v, double[] t, Batch out) {
    arguments.requireProducts(x, "v", v, out);
    arguments.requireTimes(t, 0, x.rows());
    jvps(x, v, t, 0, out);
  }

  private void jvps(Batch x, Batch v, double @Nullable [] times, double t, Batch out) {
    Worker worker = products.borrow();
    for (int row = 0; row < x.rows(); row += products.capacity) {
      int n = Math.min(products.capacity, x.rows() - row);
      System.arraycopy(v.data(), row * dim, worker.directions, 0, n * dim);
      worker.forward(x, row, n, times, t, context, 1);
      worker.jet.derivatives(worker.directions, worker.output, n);
      worker.product(v, row, n, out);
    }
    products.giveBack(worker);
  }

  @Override
  public void vjp(Batch x, Batch w, double t, Batch out) {
    arguments.requireProducts(x, "w", w, out);
    arguments.requireTime(t);
    vjps(x, w, null, t, out);
  }

  @Override
  public void vjp(Batch x, Batch w, double[] t, Batch out) {
    arguments.requireProducts(x, "w", w, out);
    arguments.requireTimes(t, 0, x.rows());
    vjps(x, w, t, 0, out);
  }

  private void vjps(Batch x, Batch w, double @Nullable [] times, double t, Batch out) {
    Worker worker = scores.borrow();
    for (int row = 0; row < x.rows(); row += scores.capacity) {
      int n = Math.min(scores.capacity, x.rows() - row);
      worker.forward(x, row, n, times, t, context, 1);
      System.arraycopy(w.data(), row * dim, worker.cotangents, 0, n * dim);
      worker.jet.inputCotangents(worker.cotangents, worker.output, n);
      worker.product(w, row, n, out); // Jᵀ scales as J does
    }
    scores.giveBack(worker);
  }

  @Override
  public void divergence(Batch x, double t, float[] out) {
    x.requireCols("x", dim);
    arguments.requireRoom("out", out, x.rows());
    arguments.requireTime(t);
    divergences(x, 0, x.rows(), null, t, null, out);
  }

  @Override
  public void scoreAndDivergence(
      Batch x, int from, int to, double[] t, Batch score, float[] divergence) {
    arguments.requireRows(x, from, to, score);
    arguments.requireTimes(t, from, to);
    arguments.requireRoom("divergence", divergence, to);
    divergences(x, from, to, t, 0, score, divergence);
  }

  private void divergences(
      Batch x,
      int from,
      int to,
      double @Nullable [] times,
      double t,
      @Nullable Batch score,
      float[] out) {
    Worker worker = divergences.borrow();
    int rows = divergences.evenly(to - from);
    for (int row = from; row < to; row += rows) {
      int n = Math.min(rows, to - row);
      worker.forward(x, row, n, times, t, context, 1);
      if (score != null) {
        worker.score(x, row, n, score);
      }
      worker.forms(n);
      System.arraycopy(worker.forms, 0, out, row, n);
    }
    divergences.giveBack(worker);
  }

  @Override
  public void scoreAndForms(
      Batch x,
      int from,
      int to,
      double[] t,
      float[] directions,
      int count,
      Batch score,
      float[] forms) {
    arguments.requireRows(x, from, to, score);
    arguments.requireTimes(t, from, to);
    arguments.requireForms(to, directions, count, forms);
    if (count == 0) {
      scores(x, from, to, t, 0, score);
      return;
    }
    Worker worker = products.borrow();
    for (int row = from; row < to; row += products.capacity) {
      int n = Math.min(products.capacity, to - row);
      for (int k = 0; k < count; k++) {
        for (int r = 0; r < n; r++) {
          int v = ((row + r) * count + k) * dim;
          System.arraycopy(directions, v, worker.directions, r * dim, dim);
        }
        worker.forward(x, row, n, t, 0, context, 1);
        if (k == 0) {
          worker.score(x, row, n, score);
        }
        worker.forms(n);
        for (int r = 0; r < n; r++) {
          forms[(row + r) * count + k] = worker.forms[r];
        }
      }
    }
    products.giveBack(worker);
  }

  @Override
  public String toString() {
    return conditioning.isNone()
        ? "ScoreNetwork[%s %s]".formatted(mlp.sizes(), mlp.activation())
        : "ScoreNetwork[%s %s %s]".formatted(mlp.sizes(), mlp.activation(), conditioning);
  }

  /// Working memory for calls of one kind, as much as there are callers at once.
  private final class Pool {
    private static final int BLOCK = 12;

    private final int tangents;
    private final Forms forms;
    private final int capacity;
    private final ArrayDeque<Worker> free = new ArrayDeque<>();

    Pool(int tangents, Forms forms) {
      this.tangents = tangents;
      this.forms = forms;
      capacity = Packing.of(mlp, forms, new Memory()).capacity(tangents, forms);
    }

    /// How many of `n` rows to take at a time: tiles of about one size, because small ones are
    /// slow, and of whole register blocks.
    int evenly(int n) {
      if (n <= capacity) {
        return Math.max(1, n);
      }
      int even = Math.ceilDiv(n, Math.ceilDiv(n, capacity));
      return Math.min(capacity, Math.ceilDiv(even, BLOCK) * BLOCK);
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
    private final Forms kind;
    private final @Nullable Conditioner conditioner;
    private final float[] input;
    private final float[] cotangents;
    private final float[] output;
    private final float[] directions;
    private final float[] forms;

    Worker(Pool pool) {
      Memory memory = new Memory();
      kind = pool.forms;
      Packing own = Packing.of(mlp, kind, memory);
      jet = own.jet(kernels, kernels, pool.capacity, pool.tangents, kind);
      memory.allocate();
      for (int part = 0; part < own.parts(); part++) {
        own.pack(parameters.data(), part);
      }
      for (int part = 0; part < own.parts(); part++) {
        own.fold(kernels, part);
      }
      conditioner =
          conditioning.isNone() ? null : new Conditioner(conditioning, dim, pool.capacity);
      input = new float[conditioner == null ? pool.capacity * dim : 0];
      cotangents = new float[pool.capacity * dim];
      output = new float[pool.capacity * dim];
      directions = new float[kind.isTrace() ? 0 : pool.capacity * pool.tangents * dim];
      forms = new float[pool.capacity * pool.tangents];
    }

    void forward(
        Batch x, int row, int n, double @Nullable [] times, double t, float[] context, int order) {
      float[] rows = input;
      if (conditioner == null) {
        System.arraycopy(x.data(), row * dim, input, 0, n * dim);
      } else {
        rows = conditioner.rows;
        for (int r = 0; r < n; r++) {
          double time = times == null ? t : times[row + r];
          conditioner.row(r, time, x.data(), (row + r) * dim, context, 0);
        }
      }
      jet.forward(rows, directions, n, order);
    }

    void score(Batch x, int row, int n, Batch out) {
      jet.score(output, n);
      if (conditioner != null) {
        conditioner.score(output, x.data(), row * dim, n);
      }
      System.arraycopy(output, 0, out.data(), row * dim, n * dim);
    }

    /// Takes products with the output's Jacobian to the score's, and to where they are wanted.
    void product(Batch vectors, int row, int n, Batch out) {
      if (conditioner != null) {
        conditioner.derivatives(output, vectors.data(), row * dim, n);
      }
      System.arraycopy(output, 0, out.data(), row * dim, n * dim);
    }

    void forms(int n) {
      jet.forms(forms, directions, n);
      if (conditioner != null) {
        conditioner.forms(forms, directions, 1, kind, n);
      }
    }
  }
}
