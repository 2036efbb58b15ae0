package score4j.backend;

import java.util.ArrayList;
import java.util.Iterator;
import java.util.List;
import java.util.ServiceConfigurationError;
import java.util.ServiceLoader;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.stream.Collectors;
import score4j.Threads;

/// Finds and chooses backends.
final class Backends {
  private static final String LOGGER = "score4j";
  private static final int MOST_FAILURES = 100;
  private static final Set<String> SAID = ConcurrentHashMap.newKeySet();

  private Backends() {}

  static List<BackendProvider> providers() {
    return providers(ServiceLoader.load(BackendProvider.class).iterator());
  }

  static List<BackendProvider> providers(Iterator<BackendProvider> all) {
    List<BackendProvider> found = new ArrayList<>();
    // some failures are of one provider, some of the search, which would go on failing
    for (int failures = 0; failures < MOST_FAILURES; ) {
      try {
        if (!all.hasNext()) {
          return List.copyOf(found);
        }
        found.add(all.next());
      } catch (ServiceConfigurationError e) { // one that is broken hides no other
        failures++;
        say(System.Logger.Level.WARNING, "backend: a provider cannot be used: " + e.getMessage());
      }
    }
    return List.copyOf(found);
  }

  static Backend open(String name, Threads threads, List<BackendProvider> providers) {
    if (name.equals(Backend.CPU)) {
      return Backend.cpu(threads);
    }
    if (name.equals(Backend.AUTO)) {
      return automatic(threads, providers);
    }
    for (BackendProvider provider : providers) {
      if (provider.name().equals(name)) {
        String reason = provider.unavailable();
        if (!reason.isEmpty()) {
          throw new IllegalStateException(
              "backend %s is not available: %s".formatted(name, reason));
        }
        return provider.open(threads);
      }
    }
    if (name.equals(Backend.GPU)) {
      throw new IllegalStateException(
          "backend gpu is not available: score4j-gpu is not on the path");
    }
    throw new IllegalArgumentException(
        "backend must be cpu, gpu or auto but was %s%s"
            .formatted(
                name,
                providers.isEmpty()
                    ? ""
                    : ": the path has "
                        + providers.stream()
                            .map(BackendProvider::name)
                            .collect(Collectors.joining(", "))));
  }

  private static Backend automatic(Threads threads, List<BackendProvider> providers) {
    List<String> reasons = new ArrayList<>();
    for (BackendProvider provider : providers) {
      String reason = provider.unavailable();
      if (reason.isEmpty()) {
        try {
          Backend backend = provider.open(threads);
          say(System.Logger.Level.INFO, "backend: " + backend);
          return backend;
        } catch (IllegalStateException e) { // taken by another, or gone since
          reason = String.valueOf(e.getMessage());
        }
      }
      reasons.add("%s is not available: %s".formatted(provider.name(), reason));
    }
    if (reasons.isEmpty()) {
      reasons.add("score4j-gpu is not on the path");
    }
    say(System.Logger.Level.INFO, "backend: cpu, because " + String.join("; ", reasons));
    return Backend.cpu(threads);
  }

  // once, however often a program asks
  private static void say(System.Logger.Level level, String line) {
    if (SAID.add(line)) {
      System.getLogger(LOGGER).log(level, line);
    }
  }
}
