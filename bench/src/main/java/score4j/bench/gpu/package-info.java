/// From which batch on is the card faster than the processor? Imports bench.
@NullMarked
package score4j.bench.gpu;

import org.jspecify.annotations.NullMarked;
