package score4j.nn;

import java.util.Arrays;
import java.util.List;
import org.jspecify.annotations.Nullable;
import score4j.Threads;
import score4j.array.Batch;
import score4j.array.Parameters;
import score4j.internal.kernel.KernelChoice;
import score4j.internal.kernel.Kernels;
import score4j.internal.kernel.Products;
import score4j.internal.kernel.SharedProducts;
import score4j.internal.parallel.Team;
import score4j.rng.Key;

/// The loss of a network on a batch and its gradient with respect to all parameters, for any
/// [Head]: one pass forward that carries the value and K directional derivatives, one pass
/// backward.
///
/// A batch is cut into chunks whose number depends on its size alone; each chunk sums its
/// gradient into a buffer of its own and the buffers are added in order. So the result is the
/// same, bit for bit, for any number of threads and for the scalar and the vector kernels. Where
/// the gradient takes more than two megabytes, with that of what a trace folds, threads share one
/// tile instead, and each product in it: the weights go to the caches once for 256 samples, and
/// there is one buffer, whose sums are as long as the batch.
///
/// - **Cost**: about 3·P·B·(1 + K) multiply-adds for P parameters and K directions; the first and
///   last layer cost less for the diagonal. A trace costs as much as the diagonal or as a way of
///   its own that does not depend on D, whichever is cheaper: next to nothing with one hidden
///   layer, less than K = 1 with two.
/// - **Memory**: a tile per thread, which fits the second-level cache unless K times the widest
///   hidden layer, or the weights, outgrow it, and up to 16 gradient buffers, or a shared tile and
///   one buffer; independent of B otherwise. After the first call of each batch size, calls
///   allocate nothing, save what an executor of the caller's needs to take up work.
///
/// An engine is used by one caller at a time; [#close] ends its threads.
public final class JetEngine implements LossEngine {
  private static final int MOST_CHUNKS = 16;
  // tiles of fewer samples leave nothing to share
  private static final int LEAST_SHARED = 64;
  // what C2 compiles is called 5000 times, or 600 times with 15,000 rounds of its loops; more than
  // 40,000 rounds make it compile the same twice
  private static final int WARM_UPS = 1000;
  private static final int WARM_UP_ROWS = 6;
  // a large network has long loops in any case, and each of its gradients costs
  private static final long WARM_UP_PRODUCTS = 1_000_000_000;

  private final NetworkLoss of;
  private final Conditioning conditioning;
  private final int dim;
  private final Kernels kernels = KernelChoice.kernels();
  private final Packing net;
  private final Team team;
  private final SharedProducts shared;
  private final boolean sharesTiles;
  private final Worker[] workers;
  private final int tangents;
  private final int evaluations;
  private final Forms forms;
  private final int capacity;
  private final Team.Chunk pack = this::pack;
  private final Team.Chunk fold = this::fold;
  private final Team.Chunk combine = this::combine;
  private final Team.Chunk work = this::chunk;
  private final Team.Chunk product = this::product;
  private final Team.Chunk unpack = this::unpack;
  private float[][] buffers = {};
  private double[] sums = {};
  // the call at hand
  private Batch x;
  private long firstSample;
  private Key key = Key.of(0);
  private float[] parameters = {};
  private float[] gradient = {};
  private float[] perSample = {};
  private boolean gradientWanted;
  private int chunkRows;

  /// An engine for a network whose outputs are as many as its inputs.
  ///
  /// @throws IllegalArgumentException if they are not, or the head's directions do not fit them
  public JetEngine(Mlp mlp, Head head, Threads threads) {
    this(mlp, Conditioning.none(), head, threads);
  }

  /// An engine for a network that is told the time, or a context, beside x.
  ///
  /// @throws IllegalArgumentException if its inputs are not as many as its outputs and the
  ///     conditioning's inputs, the head's directions do not fit, or its times are those of another
  ///     process
  public JetEngine(Mlp mlp, Conditioning conditioning, Head head, Threads threads) {
    of = NetworkLoss.of(mlp, conditioning, head);
    this.conditioning = conditioning;
    dim = of.dim();
    tangents = of.tangents();
    evaluations = of.evaluations();
    forms = of.forms();
    Memory memory = new Memory();
    net = Packing.of(mlp, forms, memory);
    capacity = Math.max(1, net.capacity(tangents, forms) / evaluations);
    team = new Team(threads.count(), threads.executor());
    shared = new SharedProducts(kernels, team.members(), parts -> team.run(parts, product));
    sharesTiles = net.sharesTiles() && capacity >= LEAST_SHARED;
    workers = new Worker[sharesTiles ? 1 : team.members()];
    for (int member = 0; member < workers.length; member++) {
      workers[member] = new Worker(sharesTiles ? team.members() : 1);
    }
    memory.allocate();
    x = Batch.zeros(0, dim());
  }

