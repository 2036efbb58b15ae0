/// Reads the float64 reference values under `golden/` in the test resources; their README says what
/// each number is.
@NullMarked
package score4j.golden;

import org.jspecify.annotations.NullMarked;
