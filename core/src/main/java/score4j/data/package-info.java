/// Tables made ready for learning: standardised, dequantised, split, cut into minibatches; imports
/// `array` and `rng`.
@NullMarked
package score4j.data;

import org.jspecify.annotations.NullMarked;
