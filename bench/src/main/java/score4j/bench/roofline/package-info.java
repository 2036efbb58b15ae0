/// How fast can this processor be? Imports nothing of score4j.
@NullMarked
package score4j.bench.roofline;

import org.jspecify.annotations.NullMarked;
