package score4j.gpu;

/// The card has not enough free memory, although work was already cut into the smallest parts.
public final class GpuMemoryException extends GpuException {
  private static final long serialVersionUID = 1;
  private static final String ERROR = "CUDA_ERROR_OUT_OF_MEMORY";

  private final long wanted;
  private final long free;
  private final long total;
  private final long largestBatch;

  /// @param largestBatch rows; below 0 if that is not known
  GpuMemoryException(
      String call, String what, long wanted, long free, long total, long largestBatch) {
    super(
        call,
        ERROR,
        "%s: %s: %s takes %s but %s of %s are free%s"
            .formatted(
                call,
                ERROR,
                what,
                bytes(wanted),
                bytes(free),
                bytes(total),
                largestBatch < 0
                    ? ""
                    : ": the largest batch that fits has %,d rows".formatted(largestBatch)));
    this.wanted = wanted;
    this.free = free;
    this.total = total;
    this.largestBatch = largestBatch;
  }

  /// The same for all that a batch needs, of which one array did not fit.
  ///
  /// @param wanted bytes of all of it
  /// @param freed bytes that are free now that it was given back
  /// @param largestBatch rows; below 0 if it is not known
  GpuMemoryException of(String batch, long wanted, long freed, long largestBatch) {
    GpuMemoryException whole =
        new GpuMemoryException(call(), batch, wanted, freed, total, largestBatch);
    whole.initCause(this);
    return whole;
  }

  /// How many bytes were asked for.
  public long wanted() {
    return wanted;
  }

  /// How many bytes were free.
  public long free() {
    return free;
  }

  /// How many rows would have fitted; below 0 if that is not known.
  public long largestBatch() {
    return largestBatch;
  }

  static String bytes(long bytes) {
    if (bytes < 1 << 10) {
      return bytes + " B";
    }
    if (bytes < 1 << 20) {
      return "%.1f KiB".formatted(bytes / (double) (1 << 10));
    }
    return bytes < 1 << 30
        ? "%.1f MiB".formatted(bytes / (double) (1 << 20))
        : "%.1f GiB".formatted(bytes / (double) (1 << 30));
  }
}
