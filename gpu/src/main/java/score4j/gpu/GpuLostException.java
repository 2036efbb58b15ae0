package score4j.gpu;

/// The card, or this process's access to it, is gone: a kernel failed, memory was found to be
/// broken, the driver was restarted. Everything on it is lost and the session is of no further use;
/// close it, and open another or go on with the processor. Arrays of the caller are as they were
/// before the call that threw this.
public final class GpuLostException extends GpuException {
  private static final long serialVersionUID = 1;

  GpuLostException(String call, String error) {
    super(
        call,
        error,
        "%s: %s: the card is lost to this session: close it and open another"
            .formatted(call, error));
  }
}
