/// Where the command line starts; the commands are in `score4j.examples.command`.
@NullMarked
package score4j.examples;

import org.jspecify.annotations.NullMarked;
