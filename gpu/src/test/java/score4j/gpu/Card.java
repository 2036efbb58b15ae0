package score4j.gpu;

import java.lang.annotation.ElementType;
import java.lang.annotation.Retention;
import java.lang.annotation.RetentionPolicy;
import java.lang.annotation.Target;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.extension.ExtendWith;

/// Tests that need a card: a real one or, with `-Dscore4j.gpu.card=fake`, the processor in its
/// place. Without either they are skipped, or fail if `-Dscore4j.require=gpu` says that there has
/// to be one.
@Target(ElementType.TYPE)
@Retention(RetentionPolicy.RUNTIME)
@Tag("gpu")
@ExtendWith(CardExtension.class)
@interface Card {
  /// Whether the tests make sense with the processor alone, such as those that cause faults.
  boolean fakeOnly() default false;
}
