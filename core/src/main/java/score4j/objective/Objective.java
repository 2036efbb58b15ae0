package score4j.objective;

import score4j.nn.Head;

/// A loss whose minimiser over all functions is the score of the data (or of the data with
/// noise), as it is defined and as the fused kernels compute it for a score network.
///
/// All losses here are means over samples, in nats per sample, with ½‖s‖² and not ‖s‖². A loss that
/// has a [Definition] alone is trained as well, at some two thirds of the speed.
public interface Objective extends Head, Definition {}
