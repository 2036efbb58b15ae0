/// Score matching on an NVIDIA card, through JCuda's binding of the CUDA driver.
///
/// JCuda is an automatic module. Its calls into the driver are native ones, which
/// `--enable-native-access=jcuda` allows on the module path and
/// `--enable-native-access=ALL-UNNAMED` on the class path.
@SuppressWarnings("requires-automatic")
module score4j.gpu {
  requires jcuda;
  requires transitive score4j.core;
  requires static org.jspecify;

  exports score4j.gpu;

  provides score4j.backend.BackendProvider with
      score4j.gpu.GpuBackendProvider;
}
