/// Training: minibatches, held-out loss, averages of the weights, early stopping. May import
/// `score4j`, `score4j.array`, `score4j.rng`, `score4j.data`, `score4j.objective`,
/// `score4j.metric`, `score4j.nn`, `score4j.optim`, `score4j.io` and `score4j.backend`.
@NullMarked
package score4j.train;

import org.jspecify.annotations.NullMarked;
