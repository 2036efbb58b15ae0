/// Pictures: panels of lines, dots, bars and arrows under one theme, written as PNG at twice the
/// size or as an animated GIF. The only home of JFreeChart; imports `score4j.examples.output` for
/// its files, nothing of core.
@NullMarked
package score4j.examples.plot;

import org.jspecify.annotations.NullMarked;
