package score4j.backend;

import java.util.List;
import score4j.Threads;

/// Makes a [Backend], if this machine has what it takes. Found by [java.util.ServiceLoader], so
/// that nothing depends on a device but the module that drives it.
///
/// Asking is cheap and safe: a provider is made, named and asked without a device being touched or
/// a native library loaded before [#unavailable] needs to.
public interface BackendProvider {
  /// The name under which [Backend#open] finds it.
  String name();

  /// Why this machine has no such device that can be used, in one line that also says what to do;
  /// empty if it has. Throws nothing.
  String unavailable();

  /// The devices, one line each, the one that [#open] takes first; empty if there are none. Throws
  /// nothing.
  List<String> devices();

  /// Opens the first device.
  ///
  /// @param threads what work on the processor is done with
  /// @throws IllegalStateException if it cannot be had; says why
  Backend open(Threads threads);

  /// All providers on the class path or the module path.
  static List<BackendProvider> all() {
    return Backends.providers();
  }
}
