/// The command line and the gallery; imports the public packages of core.
@NullMarked
package score4j.examples;

import org.jspecify.annotations.NullMarked;
