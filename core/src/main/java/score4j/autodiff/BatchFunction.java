package score4j.autodiff;

import java.util.List;
import score4j.Threads;
import score4j.array.Batch;
import score4j.array.Parameters;

/// A traced function planned for batches: in `float`, on the kernels. Where the caller gives the
/// array of the results, calls allocate nothing after the first of each batch size.
///
/// What a sample gives does not depend on the number of threads, on the choice of kernels, or,
/// unless f takes a mean over the batch, on the others in it: the bits are the same. One caller at
/// a time; [#close] ends its threads.
public final class BatchFunction implements AutoCloseable {
  private final Fn function;
  private final FloatExecutor executor;
  private final float[][] outputs = new float[1][];

  BatchFunction(Fn function, Threads threads) {
    this.function = function;
    executor = new FloatExecutor(function.program(), threads);
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
  /// @param out overwritten, B × n; must not share its array with `x`
  /// @throws IllegalArgumentException if a shape does not fit
  public void map(float[] parameters, Batch x, Batch out) {
    x.requireCols("x", function.inputs());
    int rows = x.rows();
    out.requireShape("out", rows, function.shape().size());
    set(parameters);
    map(x, 0, rows, out.data());
  }

  /// Takes the parameters for the calls that follow.
  void set(float[] parameters) {
    set(executor, function.parameters(), parameters);
  }

  /// f of the samples `from ≤ i < to`, into row i of `out`.
  void map(Batch x, int from, int to, float[] out) {
    if (from == to) {
      return;
    }
    outputs[0] = out;
    executor.run(x.data(), from, to, outputs);
    if (!executor.varies(0)) {
      int size = function.shape().size();
      for (int b = from; b < to; b++) {
        executor.read(0, out, b * size);
      }
    }
  }

  static void set(FloatExecutor executor, List<Parameters.Slice> slices, float[] parameters) {
    requireParameters(slices, parameters.length);
    for (int i = 0; i < slices.size(); i++) {
      executor.set(i + 1, parameters, slices.get(i).offset());
    }
  }

  static void requireParameters(List<Parameters.Slice> slices, int given) {
    int size = 0;
    for (int i = 0; i < slices.size(); i++) {
      size += slices.get(i).size();
    }
    if (given != size) {
      throw new IllegalArgumentException(
          "parameters has %d numbers but the function has %d (P)%s"
              .formatted(
                  given,
                  size,
                  given == 0
                      ? ": pass them as well, to at, asScore, or the map of what compile gives"
                      : ""));
    }
  }

  @Override
  public void close() {
    executor.close();
  }
}
