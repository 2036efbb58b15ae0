package score4j.objective;

import java.util.ArrayList;
import java.util.List;
import java.util.function.BiFunction;
import org.jspecify.annotations.Nullable;
import score4j.Threads;
import score4j.array.Batch;
import score4j.array.Parameters;
import score4j.autodiff.BatchFunction;
import score4j.autodiff.BatchLoss;
import score4j.autodiff.Expr;
import score4j.autodiff.Fn;
import score4j.autodiff.Loss;
import score4j.autodiff.Shape;
import score4j.autodiff.Weights;
import score4j.nn.Activation;
import score4j.nn.EnergyNetwork;
import score4j.nn.LossEngine;
import score4j.nn.Mlp;
import score4j.rng.Key;

/// A loss as its [Definition] says, on any score that can be traced: differentiated by the library
/// and run on the kernels.
///
/// For a score network and an [Objective], [score4j.nn.JetEngine] computes the same about 1.5 times
/// as fast. Results do not depend on the threads. After the first call of each batch size, calls
/// allocate nothing.
public final class TracedEngine implements LossEngine {
  /// What belongs to one size of batch.
  private static final class Room {
    private final Batch rows;
    private final Batch losses;
    private final float[] drawn;

    Room(int rows, int dim, int draws) {
      this.rows = Batch.zeros(rows, dim * (1 + draws));
      losses = Batch.zeros(rows, 1);
      drawn = new float[rows * draws * dim];
    }
  }

  private final Definition definition;
  private final List<Parameters.Slice> slices;
  private final int dim;
  private final Threads threads;
  private final Fn loss;
  private final List<Room> rooms = new ArrayList<>();
  private @Nullable BatchLoss gradients;
  private @Nullable BatchFunction values;

  /// A loss of a score.
  ///
  /// @param slices what the parameters are
  /// @param dim the number of coordinates D
  /// @param score of parameters and x
  /// @throws IllegalArgumentException if the loss of a sample is not one number
  public TracedEngine(
      Definition definition,
      List<Parameters.Slice> slices,
      int dim,
      BiFunction<Weights, Expr, Expr> score,
      Threads threads) {
    this.definition = definition;
    this.slices = List.copyOf(slices);
    this.dim = dim;
    this.threads = threads;
    int draws = definition.draws();
    if (draws < 0) {
      throw new IllegalArgumentException(
          "the objective %s has draws() = %d: the least is 0".formatted(definition.name(), draws));
    }
    // a sample and what is drawn with it are one row
    loss =
        Fn.of(
            this.slices,
            dim * (1 + draws),
            (weights, row) -> {
              Expr x = row.slice(0, dim);
              Expr drawn = draws == 0 ? x : row.slice(dim, dim * (1 + draws));
              return definition.loss(
                  u -> score.apply(weights, u),
                  x,
                  drawn.reshape(Shape.matrix(Math.max(1, draws), dim)));
            });
    if (!loss.shape().equals(Shape.SCALAR)) {
      throw new IllegalArgumentException(
          "the objective %s gives %s for a sample but a loss is one number: sum it"
              .formatted(definition.name(), loss.shape()));
    }
  }

  /// A loss of a score network.
  ///
  /// @throws IllegalArgumentException if it has not as many outputs as inputs
  public static TracedEngine of(Definition definition, Mlp mlp, Threads threads) {
    if (mlp.inputs() != mlp.outputs()) {
      throw new IllegalArgumentException(
          "a score has as many outputs as inputs but the network has sizes %s: make the first and last equal"
              .formatted(mlp.sizes()));
    }
    return new TracedEngine(definition, mlp.slices(), mlp.inputs(), mlp::apply, threads);
  }

  /// A loss of an energy network, s = −∇f.
  ///
  /// @throws IllegalArgumentException if it has more than one output, or relu and a loss that
  ///     takes derivatives of the score
  public static TracedEngine ofEnergy(Definition definition, Mlp mlp, Threads threads) {
    EnergyNetwork.requireEnergy(mlp);
    if (mlp.activation() == Activation.RELU && definition.differentiatesScore()) {
      throw new IllegalArgumentException(
          "the objective %s takes derivatives of the score, which are 0 almost everywhere for an energy with relu, so it would learn s = 0: choose softplus or silu, or the objective denoising"
              .formatted(definition.name()));
    }
    return new TracedEngine(
        definition,
        mlp.slices(),
        mlp.inputs(),
        (weights, x) -> EnergyNetwork.score(mlp, weights, x),
        threads);
  }

  @Override
  public int dim() {
    return dim;
  }

  @Override
  public List<Parameters.Slice> slices() {
    return slices;
  }

  @Override
  public double lossAndGradient(
      Parameters parameters, Batch x, long firstSample, Key key, float[] gradient) {
    Room room = fill(x, firstSample, key);
    BatchLoss compiled = gradients;
    if (compiled == null) {
      compiled = Loss.of(loss).compile(threads);
      gradients = compiled;
    }
    return compiled.valueAndGrad(parameters.data(), room.rows, gradient);
  }

  @Override
  public double loss(Parameters parameters, Batch x, Key key) {
    double sum = 0;
    for (float value : each(parameters, x, 0, key)) {
      sum += value;
    }
    return sum / x.rows();
  }

  @Override
  public void losses(Parameters parameters, Batch x, long firstSample, Key key, float[] perSample) {
    if (perSample.length < x.rows()) {
      throw new IllegalArgumentException(
          "perSample has room for %d numbers but there are %d samples (B)"
              .formatted(perSample.length, x.rows()));
    }
    System.arraycopy(each(parameters, x, firstSample, key), 0, perSample, 0, x.rows());
  }

  private float[] each(Parameters parameters, Batch x, long firstSample, Key key) {
    Room room = fill(x, firstSample, key);
    BatchFunction compiled = values;
    if (compiled == null) {
      compiled = loss.compile(threads);
      values = compiled;
    }
    compiled.map(parameters.data(), room.rows, room.losses);
    return room.losses.data();
  }

  private Room fill(Batch x, long firstSample, Key key) {
    x.requireCols("x", dim);
    if (x.rows() == 0) {
      throw new IllegalArgumentException(
          "x has no rows, so the mean loss is undefined: pass at least one sample");
    }
    Room room = room(x.rows());
    int draws = definition.draws();
    float[] drawn = room.drawn;
    definition.draw(key, firstSample, x, drawn);
    float[] rows = room.rows.data();
    int width = dim * (1 + draws);
    for (int i = 0; i < x.rows(); i++) {
      System.arraycopy(x.data(), i * dim, rows, i * width, dim);
      System.arraycopy(drawn, i * draws * dim, rows, i * width + dim, draws * dim);
    }
    return room;
  }

  private Room room(int rows) {
    for (int i = 0; i < rooms.size(); i++) {
      if (rooms.get(i).rows.rows() == rows) {
        return rooms.get(i);
      }
    }
    // a training has minibatches of two sizes, and what is held out
    if (rooms.size() == 3) {
      rooms.removeFirst();
    }
    Room room = new Room(rows, dim, definition.draws());
    rooms.add(room);
    return room;
  }

  @Override
  public void close() {
    if (gradients != null) {
      gradients.close();
    }
    if (values != null) {
      values.close();
    }
  }

  @Override
  public String toString() {
    return "TracedEngine[%s %d]".formatted(definition.name(), dim);
  }
}
