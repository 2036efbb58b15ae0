/// Trained networks as files that Python reads too, and writing that never leaves half a file. May
/// import `score4j.array`, `score4j.rng`, `score4j.nn`, `score4j.optim` and
/// `score4j.process`.
@NullMarked
package score4j.io;

import org.jspecify.annotations.NullMarked;
