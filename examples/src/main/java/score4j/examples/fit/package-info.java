/// Learning the score of a table of numbers, the way the command line and the gallery do it: noise
/// on rounded numbers, held-out rows, standardised columns, a network, a file. Imports the public
/// packages of core and the examples' `csv` and `output`.
@NullMarked
package score4j.examples.fit;

import org.jspecify.annotations.NullMarked;
