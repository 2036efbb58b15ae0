/// What a command leaves behind: files that appear whole or not at all, and a progress bar on the
/// terminal. Imports `score4j.io`.
@NullMarked
package score4j.examples.output;

import org.jspecify.annotations.NullMarked;
