/// How likely points are under a score: log p(x) by the probability flow. May import `score4j`,
/// `score4j.array`, `score4j.rng`, `score4j.process`, `score4j.solve` and `score4j.dist`, whose
/// laws are what the flow ends in, and inside the library `parallel`.
@NullMarked
package score4j.likelihood;

import org.jspecify.annotations.NullMarked;
