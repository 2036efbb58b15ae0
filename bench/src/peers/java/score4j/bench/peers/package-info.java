/// What does the same work cost in other libraries, on the same numbers, in the same run? Imports
/// bench and the other libraries; compiled under the profile `peers` alone.
@NullMarked
package score4j.bench.peers;

import org.jspecify.annotations.NullMarked;
