/// The experiments of the gallery: each learns something whose answer is known, compares, and draws
/// it. Imports the public packages of core and the examples' `plot`, `csv`, `fit` and `output`.
@NullMarked
package score4j.examples.gallery;

import org.jspecify.annotations.NullMarked;
