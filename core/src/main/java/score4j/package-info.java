/// The contracts that join learning and use: score, density, threads. Imports array.
@NullMarked
package score4j;

import org.jspecify.annotations.NullMarked;
