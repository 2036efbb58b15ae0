/// Diffusion processes: what noise does to data, forward in time; imports `array`.
@NullMarked
package score4j.process;

import org.jspecify.annotations.NullMarked;
