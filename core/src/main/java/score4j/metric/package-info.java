/// Numbers that say how good a score or a sample is, each with its standard error; imports the
/// contracts, `array` and `rng`.
@NullMarked
package score4j.metric;

import org.jspecify.annotations.NullMarked;
