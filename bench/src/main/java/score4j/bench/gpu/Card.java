package score4j.bench.gpu;

import score4j.backend.Backend;
import score4j.backend.BackendProvider;

/// Whether there is a card to measure.
public final class Card {
  private Card() {}

  /// Why the backend `gpu` cannot be had here, in one line; empty if it can.
  public static String missing() {
    for (BackendProvider provider : BackendProvider.all()) {
      if (provider.name().equals(Backend.GPU)) {
        return provider.unavailable();
      }
    }
    return "score4j-gpu is not on the path";
  }
}
