/// What does it cost to write a loss down instead of fusing it? Imports bench.
@NullMarked
package score4j.bench.autodiff;

import org.jspecify.annotations.NullMarked;
