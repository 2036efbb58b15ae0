package score4j.autodiff;

import java.util.List;
import score4j.Threads;
import score4j.array.Batch;
import score4j.array.Parameters;

/// A traced function planned for batches: in `float`, on the kernels, without allocation after the
/// first call of each batch size.
///
/// What a sample gives does not depend on the others in the batch, on the number of threads or on
/// the choice of kernels: the bits are the same. One caller at a time; [#close] ends its threads.
public final class BatchFunction implements AutoCloseable {
  private final Fn function;
  private final FloatExecutor executor;
  private final boolean varies;
  private final float[][] inputs;
  private final float[][] outputs = new float[1][];

  BatchFunction(Fn function, Threads threads) {
    this.function = function;
    executor = new FloatExecutor(function.program(), threads);
    int output = function.program().outputs().getFirst();
    varies = !function.program().nodes().get(output).axes().isEmpty();
    inputs = inputs(function.parameters());
  }

  /// Room for x and each parameter.
  static float[][] inputs(List<Parameters.Slice> parameters) {
    float[][] inputs = new float[1 + parameters.size()][];
    for (int i = 0; i < parameters.size(); i++) {
      inputs[i + 1] = new float[parameters.get(i).size()];
    }
    return inputs;
  }

  /// Takes the parameters apart.
  static void split(List<Parameters.Slice> slices, float[] values, float[][] inputs) {
    for (int i = 0; i < slices.size(); i++) {
      Parameters.Slice slice = slices.get(i);
      System.arraycopy(values, slice.offset(), inputs[i + 1], 0, slice.size());
    }
  }

  /// f of each sample, for a function without parameters.
  ///
  /// @param x samples, B × D
  /// @return B × n, where f(x) has n numbers, a matrix row by row
  public Batch map(Batch x) {
    Batch out = Batch.zeros(x.rows(), function.shape().size());
    map(new float[0], x, out);
    return out;
  }

  /// f of each sample.
  ///
  /// @param parameters the flat vector, empty for a function without parameters
  /// @param out overwritten, B × n
  /// @throws IllegalArgumentException if a shape does not fit
  public void map(float[] parameters, Batch x, Batch out) {
    x.requireCols("x", function.inputs());
    int rows = x.rows();
    requireParameters(function.parameters(), parameters);
    out.requireShape("out", rows, function.shape().size());
    if (rows == 0) {
      return;
    }
    split(function.parameters(), parameters, inputs);
    inputs[0] = x.data();
    outputs[0] = out.data();
    executor.run(rows, inputs, outputs);
    if (!varies) {
      int size = function.shape().size();
      for (int b = 1; b < rows; b++) {
        System.arraycopy(out.data(), 0, out.data(), b * size, size);
      }
    }
  }

  static void requireParameters(List<Parameters.Slice> slices, float[] parameters) {
    int size = 0;
    for (int i = 0; i < slices.size(); i++) {
      size += slices.get(i).size();
    }
    if (parameters.length != size) {
      throw new IllegalArgumentException(
          "parameters has %d numbers but the function has %d (P)"
              .formatted(parameters.length, size));
    }
  }

  @Override
  public void close() {
    executor.close();
  }
}
