/// The CUDA backend, to come; the only place that may import a GPU library.
@NullMarked
package score4j.gpu;

import org.jspecify.annotations.NullMarked;
