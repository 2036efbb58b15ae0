/// The commands of `score4j`: what a user types, and the one line that says what was wrong with it.
/// Imports the public packages of core and all other packages of the examples.
@NullMarked
package score4j.examples.command;

import org.jspecify.annotations.NullMarked;
