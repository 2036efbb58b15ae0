/// Networks as scores: architecture, initialisation, and the engine that pushes a value with
/// directional derivatives forward and sweeps back once. Imports `score4j`, `array`, `rng`,
/// `autodiff`, `process`, `internal.kernel` and `internal.parallel`.
@NullMarked
package score4j.nn;

import org.jspecify.annotations.NullMarked;
