/// What do the kernels cost, each alone? Imports bench.
@NullMarked
package score4j.bench.kernel;

import org.jspecify.annotations.NullMarked;
