/// Samplers: chains that turn a score into samples. May import `score4j`, `score4j.array`,
/// `score4j.rng`, `score4j.process` and `score4j.solve`, and inside the library `parallel` and the
/// fused multiply-add of `kernel`.
@NullMarked
package score4j.sample;

import org.jspecify.annotations.NullMarked;
