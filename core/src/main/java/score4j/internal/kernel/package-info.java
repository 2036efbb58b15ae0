/// The arithmetic that everything else stands on: matrix products and activations on plain
/// `float[]`, once as plain Java (the definition) and once with the Vector API. Imports nothing
/// of the library, and alone imports `jdk.incubator.vector`.
@NullMarked
package score4j.internal.kernel;

import org.jspecify.annotations.NullMarked;
