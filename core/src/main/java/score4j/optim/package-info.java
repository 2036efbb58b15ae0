/// Optimisers, learning-rate schedules and the average of the weights; flat `float[P]` in, flat
/// `float[P]` out. May import `score4j.array`.
@NullMarked
package score4j.optim;

import org.jspecify.annotations.NullMarked;
