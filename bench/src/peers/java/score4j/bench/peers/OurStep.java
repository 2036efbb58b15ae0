package score4j.bench.peers;

import score4j.Threads;
import score4j.array.Batch;
import score4j.bench.Workload;
import score4j.nn.JetEngine;
import score4j.rng.Key;

/// The step of score4j that [score4j.bench.train.StepBench] times, with the same random numbers
/// each time.
final class OurStep implements PeerStep {
  private final Workload data;
  private final Key key;
  private final JetEngine engine;
  private final float[] gradient;

  private OurStep(Workload data, Key key, int threads) {
    this.data = data;
    this.key = key;
    engine = data.engine(Threads.of(threads));
    gradient = new float[data.parameters().size()];
  }

  /// The step of a workload, or of its first rows; checked where it is whole.
  static OurStep of(String workload, Key key, int rows, int threads) {
    Workload whole = Workload.named(workload);
    if (rows >= whole.x().rows()) {
      OurStep step = new OurStep(whole, key, threads);
      double loss = step.lossAndGradient();
      whole.check(workload, key, step.engine, loss, step.gradient);
      return step;
    }
    Batch x = whole.x().slice(0, rows);
    return new OurStep(
        new Workload(whole.mlp(), whole.parameters(), x, whole.objective()), key, threads);
  }

  Workload data() {
    return data;
  }

  void close() {
    engine.close();
  }

  /// Throws unless another library has the same loss and gradient.
  void requireAgreement(String name, PeerStep theirs) {
    double loss = lossAndGradient();
    float[] theirGradient = new float[gradient.length];
    double theirLoss = theirs.lossAndGradient(theirGradient);
    Agreement.require(name + ": loss", new float[] {(float) theirLoss}, new float[] {(float) loss});
    Agreement.require(name + ": gradient", theirGradient, gradient);
  }

  @Override
  public double lossAndGradient() {
    return lossAndGradient(gradient);
  }

  @Override
  public double lossAndGradient(float[] gradient) {
    return engine.lossAndGradient(data.parameters(), data.x(), key, gradient);
  }
}
