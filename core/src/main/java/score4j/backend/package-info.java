/// Where scores and losses are computed: on this processor or on a device, behind one contract.
/// Imports `score4j`, `array`, `rng`, `nn`, `objective`, `process`, `sample` and
/// `internal.kernel`.
@NullMarked
package score4j.backend;

import org.jspecify.annotations.NullMarked;
