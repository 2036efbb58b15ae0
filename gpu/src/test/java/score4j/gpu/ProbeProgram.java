package score4j.gpu;

/// Prints what a probe finds.
public final class ProbeProgram {
  private ProbeProgram() {}

  /// Probes twice.
  public static void main(String[] arguments) {
    Gpu.Probe probe = Gpu.probe();
    System.out.println(probe);
    if (!probe.equals(Gpu.probe())) {
      throw new AssertionError("another answer the second time");
    }
  }
}
