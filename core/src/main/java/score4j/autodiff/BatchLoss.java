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
  private final float[][] inputs;
  private final float[][] outputs;

  BatchLoss(Loss loss, Threads threads) {
    this.loss = loss;
    executor = new FloatExecutor(loss.program(), threads);
    inputs = BatchFunction.inputs(loss.parameters());
    outputs = BatchFunction.inputs(loss.parameters());
    outputs[0] = new float[1];
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
    BatchFunction.requireParameters(slices, parameters);
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
    BatchFunction.split(slices, parameters, inputs);
    inputs[0] = x.data();
    executor.run(x.rows(), inputs, outputs);
    for (int i = 0; i < slices.size(); i++) {
      System.arraycopy(outputs[i + 1], 0, gradient, slices.get(i).offset(), slices.get(i).size());
    }
    return outputs[0][0];
  }

  @Override
  public void close() {
    executor.close();
  }
}
