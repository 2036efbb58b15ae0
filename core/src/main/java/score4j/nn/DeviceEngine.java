package score4j.nn;

import java.util.Arrays;
import java.util.List;
import java.util.Objects;
import org.jspecify.annotations.Nullable;
import score4j.Threads;
import score4j.array.Batch;
import score4j.array.Parameters;
import score4j.internal.parallel.Team;
import score4j.rng.Key;

/// The loss of a network on a batch and its gradient with respect to all parameters, for any
/// [Head], with the passes made by a [JetDevice].
///
/// A batch goes in tiles, as large as the device takes. Threads of this processor do the head's
/// part of a tile, noise, times, losses and cotangents, each for a few hundred samples; network
/// inputs and directions go to the device, scores and forms come back, cotangents go there. A head
/// whose loss is ½‖s‖² + w·Σq, on a network whose output is the score, needs nothing back but the
/// loss ([Head#implicitWeight]).
///
/// - **Bits**: those of the device. Sums go tile by tile, in order, and do not depend on the
///   threads. What a head draws for a sample is what it draws in a [JetEngine].
/// - **Memory**: a tile of samples, here and there; independent of B beyond that. After the first
///   call of each batch size, calls allocate nothing here.
///
/// An engine is used by one caller at a time; [#close] ends its threads and closes its device.
public final class DeviceEngine implements LossEngine {
  // a fixed size, so that sums do not depend on the threads
  private static final int PART = 512;
  // beyond, a device is busy whatever it is
  private static final int MOST_ROWS = 1 << 17;
  private static final int MOST_NUMBERS = 1 << 27;

  private final NetworkLoss of;
  private final Mlp mlp;
  private final Conditioning conditioning;
  private final Head head;
  private final JetDevice device;
  private final Team team;
  private final int dim;
  private final int inputs;
  private final int tangents;
  private final int evaluations;
  private final Forms forms;
  private final boolean directional;
  private final float implicitWeight;
  private final int capacity;
  private final Team.Chunk prepare = this::prepare;
  private final Team.Chunk evaluate = this::evaluate;
  private List<Parameters.Slice> checked = List.of();
  // a tile
  private Part[] parts = {};
  private float[] input = {};
  private float[] directions = {};
  private float[] score = {};
  private float[] quadratic = {};
  private float[] scoreBar = {};
  private float[] quadraticBar = {};
  private int room;
  // the call and the tile at hand
  private Batch x;
  private long firstSample;
  private Key key = Key.of(0);
  private float[] perSample = {};
  private float[] collected = {};
  private boolean gradientWanted;
  private int row;
  private int samples;

  private DeviceEngine(
      Mlp mlp, Conditioning conditioning, Head head, Threads threads, JetDevice.Factory factory) {
    of = NetworkLoss.of(mlp, conditioning, head);
    this.mlp = mlp;
    this.conditioning = conditioning;
    this.head = head;
    dim = of.dim();
    inputs = mlp.inputs();
    tangents = of.tangents();
    evaluations = of.evaluations();
    forms = of.forms();
    directional = of.directional() && tangents > 0;
    implicitWeight =
        evaluations == 1 && conditioning.scaling() == Conditioning.Scaling.PLAIN
            ? head.implicitWeight()
            : 0;
    team = new Team(threads.count(), threads.executor());
    x = Batch.zeros(0, dim());
    try {
      device = factory.open(mlp, forms, tangents);
    } catch (Throwable e) {
      team.close();
      throw e;
    }
    int widest = Math.max(inputs, directional ? tangents * dim : Math.max(dim, tangents));
    int rows = Math.min(Math.min(device.capacity(), MOST_ROWS), MOST_NUMBERS / widest);
    capacity = Math.max(1, rows / evaluations);
  }

  /// An engine for a network that is told the time, or a context, beside x, on a device that the
  /// engine opens and closes.
  ///
  /// @param threads what does the head's part
  /// @throws IllegalArgumentException if the network's inputs are not as many as its outputs and
  ///     the conditioning's inputs, the head's directions do not fit, or its times are those of
  ///     another process
  public static DeviceEngine of(
      Mlp mlp, Conditioning conditioning, Head head, Threads threads, JetDevice.Factory factory) {
    Objects.requireNonNull(factory, "factory");
    return new DeviceEngine(mlp, conditioning, head, threads, factory);
  }

  @Override
  public int dim() {
    return of.columns();
  }

  @Override
  public List<Parameters.Slice> slices() {
    return of.slices();
  }

  @Override
  public double lossAndGradient(
      Parameters parameters, Batch x, long firstSample, Key key, float[] gradient) {
    NetworkLoss.requireGradient(parameters, gradient);
    double loss = run(parameters, x, firstSample, key, true);
    device.gradient((float) (1.0 / x.rows()), gradient);
    return loss;
  }

  @Override
  public double loss(Parameters parameters, Batch x, Key key) {
    return run(parameters, x, 0, key, false);
  }

