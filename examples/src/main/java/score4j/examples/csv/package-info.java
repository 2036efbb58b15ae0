/// Tables of numbers in CSV files, in and out. The only home of fastcsv; imports `score4j.array`
/// and `score4j.examples.output`.
@NullMarked
package score4j.examples.csv;

import org.jspecify.annotations.NullMarked;
