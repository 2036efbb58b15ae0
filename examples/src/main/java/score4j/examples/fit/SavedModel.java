package score4j.examples.fit;

import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import score4j.Score;
import score4j.array.Batch;
import score4j.data.Standardizer;
import score4j.examples.output.OutputFile;
import score4j.examples.output.Progress;
import score4j.io.Checkpoint;
import score4j.nn.ScoreNetwork;
import score4j.process.LinearSde;
import score4j.rng.Key;
import score4j.rng.Noise;
import score4j.sample.DiffusionSampler;
import score4j.sample.Langevin;
import score4j.sample.ProbabilityFlow;
import score4j.sample.Sampler;

/// The score of a table as it is kept in a file: a network on standardised columns, with the names,
/// the means and the standard deviations of the columns in the metadata. The file says, too,
/// whether the network is told the time of a process.
///
/// @param columns a name for each column
/// @param scale from the table to what the network takes, and back
/// @param network the score of the standardised columns
/// @param levels how many levels of noise it was taught, from the largest of its process to the
///     least; 0 for all times of the process, or without one
public record SavedModel(
    List<String> columns, Standardizer scale, ScoreNetwork network, int levels) {
  private static final String NAME = "column.%d.name";
  private static final String MEAN = "column.%d.mean";
  private static final String STD = "column.%d.std";
  private static final String LEVELS = "noise.levels";
  private static final int MOST_LEVELS = 1 << 20;
  // rows that go together where there is nothing else to see progress by
  private static final int CHUNK = 4096;

  /// Keeps a list of its own.
  ///
  /// @throws IllegalArgumentException if there is not one name for each coordinate
  public SavedModel {
    columns = List.copyOf(columns);
    if (columns.size() != network.dim()) {
      throw new IllegalArgumentException(
          "there are %d column names but the network takes %d coordinates"
              .formatted(columns.size(), network.dim()));
    }
  }

  /// Writes the file, whole or not at all.
  ///
  /// @param notes more metadata, such as how it was learned
  /// @throws IOException if it cannot be written
  public void write(Path file, Map<String, String> notes) throws IOException {
    Map<String, String> metadata = new LinkedHashMap<>(notes);
    if (levels > 0) {
      metadata.put(LEVELS, Integer.toString(levels));
    }
    for (int c = 0; c < columns.size(); c++) {
      metadata.put(NAME.formatted(c + 1), columns.get(c));
      metadata.put(MEAN.formatted(c + 1), Double.toString(scale.mean()[c]));
      metadata.put(STD.formatted(c + 1), Double.toString(scale.std()[c]));
    }
    Checkpoint.write(
        OutputFile.checked(file),
        new Checkpoint(network.mlp(), network.conditioning(), network.parameters(), metadata));
  }

  /// Reads a file.
  ///
  /// @throws IOException if it cannot be read, or is not such a file
  public static SavedModel read(Path file) throws IOException {
    Checkpoint checkpoint = Checkpoint.read(file);
    if (checkpoint.conditioning().context() > 0) {
      throw new IOException(
          "%s: the network is told %d numbers beside each row, which only a program of your own can"
                  .formatted(file, checkpoint.conditioning().context())
              + " give it");
    }
    int dim = checkpoint.mlp().inputs() - checkpoint.conditioning().inputs();
    if (checkpoint.mlp().outputs() != dim) {
      throw new IOException(
          "%s: the network takes %d coordinates and gives %d, so it is not a score"
              .formatted(file, dim, checkpoint.mlp().outputs()));
    }
    Map<String, String> metadata = checkpoint.metadata();
    if (metadata.containsKey(NAME.formatted(dim + 1))) {
      throw new IOException(
          "%s: the network takes %d coordinates but the file names more columns, the next is %s"
              .formatted(file, dim, metadata.get(NAME.formatted(dim + 1))));
    }
    List<String> columns = new ArrayList<>();
    double[] mean = new double[dim];
    double[] std = new double[dim];
    for (int c = 0; c < dim; c++) {
      columns.add(text(file, metadata, NAME.formatted(c + 1), dim));
      mean[c] = number(file, metadata, MEAN.formatted(c + 1), dim);
      std[c] = number(file, metadata, STD.formatted(c + 1), dim);
    }
    try {
      return new SavedModel(
          columns,
          Standardizer.of(mean, std),
          ScoreNetwork.of(checkpoint.mlp(), checkpoint.conditioning(), checkpoint.parameters()),
          levels(file, metadata));
    } catch (IllegalArgumentException e) {
      throw new IOException("%s: %s".formatted(file, e.getMessage()), e);
    }
  }

  private static int levels(Path file, Map<String, String> metadata) throws IOException {
    String text = metadata.getOrDefault(LEVELS, "0");
    if (!text.matches("[0-9]{1,7}") || Integer.parseInt(text) > MOST_LEVELS) {
      throw new IOException("%s: %s is not a number of levels".formatted(file, LEVELS));
    }
    return Integer.parseInt(text);
  }

  private static String text(Path file, Map<String, String> metadata, String key, int dim)
      throws IOException {
    String text = metadata.get(key);
    if (text == null) {
      throw new IOException(
          ("%s: the network takes %d coordinates but the file does not say %s: use a file that"
                  + " 'score4j train' wrote")
              .formatted(file, dim, key));
    }
    return text;
  }

  private static double number(Path file, Map<String, String> metadata, String key, int dim)
      throws IOException {
    String text = text(file, metadata, key, dim);
    try {
      return Double.parseDouble(text);
    } catch (NumberFormatException e) {
      throw new IOException("%s: %s is not a number".formatted(file, key), e);
    }
  }

  /// The process whose time the network is told; null for the score of the data alone.
  public @Nullable LinearSde process() {
    return network.conditioning().process();
  }

  /// Draws rows in the units of the table: Langevin chains on the standardised columns, each from a
  /// standard normal start.
  ///
  /// @param score the network, wherever it is computed
  /// @param progress full at the number of steps
  /// @throws ArithmeticException if a chain leaves the finite numbers
  public Batch sample(Score score, Langevin langevin, int rows, Key key, Progress progress) {
    Batch x = Noise.normals(key.fold(1), rows, network.dim());
    run(score, langevin, x, key.fold(2), progress);
    return scale.undo(x);
  }

  /// Draws rows in the units of the table by a diffusion that is led back from noise.
  ///
  /// @param score the network, wherever it is computed
  /// @param progress full at the number of steps
  /// @throws ArithmeticException if a chain leaves the finite numbers
  public Batch sample(Score score, DiffusionSampler sampler, int rows, Key key, Progress progress) {
    Batch x = sampler.start(rows, network.dim(), 0, key.fold(1));
    run(score, sampler, x, key.fold(2), progress);
    return scale.undo(x);
  }

  private static void run(Score score, Sampler sampler, Batch x, Key key, Progress progress) {
    long every = Math.max(1, sampler.steps() / 200);
    sampler.run(score, x, key, every, (step, state) -> progress.at(step));
  }

  /// Draws rows in the units of the table by the probability flow.
  ///
  /// @param score the network, wherever it is computed
  /// @param progress full at the number of rows
  /// @throws ArithmeticException if a row cannot be followed
  public Batch sample(Score score, ProbabilityFlow flow, int rows, Key key, Progress progress) {
    int dim = network.dim();
    Batch x = Batch.zeros(rows, dim);
    for (int from = 0; from < rows; from += CHUNK) {
      Batch noise = flow.noise(dim, from, Math.min(CHUNK, rows - from), key.fold(1));
      Batch part = flow.decode(score, noise);
      System.arraycopy(part.data(), 0, x.data(), from * dim, part.data().length);
      progress.at(from + part.rows());
    }
    return scale.undo(x);
  }
}
