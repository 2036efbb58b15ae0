package score4j.examples.command;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import score4j.examples.csv.Csv;
import score4j.examples.csv.CsvFormat;
import score4j.examples.csv.Table;
import score4j.process.LinearSde;
import score4j.process.VarianceExploding;

class SampleCommandTest {
  @TempDir Path folder;

  /// A network of zeros is the exact score of N(0, I): every sampler draws the table it stands for.
  @ParameterizedTest
  @CsvSource({
    "vp, reverse-sde",
    "ve, reverse-sde",
    "vp, ancestral",
    "ve, predictor-corrector",
    "vp, predictor-corrector",
    "vp, flow",
    "ve, flow",
    "vp, annealed",
    "ve, annealed",
    "levels, annealed",
    "levels, flow",
    "subvp, reverse-sde",
    "power, ''",
    "vp, langevin"
  })
  void everySamplerDrawsTheLaw(String process, String sampler) throws IOException {
    LinearSde sde =
        switch (process) {
          case "vp" -> LinearSde.variancePreserving(0.1, 20);
          case "subvp" -> LinearSde.subVariancePreserving(0.1, 20);
          case "ve" -> LinearSde.varianceExploding(0.01, 10);
          case "levels" -> new VarianceExploding(0.05, 10, true);
          default -> LinearSde.sigmaPower(25);
        };
    Path model = Normal.write(folder.resolve("m"), sde);
    Path out = folder.resolve("s.csv");
    Run run = drawn(model, out, sampler, 2);
    assertThat(run.err()).isEmpty();
    Table rows = Csv.read(out, CsvFormat.AUTOMATIC);
    assertThat(rows.columns()).isEqualTo(Normal.COLUMNS);
    for (int c = 0; c < 2; c++) {
      float[] z = rows.values().column(c);
      double sum = 0;
      double square = 0;
      for (int r = 0; r < z.length; r++) {
        z[r] = (float) ((z[r] - Normal.MEAN[c]) / Normal.STD[c]);
        sum += z[r];
        square += z[r] * z[r] / z.length;
      }
      // 4 standard errors are 0.18 and 0.13; the rest is for what is left of noise and steps
      assertThat(sum / z.length).isCloseTo(0, within(0.19));
      assertThat(Math.sqrt(square)).isCloseTo(1, within(0.16));
    }
    Path again = folder.resolve("again.csv");
    drawn(model, again, sampler, 1);
    assertThat(again).hasSameBinaryContentAs(out);
  }

  private static Run drawn(Path model, Path out, String sampler, int threads) {
    List<Object> args =
        new ArrayList<>(
            List.of("sample", "--model", model, "--out", out, "--n", 500, "--threads", threads));
    if (!sampler.isEmpty()) {
      args.add("--sampler=" + sampler);
    }
    return Run.of(args.toArray());
  }
}
