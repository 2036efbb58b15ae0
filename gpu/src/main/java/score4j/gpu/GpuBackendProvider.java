package score4j.gpu;

import java.util.List;
import java.util.Locale;
import score4j.Threads;
import score4j.backend.Backend;
import score4j.backend.BackendProvider;
import score4j.nn.Activation;

/// Makes the backend `gpu`, on the first card that can be used.
///
/// `-Dscore4j.gpu.arithmetic=fast` has it compute in [Arithmetic#FAST].
public final class GpuBackendProvider implements BackendProvider {
  private static final String PROPERTY = "score4j.gpu.arithmetic";

  /// For [java.util.ServiceLoader].
  public GpuBackendProvider() {}

  @Override
  public String name() {
    return Backend.GPU;
  }

  @Override
  public String unavailable() {
    return Gpu.probe().reason();
  }

  @Override
  public List<String> devices() {
    Gpu.Probe probe = Gpu.probe();
    return probe.devices().stream()
        .filter(Device::supported)
        .map(device -> "%s, driver for CUDA %s".formatted(device, probe.driver()))
        .toList();
  }

  @Override
  public GpuBackend open(Threads threads) {
    Arithmetic arithmetic = arithmetic();
    try {
      Session session = Gpu.open();
      try { // so that what this driver cannot compile is known now
        session.run(() -> session.kernels(Activation.RELU, arithmetic));
        return GpuBackend.of(session, arithmetic, threads);
      } catch (Throwable e) {
        session.close();
        throw e;
      }
    } catch (GpuException e) {
      throw new IllegalStateException("the card does not answer: " + e.getMessage(), e);
    }
  }

  private static Arithmetic arithmetic() {
    String wanted = System.getProperty(PROPERTY, "reproducible").toLowerCase(Locale.ROOT);
    return switch (wanted) {
      case "reproducible" -> Arithmetic.REPRODUCIBLE;
      case "fast" -> Arithmetic.FAST;
      default ->
          throw new IllegalStateException(
              "%s must be reproducible or fast but was %s".formatted(PROPERTY, wanted));
    };
  }
}
