/// Promises that cross modules, kept from outside core: the jar in a stranger's program, the same
/// bits in every virtual machine.
@NullMarked
package score4j.tests;

import org.jspecify.annotations.NullMarked;
