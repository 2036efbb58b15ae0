package score4j.gpu;

import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import org.junit.jupiter.api.Assumptions;

/// Tests that cannot run somewhere: the build says why, once for each reason.
final class LeftOut {
  private static final Set<String> SAID = ConcurrentHashMap.newKeySet();

  private LeftOut() {}

  /// Goes on if it is possible, and else leaves out the test, or all of a class.
  ///
  /// @param what is left out, as in "tests of the card"
  static void unless(boolean possible, String what, String reason) {
    if (!possible) {
      if (SAID.add(what + reason)) {
        System.err.println(what + " are left out: " + reason);
      }
      Assumptions.abort(reason);
    }
  }
}
