/// Laws that are known exactly: sample, log density, score and its derivatives; imports the
/// contracts, `array`, `rng` and `process`.
@NullMarked
package score4j.dist;

import org.jspecify.annotations.NullMarked;
