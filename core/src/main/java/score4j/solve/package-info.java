/// Schemes for differential equations, ordinary and stochastic, of many samples at once; they know
/// right-hand sides, f and g, not scores. May import `array` and `rng`.
@NullMarked
package score4j.solve;

import org.jspecify.annotations.NullMarked;
