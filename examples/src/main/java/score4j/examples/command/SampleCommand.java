package score4j.examples.command;

import java.io.IOException;
import java.util.Objects;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import score4j.Score;
import score4j.Threads;
import score4j.array.Batch;
import score4j.backend.Backend;
import score4j.examples.csv.Csv;
import score4j.examples.csv.Table;
import score4j.examples.fit.SavedModel;
import score4j.examples.output.Progress;
import score4j.process.LinearSde;
import score4j.rng.Key;
import score4j.sample.DiffusionSampler;
import score4j.sample.Langevin;
import score4j.sample.ProbabilityFlow;
import score4j.solve.Heun;

/// `score4j sample`: from a network in a file to new rows in a CSV file.
@Command(
    name = "sample",
    description = {
      "Draws new rows from what 'score4j train' learned.",
      "",
      "A network that learned the scores of a process (train --process) leads noise back to rows:"
          + " reverse-sde, ancestral, predictor-corrector or flow. One that learned levels of noise"
          + " (train --noise auto) climbs down them: annealed.",
      "",
      "A network that learned the table alone moves each row as a Langevin chain of its own,"
          + " x <- x + E s(x) + sqrt(2 E) z, on standardised columns from a standard normal start."
          + " Small steps are accurate, many steps reach clusters that are far apart."
    },
    footerHeading = "%nExamples:%n",
    footer = {
      "  score4j sample --model geyser.safetensors --n 1000 --out samples.csv",
      "  score4j sample --model vp.safetensors --n 1000 --sampler flow --steps 50 --out s.csv",
      "  score4j sample --model m.safetensors --n 100 --steps 20000 --step-size 0.001 --out s.csv"
    })
final class SampleCommand extends Subcommand {
  // what one array holds
  private static final int MOST_NUMBERS = Integer.MAX_VALUE - 8;

  @Mixin private ModelOption model = new ModelOption();

  @Option(names = "--n", paramLabel = "ROWS", description = "how many (default: ${DEFAULT-VALUE})")
  private int n = 1000;

  @Option(
      names = "--sampler",
      paramLabel = "NAME",
      description =
          "reverse-sde, ancestral, predictor-corrector, annealed, flow or langevin (default: what"
              + " the network was taught)")
  private @Nullable SamplerKind sampler;

  @Option(
      names = "--steps",
      paramLabel = "N",
      description =
          "steps from noise to rows; of annealed at each level; of langevin of each chain (default:"
              + " reverse-sde, flow and annealed 100, ancestral and predictor-corrector 500, langevin"
              + " 2000)")
  private @Nullable Long steps;

  @Option(
      names = "--step-size",
      paramLabel = "E",
      description = "size of a step of langevin, on standardised columns (default: 0.005)")
  private @Nullable Double stepSize;

  @Mixin private SeedOption seed = new SeedOption();

  @Mixin private BackendOption backend = new BackendOption();

  @Mixin private OutOption out = new OutOption();

  SampleCommand() {}

  @Override
  public Integer call() throws IOException {
    Options.atLeast("--n", n, 1);
    if (steps != null) {
      Options.atLeast("--steps", steps, 1);
    }
    if (stepSize != null) {
      Options.positive("--step-size", stepSize);
    }
    Threads team = backend.team();
    out.spare(model);
    SavedModel saved = model.read();
    if ((long) n * saved.columns().size() > MOST_NUMBERS) {
      throw new OptionException(
          "--n must be at most %d for %d columns but was %d: draw them in several files, each with"
                  .formatted(MOST_NUMBERS / saved.columns().size(), saved.columns().size(), n)
              + " a seed of its own");
    }
    SamplerKind kind = Objects.requireNonNullElse(sampler, SamplerKind.of(saved));
    if (stepSize != null && kind != SamplerKind.LANGEVIN) {
      throw new OptionException("--step-size goes with --sampler langevin, not %s".formatted(kind));
    }
    Batch rows;
    try (Backend computes = backend.open()) {
      rows = draw(saved, computes.score(saved.network()), kind, team);
    }
    Csv.write(out.file(), new Table(saved.columns(), rows));
    out().printf("%d rows of %s: %s%n", n, String.join(", ", saved.columns()), out.file());
    return 0;
  }

  private Batch draw(SavedModel saved, Score score, SamplerKind kind, Threads team) {
    Key key = seed.key();
    long count = Objects.requireNonNullElse(steps, kind.steps);
    if (kind == SamplerKind.LANGEVIN) {
      double size = Objects.requireNonNullElse(stepSize, 0.005);
      Langevin langevin = Langevin.of(size, count).withThreads(team);
      try (Progress progress = Progress.of("sampling", count)) {
        return saved.sample(score, langevin, n, key, progress);
      }
    }
    LinearSde process = saved.process();
    if (process == null) {
      throw new OptionException(
          "--sampler %s needs a network that knows noise, but %s was trained without --process or"
                  .formatted(kind, model.file())
              + " --noise: use langevin");
    }
    Options.steps(count);
    if (kind == SamplerKind.FLOW) {
      ProbabilityFlow flow =
          ProbabilityFlow.of(process)
              .withSolver(new Heun())
              .withGrid(SamplerKind.grid(process, (int) count))
              .withThreads(team);
      try (Progress progress = Progress.of("sampling", n)) {
        return saved.sample(score, flow, n, key, progress);
      }
    }
    DiffusionSampler diffusion = kind.sampler(saved, process, (int) count);
    DiffusionSampler ours = (DiffusionSampler) diffusion.withThreads(team);
    try (Progress progress = Progress.of("sampling", ours.steps())) {
      return saved.sample(score, ours, n, key, progress);
    }
  }
}
