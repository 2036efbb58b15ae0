package score4j.bench.peers;

import java.util.List;
import org.bytedeco.pytorch.Scalar;
import org.bytedeco.pytorch.Tensor;
import org.bytedeco.pytorch.global.torch;

/// libtorch in this process: its threads, and numbers into tensors and back.
final class Libtorch {
  static final Scalar ZERO = new Scalar(0f);
  static final Scalar ONE = new Scalar(1f);

  /// Variables that set an older processor for OpenBLAS, which libtorch multiplies matrices with.
  private static final List<String> SLOWING = List.of("OPENBLAS_CORETYPE", "OPENBLAS_L2_SIZE");

  private Libtorch() {}

  /// Sets the number of threads, and throws where the environment would make libtorch slower than
  /// it is. A process can not change its own environment, and OpenBLAS reads it when it is loaded.
  static void start(int threads) {
    for (String name : SLOWING) {
      if (System.getenv(name) != null) {
        throw new IllegalStateException(
            "%s is set and slows libtorch down: start with env -u %s".formatted(name, name));
      }
    }
    String openmp = System.getenv("OMP_NUM_THREADS");
    if (!Integer.toString(threads).equals(openmp)) {
      throw new IllegalStateException(
          "OMP_NUM_THREADS is %s, and OpenBLAS takes as many threads: start with env OMP_NUM_THREADS=%d"
              .formatted(openmp == null ? "not set" : openmp, threads));
    }
    torch.set_num_threads(threads);
  }

  /// A tensor with a copy of the numbers.
  static Tensor tensor(float[] data, long... shape) {
    return torch.tensor(data).reshape(shape);
  }

  /// A tensor of rank 0.
  static Tensor number(double value) {
    return torch.tensor((float) value);
  }

  /// A tensor of zeros.
  static Tensor zeros(long... shape) {
    return torch.zeros(shape);
  }

  /// A copy of the numbers of a tensor, row-major.
  static float[] floats(Tensor tensor) {
    float[] out = new float[(int) tensor.numel()];
    tensor.contiguous().data_ptr_float().get(out);
    return out;
  }
}
