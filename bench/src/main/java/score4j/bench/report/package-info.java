/// One command that runs the benchmarks and writes what they say: a page, pictures, and the floors
/// that the times are held against. Imports bench and all its packages.
@NullMarked
package score4j.bench.report;

import org.jspecify.annotations.NullMarked;
