package score4j.objective;

import score4j.nn.Head;

/// A loss whose minimiser over all functions is the score of the data (or of the data with
/// noise).
///
/// All losses here are means over samples, in nats per sample, with ½‖s‖² and not ‖s‖².
public interface Objective extends Head {
  /// A short name for logs, tables and files.
  String name();
}
