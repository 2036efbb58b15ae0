/// What does the exact trace cost against probes? Imports bench.
@NullMarked
package score4j.bench.trace;

import org.jspecify.annotations.NullMarked;
