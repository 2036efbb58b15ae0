/// What several unit tests share.
@NullMarked
package score4j.testing;

import org.jspecify.annotations.NullMarked;
