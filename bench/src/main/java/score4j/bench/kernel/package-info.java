/// How fast is one kernel alone? Imports bench.
@NullMarked
package score4j.bench.kernel;

import org.jspecify.annotations.NullMarked;
