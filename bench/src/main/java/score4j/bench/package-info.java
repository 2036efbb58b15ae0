/// The benchmarks' program, their inputs, and the checks that they pass before they are timed.
@NullMarked
package score4j.bench;

import org.jspecify.annotations.NullMarked;
