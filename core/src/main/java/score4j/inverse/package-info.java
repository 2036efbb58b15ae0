/// Inverse problems: what was measured, and scores and samplers of what may have been. Imports the
/// contracts, `array`, `rng`, `process`, `solve` and `sample`, and `parallel` inside the library.
@NullMarked
package score4j.inverse;

import org.jspecify.annotations.NullMarked;
