package score4j.examples.command;

import java.io.IOException;
import java.io.PrintWriter;
import java.util.Comparator;
import java.util.List;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import score4j.Threads;
import score4j.array.Batch;
import score4j.backend.Backend;
import score4j.examples.csv.Csv;
import score4j.examples.csv.Table;
import score4j.examples.fit.RowDensity;
import score4j.examples.fit.SavedModel;
import score4j.examples.output.Progress;
import score4j.likelihood.Divergence;
import score4j.likelihood.FlowLikelihood;
import score4j.metric.Estimate;
import score4j.solve.Tolerance;

/// `score4j likelihood`: how likely each row of a table is under what a network learned.
@Command(
    name = "likelihood",
    description = {
      "Says how likely each row of a table is: one number a row, the natural logarithm of the"
          + " density in the units of the table.",
      "",
      "The network must know the scores of a process (train --process), and the table has the"
          + " columns that it learned, in any order and among others. Each row is followed to noise,"
          + " whose density is known. What is learned is the law of rows with the least noise of the"
          + " process, for vp a hundredth of a standard deviation. The density is per unit of every"
          + " column: measured in metres instead of centimetres it is larger by log 100 a column, so"
          + " compare rows or networks, in the same units. Rows that 'train' saw look likelier than"
          + " new ones. The seed is that of the probes.",
      "",
      "Columns of the CSV file: log_density; integration_error, how far a run at twice the tolerance"
          + " was from that; and with two or more probes standard_error."
    },
    footerHeading = "%nExamples:%n",
    footer = {
      "  score4j likelihood --model vp.safetensors --data examples/data/faithful.csv --out l.csv",
      "  score4j likelihood --model wide.safetensors --data t.csv --probes 8 --out l.csv"
    })
final class LikelihoodCommand extends Subcommand {
  @Mixin private ModelOption model = new ModelOption();

  @Mixin private TableOptions data = new TableOptions();

  @Option(
      names = "--probes",
      paramLabel = "M",
      description =
          "estimate the divergence from so many random directions, for very many columns (default:"
              + " exact)")
  private @Nullable Integer probes;

  @Option(
      names = "--tolerance",
      paramLabel = "T",
      description = "error of a step, in nats (default: ${DEFAULT-VALUE})")
  private double tolerance = 1e-5;

  @Option(
      names = "--least",
      paramLabel = "N",
      description = "name so many of the least likely rows (default: ${DEFAULT-VALUE})")
  private int least = 5;

  @Mixin private SeedOption seed = new SeedOption();

  @Mixin private BackendOption backend = new BackendOption();

  @Mixin private OutOption out = new OutOption();

  LikelihoodCommand() {}

  @Override
  public Integer call() throws IOException {
    if (probes != null) {
      Options.atLeast("--probes", probes, 1);
    }
    Options.positive("--tolerance", tolerance);
    Options.atLeast("--least", least, 0);
    Threads team = backend.team();
    out.spare(model);
    out.spare(data);
    SavedModel saved = model.read();
    FlowLikelihood likelihood =
        FlowLikelihood.of(model.process(saved))
            .withTolerance(Tolerance.of(tolerance))
            .withThreads(team);
    if (probes != null) {
      likelihood = likelihood.withDivergence(Divergence.probes(probes));
    }
    Table table = Csv.readLike(data.file(), data.format(), saved.columns());
    List<RowDensity> densities;
    try (Backend computes = backend.open();
        Progress progress = Progress.of("likelihood", table.values().rows())) {
      densities =
          RowDensity.of(
              saved,
              computes.score(saved.network()),
              likelihood,
              table.values(),
              seed.key().fold(1),
              progress);
    } catch (ArithmeticException e) {
      throw Options.blamed("--tolerance %s may be too small".formatted(tolerance), e);
    }
    Csv.write(out.file(), table(densities));
    print(saved, densities);
    return 0;
  }

  private Table table(List<RowDensity> densities) {
    boolean errors = probes != null && probes > 1;
    Batch values = Batch.zeros(densities.size(), errors ? 3 : 2);
    for (int r = 0; r < values.rows(); r++) {
      values.set(r, 0, (float) densities.get(r).logDensity());
      values.set(r, 1, (float) densities.get(r).integrationError());
      if (errors) {
        values.set(r, 2, (float) densities.get(r).standardError());
      }
    }
    List<String> names = List.of("log_density", "integration_error", "standard_error");
    return new Table(names.subList(0, values.cols()), values);
  }

  private void print(SavedModel saved, List<RowDensity> densities) {
    double[] values = densities.stream().mapToDouble(RowDensity::logDensity).toArray();
    PrintWriter to = out();
    to.printf("rows      %d of %s%n", values.length, String.join(", ", saved.columns()));
    Estimate mean = Estimate.mean(values);
    to.printf(
        "density   mean log density %.3f%s nats, in the units of the table%n",
        mean.value(), values.length > 1 ? " +- %.2g".formatted(mean.standardError()) : "");
    to.printf(
        "error     at most %.1e nats by integration%s%n",
        densities.stream().mapToDouble(RowDensity::integrationError).max().orElse(0),
        probes != null && probes > 1
            ? ", %.2g by probes (median)".formatted(median(densities))
            : "");
    if (least > 0) {
      to.printf(
          "unlikely  %s%n",
          IntStream.range(0, values.length)
              .boxed()
              .sorted(Comparator.comparingDouble(r -> values[r]))
              .limit(least)
              .map(r -> "row %d (%.2f)".formatted(r + 1, values[r]))
              .collect(Collectors.joining(", ")));
    }
    to.printf("written   %s%n", out.file());
  }

  private static double median(List<RowDensity> densities) {
    double[] sorted = densities.stream().mapToDouble(RowDensity::standardError).sorted().toArray();
    return sorted[sorted.length / 2];
  }
}
