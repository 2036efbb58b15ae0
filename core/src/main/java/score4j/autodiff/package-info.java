/// Functions written for one sample, differentiated any number of times, run on a batch.
///
/// May import `score4j`, `score4j.array`, `score4j.internal.kernel` and
/// `score4j.internal.parallel`.
@NullMarked
package score4j.autodiff;

import org.jspecify.annotations.NullMarked;
