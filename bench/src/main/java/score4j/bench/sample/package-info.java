/// What do scores and chains of scores cost? Imports bench.
@NullMarked
package score4j.bench.sample;

import org.jspecify.annotations.NullMarked;
