/// Loops over chunks on several threads whose results do not depend on the threads. Imports
/// nothing of the library.
@NullMarked
package score4j.internal.parallel;

import org.jspecify.annotations.NullMarked;
