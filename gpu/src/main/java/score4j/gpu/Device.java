package score4j.gpu;

/// A CUDA device of this machine.
///
/// @param index its number among those that the driver shows
/// @param name what the driver calls it
/// @param major the compute capability before the point
/// @param minor the compute capability after it
/// @param memory bytes of global memory
/// @param multiprocessors how many of them it has
/// @param sharedPerBlock the most bytes of shared memory that a block may ask for
public record Device(
    int index,
    String name,
    int major,
    int minor,
    long memory,
    int multiprocessors,
    int sharedPerBlock) {
  /// Turing, for which the kernels are compiled; they run on whatever came later.
  static final int LEAST_MAJOR = 7;

  static final int LEAST_MINOR = 5;

  /// Whether the kernels run on it: compute capability 7.5 or later.
  public boolean supported() {
    return major > LEAST_MAJOR || (major == LEAST_MAJOR && minor >= LEAST_MINOR);
  }

  /// One line, such as `0: NVIDIA H100 80GB HBM3, compute capability 9.0, 79.2 GiB, 132
  /// multiprocessors`.
  @Override
  public String toString() {
    return "%d: %s, compute capability %d.%d, %.1f GiB, %d multiprocessors"
        .formatted(index, name, major, minor, memory / (double) (1 << 30), multiprocessors);
  }
}
