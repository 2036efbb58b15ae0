package score4j.examples.command;

import java.io.PrintWriter;
import java.util.List;
import picocli.CommandLine.Command;
import score4j.Threads;
import score4j.backend.Backend;
import score4j.backend.BackendProvider;

/// `score4j devices`: what this machine can compute with.
@Command(
    name = "devices",
    description = {
      "Lists what networks can be computed with here: the processor, and each card, or why there is"
          + " none.",
      "",
      "'--backend gpu' of train, sample, likelihood and impute takes the first card, '--backend"
          + " auto' takes it if there is one. Samples and filled gaps are the same on both, bit for bit;"
          + " trained networks and likelihoods differ by rounding."
    },
    footerHeading = "%nExamples:%n",
    footer = {
      "  score4j devices",
      "  score4j sample --model m.safetensors --n 100000 --backend auto --out s.csv"
    })
final class DevicesCommand extends Subcommand {
  DevicesCommand() {}

  @Override
  public Integer call() {
    PrintWriter to = out();
    try (Backend cpu = Backend.cpu(Threads.available())) {
      line(to, cpu.name(), cpu.toString().substring(cpu.name().length() + 2));
    }
    List<BackendProvider> providers = BackendProvider.all();
    for (BackendProvider provider : providers) {
      String reason = provider.unavailable();
      if (reason.isEmpty()) {
        provider.devices().forEach(device -> line(to, provider.name(), device));
      } else {
        line(to, provider.name(), "not available: " + reason);
      }
    }
    if (providers.isEmpty()) {
      line(to, Backend.GPU, "not available: score4j-gpu is not on the path");
    }
    return 0;
  }

  private static void line(PrintWriter to, String name, String text) {
    to.printf("%-9s %s%n", name, text);
  }
}
