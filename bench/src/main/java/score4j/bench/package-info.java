/// JMH benchmarks, a package a question.
@NullMarked
package score4j.bench;

import org.jspecify.annotations.NullMarked;