  @Override
  public void losses(Parameters parameters, Batch x, long firstSample, Key key, float[] perSample) {
    NetworkLoss.requireRoom(x, perSample);
    if (collected.length < x.rows()) {
      collected = new float[x.rows()];
    }
    this.perSample = collected;
    try {
      run(parameters, x, firstSample, key, false);
      System.arraycopy(collected, 0, perSample, 0, x.rows()); // when all have come
    } finally {
      this.perSample = new float[0];
    }
  }

  private double run(
      Parameters parameters, Batch x, long firstSample, Key key, boolean gradientWanted) {
    of.requireBatch(x);
    requireOurs(parameters);
    this.x = x;
    this.firstSample = firstSample;
    this.key = key;
    this.gradientWanted = gradientWanted;
    device.parameters(parameters.data());
    // equal tiles, because a small one keeps the device waiting as long
    int tile = Math.ceilDiv(x.rows(), Math.ceilDiv(x.rows(), capacity));
    makeRoom(tile);
    double sum = 0;
    for (row = 0; row < x.rows(); row += tile) {
      samples = Math.min(tile, x.rows() - row);
      sum += tile();
    }
    return sum / x.rows();
  }

  @SuppressWarnings("ReferenceEquality") // comparing the slices anew would allocate at every step
  private void requireOurs(Parameters parameters) {
    if (parameters.slices() != checked) {
      mlp.requireParameters(parameters);
      checked = parameters.slices();
    }
  }

  private void makeRoom(int tile) {
    if (tile <= room) {
      return;
    }
    int old = room < Math.min(PART, tile) ? 0 : parts.length; // small ones do not grow
    room = 0; // until all is there
    Part[] made = Arrays.copyOf(parts, Math.ceilDiv(tile, PART));
    for (int p = old; p < made.length; p++) {
      made[p] = new Part(Math.min(PART, tile));
    }
    parts = made;
    int rows = tile * evaluations;
    input = new float[rows * inputs];
    directions = new float[directional ? rows * tangents * dim : 0];
    score = new float[rows * dim];
    quadratic = new float[rows * tangents];
    scoreBar = new float[rows * dim];
    quadraticBar = new float[rows * tangents];
    room = tile;
  }

  private double tile() {
    int rows = samples * evaluations;
    int count = Math.ceilDiv(samples, PART);
    team.run(count, prepare);
    if (implicitWeight != 0 && perSample.length == 0) {
      return device.implicit(input, directions, rows, implicitWeight, gradientWanted);
    }
    device.forward(input, directions, rows, gradientWanted, score, quadratic);
    team.run(count, evaluate);
    if (gradientWanted) {
      device.backward(scoreBar, quadraticBar, rows);
    }
    double sum = 0;
    for (int p = 0; p < count; p++) {
      sum += parts[p].loss;
    }
    return sum;
  }

  private void prepare(int index, int member) {
    int from = index * PART;
    parts[index].prepare(from, Math.min(PART, samples - from));
  }

  private void evaluate(int index, int member) {
    parts[index].evaluate(index * PART);
  }

  @Override
  public void close() {
    team.close();
    device.close();
  }

  @Override
  public String toString() {
    return "DeviceEngine[%s %s on %s]".formatted(mlp.sizes(), head, device);
  }

  /// The head's part of some neighbouring samples of a tile.
  private final class Part {
    private final Tile tile;
    private final @Nullable Conditioner conditioner;
    private double loss;

    Part(int samples) {
      tile = new Tile(samples, dim, conditioning.context(), tangents, evaluations, directional);
      conditioner =
          conditioning.isNone() ? null : new Conditioner(conditioning, dim, samples * evaluations);
    }

    void prepare(int from, int n) {
      tile.load(x, row + from, n, firstSample, key);
      head.prepare(tile);
      int rows = n * evaluations;
      int first = from * evaluations;
      float[] own = tile.input();
      if (conditioner != null) {
        own = conditioner.rows;
        conditioner.rows(rows, evaluations, tile.times(), tile.input(), tile.context());
      }
      System.arraycopy(own, 0, input, first * inputs, rows * inputs);
      if (directional) {
        int length = tangents * dim;
        System.arraycopy(tile.directions(), 0, directions, first * length, rows * length);
      }
    }

    void evaluate(int from) {
      int rows = tile.samples() * evaluations;
      int first = from * evaluations;
      System.arraycopy(score, first * dim, tile.score(), 0, rows * dim);
      System.arraycopy(quadratic, first * tangents, tile.forms(), 0, rows * tangents);
      if (conditioner != null) {
        conditioner.score(tile.score(), tile.input(), 0, rows);
        conditioner.forms(tile.forms(), tile.directions(), tangents, forms, rows);
      }
      head.evaluate(tile);
      loss = tile.lossSum();
      if (gradientWanted) {
        if (conditioner != null) {
          conditioner.cotangents(tile.scoreBar(), tile.formsBar(), tangents, rows);
        }
        System.arraycopy(tile.scoreBar(), 0, scoreBar, first * dim, rows * dim);
        System.arraycopy(tile.formsBar(), 0, quadraticBar, first * tangents, rows * tangents);
      }
      for (int t = 0; t < (perSample.length > 0 ? tile.samples() : 0); t++) {
        perSample[row + from + t] = (float) tile.losses()[t];
      }
    }
  }
}
