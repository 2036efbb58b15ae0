/// What does a step of training cost? Imports bench.
@NullMarked
package score4j.bench.train;

import org.jspecify.annotations.NullMarked;
