package score4j.gpu;

/// A call of the CUDA driver that failed. Its message names the call and the driver's word for what
/// happened.
public class GpuException extends RuntimeException {
  private static final long serialVersionUID = 1;

  private final String call;
  private final String error;

  GpuException(String call, String error, String message) {
    super(message);
    this.call = call;
    this.error = error;
  }

  /// The driver's function, such as `cuLaunchKernel`.
  public final String call() {
    return call;
  }

  /// What the driver answered, such as `CUDA_ERROR_INVALID_VALUE`.
  public final String error() {
    return error;
  }
}