  /// The network.
  public Mlp mlp() {
    return of.mlp();
  }

  /// The columns of the data: D, and those of the context.
  @Override
  public int dim() {
    return of.columns();
  }

  @Override
  public List<Parameters.Slice> slices() {
    return of.slices();
  }

  /// The mean loss over the batch, in nats per sample, and its gradient.
  ///
  /// @param x samples, B × D, at least one
  /// @param key where the noise of this call comes from: sample i draws from (key, row i)
  /// @param gradient overwritten with ∂loss/∂parameters, flat [P] in the layout of the parameters
  /// @return the loss, possibly not finite
  /// @throws IllegalArgumentException if a shape does not fit
  public double lossAndGradient(Parameters parameters, Batch x, Key key, float[] gradient) {
    return lossAndGradient(parameters, x, 0, key, gradient);
  }

  /// The same for a batch that is part of a greater whole under one key.
  ///
  /// @param firstSample the number of the first row in the whole: row i draws from (key,
  ///     firstSample + i)
  @Override
  public double lossAndGradient(
      Parameters parameters, Batch x, long firstSample, Key key, float[] gradient) {
    NetworkLoss.requireGradient(parameters, gradient);
    double loss = run(parameters, x, firstSample, key, true);
    this.gradient = gradient;
    if (net.folds()) {
      team.run(net.parts(), combine);
    }
    team.run(net.parts(), unpack);
    return loss;
  }

  /// Computes the gradient of a few samples again and again, so that the JVM compiles the kernels
  /// while their loops are short. Where many steps follow, full speed comes most of a second
  /// earlier; where few do, it is not worth its own half a second.
  ///
  /// @param x any samples, of which the first few are taken
  @Override
  public void warmUp(Parameters parameters, Batch x, Key key) {
    float[] gradient = new float[parameters.size()];
    Batch few = x.slice(0, Math.min(WARM_UP_ROWS, x.rows()));
    long products = 3L * WARM_UP_ROWS * parameters.size() * (1 + tangents);
    long times = Math.clamp(WARM_UP_PRODUCTS / products, 1, WARM_UPS);
    for (int i = 0; i < times; i++) {
      lossAndGradient(parameters, few, key, gradient);
    }
  }

  /// The mean loss over the batch, in nats per sample.
  @Override
  public double loss(Parameters parameters, Batch x, Key key) {
    return run(parameters, x, 0, key, false);
  }

  /// The loss of each sample.
  ///
  /// @param perSample at least B numbers
  public void losses(Parameters parameters, Batch x, Key key, float[] perSample) {
    losses(parameters, x, 0, key, perSample);
  }

  /// The same for a batch that is part of a greater whole under one key.
  ///
  /// @param firstSample the number of the first row in the whole
  @Override
  public void losses(Parameters parameters, Batch x, long firstSample, Key key, float[] perSample) {
    NetworkLoss.requireRoom(x, perSample);
    this.perSample = perSample;
    try {
      run(parameters, x, firstSample, key, false);
    } finally {
      this.perSample = new float[0];
    }
  }

  private double run(
      Parameters parameters, Batch x, long firstSample, Key key, boolean gradientWanted) {
    of.requireBatch(x);
    net.check(parameters);
    this.parameters = parameters.data();
    team.run(net.parts(), pack);
    if (net.folds()) {
      team.run(net.parts(), fold);
    }
    this.x = x;
    this.firstSample = firstSample;
    this.key = key;
    this.gradientWanted = gradientWanted;
    int chunks = chunks(x.rows());
    chunkRows = chunkRows(x.rows());
    if (sums.length < chunks) {
      sums = new double[chunks];
    }
    if (gradientWanted && buffers.length < chunks) {
      int old = buffers.length;
      buffers = Arrays.copyOf(buffers, chunks);
      for (int c = old; c < chunks; c++) {
        buffers[c] = new float[net.gradientLength()];
      }
    }
    if (sharesTiles) {
      chunk(0, 0);
    } else {
      team.run(chunks, work);
    }
    double sum = 0;
    for (int c = 0; c < chunks; c++) {
      sum += sums[c];
    }
    return sum / x.rows();
  }

