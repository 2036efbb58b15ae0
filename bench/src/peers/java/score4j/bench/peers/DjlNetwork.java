package score4j.bench.peers;

import ai.djl.engine.Engine;
import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDManager;
import ai.djl.ndarray.types.Shape;
import ai.djl.nn.Activation;
import ai.djl.nn.core.Linear;
import ai.djl.training.GradientCollector;
import java.util.ArrayList;
import java.util.List;
import score4j.array.Batch;
import score4j.array.Parameters;
import score4j.bench.Workload;
import score4j.objective.Denoising;
import score4j.rng.Key;

/// A network in DJL on its PyTorch engine, written with nothing but DJL's public classes: scores,
/// and gradients of losses without derivatives by x. A gradient of a gradient is out of their
/// reach.
///
/// A process that has the libtorch of JavaCPP can not load that of DJL.
final class DjlNetwork {
  private final NDManager manager;
  private final Workload data;
  private final NDArray x;
  private final List<NDArray> parameters = new ArrayList<>();

  private DjlNetwork(Workload data, int threads, boolean gradients) {
    // the engine reads it once, when it starts
    System.setProperty("ai.djl.pytorch.num_threads", Integer.toString(threads));
    // its native code is on the class path: nothing is fetched, nothing is reported
    System.setProperty("ai.djl.offline", "true");
    System.setProperty("OPT_OUT_TRACKING", "true");
    manager = Engine.getEngine("PyTorch").newBaseManager();
    this.data = data;
    x = array(data.x().data());
    for (Parameters.Slice slice : data.mlp().slices()) {
      float[] numbers = data.parameters().get(slice.name());
      Shape shape =
          slice.vector() ? new Shape(slice.rows()) : new Shape(slice.rows(), slice.cols());
      NDArray parameter = manager.create(numbers, shape);
      parameter.setRequiresGradient(gradients);
      parameters.add(parameter);
    }
  }

  private NDArray array(float[] numbers) {
    return manager.create(numbers, new Shape(data.x().rows(), data.x().cols()));
  }

  private NDArray score(NDArray input) {
    NDArray a = input;
    for (int l = 0; l < parameters.size(); l += 2) {
      NDArray z = Linear.linear(a, parameters.get(l), parameters.get(l + 1)).singletonOrThrow();
      a = l + 2 == parameters.size() ? z : activation(z);
    }
    return a;
  }

  private NDArray activation(NDArray z) {
    return switch (data.mlp().activation()) {
      case TANH -> Activation.tanh(z);
      case SOFTPLUS -> Activation.softPlus(z);
      case SIGMOID -> Activation.sigmoid(z);
      case SILU, GELU, RELU ->
          throw new IllegalArgumentException("no workload has " + data.mlp().activation());
    };
  }

  /// The scores of the batch.
  static PeerScores scores(Workload data, int threads) {
    DjlNetwork network = new DjlNetwork(data, threads, false);
    return new PeerScores() {
      @Override
      public void compute() {
        try (NDManager some = network.manager.newSubManager()) {
          network.x.tempAttach(some); // what is computed from it ends with the manager
          network.score(network.x);
        }
      }

      @Override
      public void compute(Batch out) {
        try (NDManager some = network.manager.newSubManager()) {
          network.x.tempAttach(some);
          System.arraycopy(
              network.score(network.x).toFloatArray(), 0, out.data(), 0, out.data().length);
        }
      }
    };
  }

  /// The step of a workload with the denoising loss.
  static PeerStep step(Workload data, Key key, int threads) {
    return new Step(new DjlNetwork(data, threads, true), key);
  }

  private static final class Step implements PeerStep {
    private final DjlNetwork network;
    private final NDArray noise;
    private final float sigma;

    Step(DjlNetwork network, Key key) {
      this.network = network;
      noise = network.array(Draws.of(network.data, key));
      if (!(network.data.objective() instanceof Denoising denoising)) {
        throw new IllegalArgumentException("DJL has no " + network.data.objective());
      }
      sigma = (float) denoising.sigma();
    }

    @Override
    public double lossAndGradient() {
      for (NDArray parameter : network.parameters) {
        try (NDArray gradient = parameter.getGradient()) {
          gradient.subi(gradient); // it would be added to
        }
      }
      try (NDManager some = network.manager.newSubManager();
          GradientCollector collector = network.manager.getEngine().newGradientCollector()) {
        network.x.tempAttach(some);
        noise.tempAttach(some);
        NDArray s = network.score(network.x.add(noise.mul(sigma)));
        NDArray loss = s.add(noise.div(sigma)).square().sum(new int[] {1}).mean().mul(0.5f);
        collector.backward(loss);
        return loss.getFloat();
      }
    }

    @Override
    public double lossAndGradient(float[] out) {
      double loss = lossAndGradient();
      int offset = 0;
      for (NDArray parameter : network.parameters) {
        try (NDArray gradient = parameter.getGradient()) {
          float[] part = gradient.toFloatArray();
          System.arraycopy(part, 0, out, offset, part.length);
          offset += part.length;
        }
      }
      return loss;
    }
  }
}
