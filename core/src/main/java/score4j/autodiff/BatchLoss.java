package score4j.autodiff;

import java.util.List;
import score4j.Threads;
import score4j.array.Batch;
import score4j.array.Parameters;

/// A traced loss planned for batches: its mean and the gradient of the mean with respect to all
/// parameters, in `float`, on the kernels, without allocation after the first call of each batch
/// size.
///
/// The bits do not depend on the number of threads or on the choice of kernels. One caller at a
/// time; [#close] ends its threads.
public final class BatchLoss implements AutoCloseable {
  private final Loss loss;
  private final FloatExecutor executor;
  private final float[] mean = new float[1];
  private final float[][] noOutputs;

  BatchLoss(Loss loss, Threads threads) {
    this.loss = loss;
    executor = new FloatExecutor(loss.program(), threads);
    noOutputs = new float[1 + loss.parameters().size()][];
  }

  /// The mean loss over the batch, and its gradient.
  ///
  /// @param parameters the flat vector [P]
  /// @param x samples, B × D, at least one
  /// @param gradient overwritten with ∂loss/∂parameters, in the layout of the parameters
  /// @return the loss, possibly not finite
  /// @throws IllegalArgumentException if a shape does not fit
  public double valueAndGrad(float[] parameters, Batch x, float[] gradient) {
    List<Parameters.Slice> slices = loss.parameters();
    x.requireCols("x", loss.inputs());
    if (x.rows() == 0) {
      throw new IllegalArgumentException(
          "x has no rows, so the mean loss is undefined: pass at least one sample");
    }
    if (gradient.length != parameters.length) {
      throw new IllegalArgumentException(
          "gradient has %d numbers but there are %d parameters (P)"
              .formatted(gradient.length, parameters.length));
    }
    BatchFunction.set(executor, slices, parameters);
    executor.run(x.data(), 0, x.rows(), noOutputs);
    for (int i = 0; i < slices.size(); i++) {
      executor.read(i + 1, gradient, slices.get(i).offset());
    }
    executor.read(0, mean, 0);
    return mean[0];
  }

  @Override
  public void close() {
    executor.close();
  }
}
