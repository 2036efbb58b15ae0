/// Tables made ready for learning: standardised, dequantised, split, cut into minibatches; imports
/// `score4j`, `array` and `rng`.
@NullMarked
package score4j.data;

import org.jspecify.annotations.NullMarked;
