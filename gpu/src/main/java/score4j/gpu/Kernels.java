package score4j.gpu;

import static score4j.gpu.Driver.check;

import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.ByteBuffer;
import java.util.HashMap;
import java.util.Locale;
import java.util.Map;
import jcuda.Pointer;
import jcuda.driver.CUfunction;
import jcuda.driver.CUfunction_attribute;
import jcuda.driver.CUmodule;
import jcuda.driver.JCudaDriver;
import score4j.nn.Activation;

/// The kernels for one activation and one arithmetic, as the driver has compiled them from the PTX
/// that comes with the library.
final class Kernels {
  /// What every kernel may have without being asked for more.
  private static final int PLAIN_SHARED = 48 << 10;

  private final CUmodule module = new CUmodule();
  private final Map<String, CUfunction> functions = new HashMap<>();
  private final Map<String, Integer> shared = new HashMap<>();

  private Kernels() {}

  /// Where the PTX is.
  static String resource(Activation activation, Arithmetic arithmetic) {
    return "%s-%s.ptx".formatted(arithmetic, activation).toLowerCase(Locale.ROOT);
  }

  static byte[] ptx(Activation activation, Arithmetic arithmetic) {
    String name = resource(activation, arithmetic);
    try (InputStream in = Kernels.class.getResourceAsStream(name)) {
      if (in == null) {
        throw new IllegalStateException("the library lacks " + name);
      }
      return in.readAllBytes();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  /// Has the driver compile PTX, which takes seconds the first time and is then remembered by it.
  static Kernels load(byte[] ptx) {
    ByteBuffer text = ByteBuffer.allocateDirect(ptx.length + 1); // ends with 0
    text.put(ptx).rewind();
    Kernels kernels = new Kernels();
    check(
        JCudaDriver.cuModuleLoadDataEx(
            kernels.module, Pointer.to(text), 0, new int[0], Pointer.to(new Pointer[0])),
        "cuModuleLoadDataEx");
    return kernels;
  }

  /// A kernel that will be given so many bytes of shared memory.
  CUfunction function(String name, int bytes) {
    CUfunction function = functions.get(name);
    if (function == null) {
      function = new CUfunction();
      check(
          JCudaDriver.cuModuleGetFunction(function, module, name),
          "cuModuleGetFunction(" + name + ")");
      functions.put(name, function);
      shared.put(name, PLAIN_SHARED);
    }
    if (bytes > shared.getOrDefault(name, 0)) {
      check(
          JCudaDriver.cuFuncSetAttribute(
              function,
              CUfunction_attribute.CU_FUNC_ATTRIBUTE_MAX_DYNAMIC_SHARED_SIZE_BYTES,
              bytes),
          "cuFuncSetAttribute(" + name + ")");
      shared.put(name, bytes);
    }
    return function;
  }

  void unload() {
    check(JCudaDriver.cuModuleUnload(module), "cuModuleUnload");
  }
}
