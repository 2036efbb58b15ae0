/// Schemes for ordinary differential equations of many samples at once; they know right-hand sides,
/// not scores. May import `array` and `rng`.
@NullMarked
package score4j.solve;

import org.jspecify.annotations.NullMarked;
