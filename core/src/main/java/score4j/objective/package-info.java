/// Score-matching objectives: what a score network is trained to minimise. Imports `score4j`,
/// `array`, `rng`, `autodiff` and `nn`.
@NullMarked
package score4j.objective;

import org.jspecify.annotations.NullMarked;
