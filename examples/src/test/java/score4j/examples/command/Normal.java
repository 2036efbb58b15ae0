package score4j.examples.command;

import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import score4j.array.Parameters;
import score4j.data.Standardizer;
import score4j.examples.fit.SavedModel;
import score4j.nn.Activation;
import score4j.nn.Conditioning;
import score4j.nn.Mlp;
import score4j.nn.ScoreNetwork;
import score4j.process.LinearSde;

/// Model files whose law is known: a network of zeros with the scaling of Karras et al. is the
/// exact score of N(0, I) under its process, so the table has independent normal columns.
final class Normal {
  static final List<String> COLUMNS = List.of("height", "weight");
  static final double[] MEAN = {10, -300};
  static final double[] STD = {0.5, 100};

  private Normal() {}

  static Path write(Path file, LinearSde process) throws IOException {
    Conditioning conditioning = Conditioning.of(process);
    Mlp mlp = Mlp.of(Activation.TANH, 2 + conditioning.inputs(), 4, 2);
    ScoreNetwork network = ScoreNetwork.of(mlp, conditioning, Parameters.zeros(mlp.slices()));
    new SavedModel(COLUMNS, Standardizer.of(MEAN, STD), network, 0).write(file, Map.of());
    return file;
  }

  /// log p of a row.
  static double logDensity(double... row) {
    double sum = 0;
    for (int c = 0; c < row.length; c++) {
      double z = (row[c] - MEAN[c]) / STD[c];
      sum -= 0.5 * z * z + Math.log(STD[c]) + 0.5 * Math.log(2 * Math.PI);
    }
    return sum;
  }
}
