package score4j.tests;

import java.util.List;
import score4j.Threads;
import score4j.backend.Backend;
import score4j.backend.BackendProvider;

/// A device that is this processor, if the test says that it is there.
public final class PretendedProvider implements BackendProvider {
  static String reason = "it is pretended";

  @Override
  public String name() {
    return "pretended";
  }

  @Override
  public String unavailable() {
    return reason;
  }

  @Override
  public List<String> devices() {
    return reason.isEmpty() ? List.of("this processor") : List.of();
  }

  @Override
  public Backend open(Threads threads) {
    return Backend.cpu(threads);
  }
}
