/// Keys and counter-based noise: every random number is a function of (key, step, sample,
/// coordinate); imports `array` and the noise of `internal.kernel`.
@NullMarked
package score4j.rng;

import org.jspecify.annotations.NullMarked;
