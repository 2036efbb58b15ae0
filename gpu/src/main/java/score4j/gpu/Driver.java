package score4j.gpu;

import jcuda.driver.CUresult;

/// What the codes mean that the driver's functions return.
final class Driver {
  private Driver() {}

  /// Throws what a code other than that of success stands for.
  static void check(int code, String call) {
    if (code != CUresult.CUDA_SUCCESS) {
      String error = CUresult.stringFor(code);
      if (lost(code)) {
        throw new GpuLostException(call, error);
      }
      throw new GpuException(call, error, "%s: %s (%d)".formatted(call, error, code));
    }
  }

  /// Whether nothing in the context can be used any more.
  private static boolean lost(int code) {
    return switch (code) {
      case CUresult.CUDA_ERROR_DEINITIALIZED,
          CUresult.CUDA_ERROR_ECC_UNCORRECTABLE,
          CUresult.CUDA_ERROR_NVLINK_UNCORRECTABLE,
          CUresult.CUDA_ERROR_ILLEGAL_ADDRESS,
          CUresult.CUDA_ERROR_LAUNCH_TIMEOUT,
          CUresult.CUDA_ERROR_CONTEXT_IS_DESTROYED,
          CUresult.CUDA_ERROR_ASSERT,
          CUresult.CUDA_ERROR_HARDWARE_STACK_ERROR,
          CUresult.CUDA_ERROR_ILLEGAL_INSTRUCTION,
          CUresult.CUDA_ERROR_MISALIGNED_ADDRESS,
          CUresult.CUDA_ERROR_INVALID_ADDRESS_SPACE,
          CUresult.CUDA_ERROR_INVALID_PC,
          CUresult.CUDA_ERROR_LAUNCH_FAILED,
          CUresult.CUDA_ERROR_UNKNOWN ->
          true;
      default -> false;
    };
  }
}
