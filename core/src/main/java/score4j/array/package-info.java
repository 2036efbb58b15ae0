/// Matrices of samples and flat parameter vectors with their checks. Imports nothing.
@NullMarked
package score4j.array;

import org.jspecify.annotations.NullMarked;