  // equal chunks, because the slowest thread sets the pace
  private int chunkRows(int rows) {
    if (sharesTiles) {
      return rows;
    }
    int least = Math.min(net.chunk(), 2 * Packing.CHUNK);
    int chunks = Math.clamp(Math.ceilDiv(rows, least), 1, MOST_CHUNKS);
    return Math.ceilDiv(rows, chunks);
  }

  private int chunks(int rows) {
    int size = chunkRows(rows);
    return Math.ceilDiv(rows, size);
  }

  private void chunk(int index, int member) {
    Worker worker = workers[member];
    int from = index * chunkRows;
    int to = Math.min(x.rows(), from + chunkRows);
    if (gradientWanted) {
      net.clear(buffers[index]);
    }
    // equal tiles, because a small one costs a way of the weights to the caches, too
    int tileRows = Math.ceilDiv(to - from, Math.ceilDiv(to - from, capacity));
    double sum = 0;
    for (int row = from; row < to; row += tileRows) {
      sum += tile(worker, row, Math.min(tileRows, to - row), index, row == from);
    }
    sums[index] = sum;
  }

  private void pack(int part, int member) {
    net.pack(parameters, part);
  }

  private void fold(int part, int member) {
    net.fold(kernels, part);
  }

  private void combine(int part, int member) {
    net.combine(kernels, buffers, chunks(x.rows()), part);
  }

  private void product(int part, int member) {
    shared.part(part);
  }

  private void unpack(int part, int member) {
    net.unpack(kernels, buffers, chunks(x.rows()), (float) (1.0 / x.rows()), gradient, part);
  }

  private double tile(Worker worker, int row, int n, int index, boolean first) {
    HeadTiles tile = worker.tile;
    Jet jet = worker.jet;
    Conditioner conditioner = worker.conditioner;
    tile.prepare(x, row, n, firstSample, key);
    int rows = n * evaluations;
    float[] input = tile.input;
    if (conditioner != null) {
      input = conditioner.rows;
      conditioner.rows(rows, evaluations, tile.times, tile.input, tile.context);
    }
    jet.forward(
        input,
        tile.directions,
        rows,
        tangents == 0 ? (gradientWanted ? 1 : 0) : gradientWanted ? 2 : 1);
    jet.score(tile.score, rows);
    if (tangents > 0) {
      jet.forms(tile.forms, tile.directions, rows);
    }
    if (conditioner != null) {
      conditioner.score(tile.score, tile.input, 0, rows);
      conditioner.forms(tile.forms, tile.directions, tangents, forms, rows);
    }
    tile.evaluate();
    if (gradientWanted) {
      if (conditioner != null) {
        conditioner.cotangents(tile.scoreBar, tile.formsBar, tangents, rows);
      }
      jet.backward(
          input, tile.directions, tile.scoreBar, tile.formsBar, rows, first, buffers[index]);
    }
    if (perSample.length > 0) {
      for (int t = 0; t < n; t++) {
        perSample[row + t] = (float) tile.losses[t];
      }
    }
    return tile.loss();
  }

  /// Ends the threads of this engine.
  @Override
  public void close() {
    team.close();
  }

  private final class Worker {
    final HeadTiles tile;
    final Jet jet;
    final @Nullable Conditioner conditioner;

    Worker(int threads) {
      tile =
          new HeadTiles(
              of.head(),
              team,
              threads,
              capacity,
              dim,
              conditioning.context(),
              tangents,
              of.directional());
      int rows = capacity * evaluations;
      Products products = threads == 1 ? kernels : shared;
      jet = net.jet(kernels, products, rows, tangents, forms);
      conditioner = conditioning.isNone() ? null : new Conditioner(conditioning, dim, rows);
    }
  }
}
