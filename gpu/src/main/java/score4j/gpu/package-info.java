/// Scores, chains, losses and their gradients on an NVIDIA card; the only place that may import a
/// GPU library. [score4j.gpu.Gpu] says whether there is a card and opens it.
@NullMarked
package score4j.gpu;

import org.jspecify.annotations.NullMarked;
