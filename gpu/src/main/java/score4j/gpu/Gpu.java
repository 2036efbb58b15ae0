package score4j.gpu;

import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import jcuda.driver.CUdevice;
import jcuda.driver.CUdevice_attribute;
import jcuda.driver.CUresult;
import jcuda.driver.JCudaDriver;

/// Whether this machine has an NVIDIA card that can be used, and the way to it.
///
/// ```java
/// Gpu.Probe probe = Gpu.probe();
/// if (probe.available()) {
///   try (Session session = Gpu.open()) { … }
/// } else {
///   System.out.println(probe.reason()); // "no NVIDIA driver: libcuda.so.1 was not found"
/// }
/// ```
/// Nothing of the CUDA toolkit is needed, only a driver that knows CUDA 11.0 or later. The card is
/// left alone by `-Dscore4j.gpu=off`. Java wants to be told that native code is welcome:
/// `--enable-native-access=ALL-UNNAMED`, or `=jcuda` on the module path; without it, it warns.
public final class Gpu {
  private static final String PROPERTY = "score4j.gpu";
  private static final int LEAST_VERSION = 11000;

  private Gpu() {}

  /// What was found.
  ///
  /// @param devices the CUDA devices, also those too old to be used
  /// @param driver the version of CUDA that the driver knows, such as `13.0`; "" if there is none
  /// @param reason why there is nothing to use, in one line; "" if there is
  public record Probe(List<Device> devices, String driver, String reason) {
    /// Copies the list.
    public Probe {
      devices = List.copyOf(devices);
    }

    /// Whether there is a card to use.
    public boolean available() {
      return reason.isEmpty();
    }

    @Override
    public String toString() {
      return available()
          ? "%s (driver for CUDA %s)".formatted(devices.getFirst(), driver)
          : "not available: " + reason;
    }
  }

  private static final class Found {
    static final Probe PROBE = look();
  }

  /// Looks for a card, once in a process: later calls give the same answer. Throws nothing, prints
  /// nothing and leaves no file behind.
  public static Probe probe() {
    return Found.PROBE;
  }

  /// Opens the first card that can be used.
  ///
  /// @throws IllegalStateException if there is none; says why
  /// @throws GpuException if it does not answer
  public static Session open() {
    Probe probe = probe();
    for (Device device : probe.devices()) {
      if (probe.available() && device.supported()) {
        return new Session(device);
      }
    }
    throw new IllegalStateException("no GPU: " + probe.reason());
  }

  /// Opens a card.
  ///
  /// @throws IllegalArgumentException if it is too old
  /// @throws IllegalStateException if no card can be used here
  /// @throws GpuException if it does not answer
  public static Session open(Device device) {
    Probe probe = probe();
    if (!probe.available()) {
      throw new IllegalStateException("no GPU: " + probe.reason());
    }
    if (!device.supported() || !probe.devices().contains(device)) {
      throw new IllegalArgumentException(
          "device must be one of those that were found, of compute capability 7.5 or later, but was %s"
              .formatted(device));
    }
    return new Session(device);
  }

  private static Probe none(String reason) {
    return new Probe(List.of(), "", reason);
  }

  private static Probe look() {
    if ("off".equalsIgnoreCase(System.getProperty(PROPERTY))) {
      return none("switched off by -D" + PROPERTY + "=off");
    }
    String reason = Natives.load();
    if (!reason.isEmpty()) {
      return none(reason);
    }
    try {
      return ask();
    } catch (LinkageError | RuntimeException e) { // a driver without a function that is called
      return none("the driver could not be asked: " + String.valueOf(e.getMessage()).strip());
    }
  }

  private static Probe ask() {
    JCudaDriver.setExceptionsEnabled(false);
    int code = JCudaDriver.cuInit(0);
    if (code != CUresult.CUDA_SUCCESS) {
      String answer = " (cuInit answered %s, %d)".formatted(CUresult.stringFor(code), code);
      return none(
          switch (code) {
                case CUresult.CUDA_ERROR_NO_DEVICE -> "no CUDA device";
                case CUresult.CUDA_ERROR_STUB_LIBRARY -> "libcuda.so.1 is a stub and no driver";
                default -> "the driver does not start";
              }
              + answer);
    }
    int[] number = new int[1];
    code = JCudaDriver.cuDriverGetVersion(number);
    if (code != CUresult.CUDA_SUCCESS) {
      return none(failed("cuDriverGetVersion", code));
    }
    String driver = version(number[0]);
    if (number[0] < LEAST_VERSION) {
      return new Probe(
          List.of(),
          driver,
          "the driver is too old: it knows CUDA %s and %s is needed"
              .formatted(driver, version(LEAST_VERSION)));
    }
    code = JCudaDriver.cuDeviceGetCount(number);
    if (code != CUresult.CUDA_SUCCESS && code != CUresult.CUDA_ERROR_NO_DEVICE) {
      return new Probe(List.of(), driver, failed("cuDeviceGetCount", code));
    }
    if (code != CUresult.CUDA_SUCCESS || number[0] == 0) {
      return new Probe(List.of(), driver, "no CUDA device");
    }
    List<Device> devices = new ArrayList<>();
    for (int i = 0; i < number[0]; i++) {
      devices.add(device(i));
    }
    if (devices.stream().noneMatch(Device::supported)) {
      Device first = devices.getFirst();
      return new Probe(
          devices,
          driver,
          "the card is too old: %s has compute capability %d.%d and %d.%d is needed"
              .formatted(
                  first.name(),
                  first.major(),
                  first.minor(),
                  Device.LEAST_MAJOR,
                  Device.LEAST_MINOR));
    }
    return new Probe(devices, driver, "");
  }

  private static String failed(String call, int code) {
    return "the driver could not be asked (%s answered %s, %d)"
        .formatted(call, CUresult.stringFor(code), code);
  }

  private static String version(int number) {
    return number / 1000 + "." + number % 1000 / 10;
  }

  private static Device device(int index) {
    CUdevice device = new CUdevice();
    JCudaDriver.cuDeviceGet(device, index);
    byte[] name = new byte[256];
    JCudaDriver.cuDeviceGetName(name, name.length, device);
    int length = 0;
    while (length < name.length && name[length] != 0) {
      length++;
    }
    long[] memory = new long[1];
    JCudaDriver.cuDeviceTotalMem(memory, device);
    return new Device(
        index,
        new String(name, 0, length, StandardCharsets.UTF_8),
        attribute(device, CUdevice_attribute.CU_DEVICE_ATTRIBUTE_COMPUTE_CAPABILITY_MAJOR),
        attribute(device, CUdevice_attribute.CU_DEVICE_ATTRIBUTE_COMPUTE_CAPABILITY_MINOR),
        memory[0],
        attribute(device, CUdevice_attribute.CU_DEVICE_ATTRIBUTE_MULTIPROCESSOR_COUNT),
        attribute(
            device, CUdevice_attribute.CU_DEVICE_ATTRIBUTE_MAX_SHARED_MEMORY_PER_BLOCK_OPTIN));
  }

  private static int attribute(CUdevice device, int attribute) {
    int[] value = new int[1];
    JCudaDriver.cuDeviceGetAttribute(value, attribute, device);
    return value[0];
  }
}
