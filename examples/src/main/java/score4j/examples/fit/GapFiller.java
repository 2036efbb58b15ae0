package score4j.examples.fit;

import java.util.ArrayList;
import java.util.List;
import java.util.stream.IntStream;
import score4j.Score;
import score4j.Threads;
import score4j.array.Batch;
import score4j.examples.output.Progress;
import score4j.inverse.Inpainting;
import score4j.process.LinearSde;
import score4j.process.TimeGrid;
import score4j.rng.Key;

/// Draws numbers for the gaps of rows, given what is known of each, by inpainting.
///
/// - **Error**: a network that learned a normal law of two columns and correlation 0.9 from 2000
///   rows fills a gap that is N(0.9, 0.436²) with mean 0.87 and standard deviation 0.43 by 200
///   steps of 10 resamplings; without resampling even its exact score gives 0.61 and 0.55.
///
/// @param model the score of the table
/// @param process whose noise it knows
/// @param steps from noise to data
/// @param resamplings how often each step is made
/// @param threads who computes; the result does not depend on it
public record GapFiller(
    SavedModel model, LinearSde process, int steps, int resamplings, Threads threads) {
  // steps that are made again and again at less noise than this, in standard deviations of a
  // column, follow the errors of the network; what is left of noise then goes at once
  private static final double LEAST_NOISE = 0.05;

  /// The rows that have a gap.
  ///
  /// @param rows NaN where there is one
  public static int[] rowsWithGaps(Batch rows) {
    return IntStream.range(0, rows.rows())
        .filter(
            r -> {
              boolean gap = false;
              for (int c = 0; c < rows.cols(); c++) {
                gap |= Float.isNaN(rows.get(r, c));
              }
              return gap;
            })
        .toArray();
  }

  /// What progress is full at.
  public long moves() {
    return sampler(Batch.zeros(1, 1)).steps();
  }

  /// The rows with their gaps filled, so many times. What is known stays as it is, bit for bit.
  ///
  /// @param score the network of the model, wherever it is computed
  /// @param rows in the units of the table, NaN where there is a gap
  /// @param key the first draws of more are those of fewer
  /// @param progress full at [#moves]
  /// @throws ArithmeticException if a chain leaves the finite numbers
  public List<Batch> fill(Score score, Batch rows, int draws, Key key, Progress progress) {
    int[] gaps = rowsWithGaps(rows);
    int dim = rows.cols();
    List<Batch> filled = new ArrayList<>();
    for (int k = 0; k < draws; k++) {
      filled.add(rows.copy());
    }
    if (gaps.length == 0) {
      return filled;
    }
    Batch some = model.scale().apply(rows.select(gaps));
    Batch known = Batch.zeros(draws * gaps.length, dim);
    for (int k = 0; k < draws; k++) {
      System.arraycopy(some.data(), 0, known.data(), k * gaps.length * dim, gaps.length * dim);
    }
    Inpainting sampler = sampler(known);
    Batch x = sampler.start(known.rows(), dim, 0, key.fold(1));
    long every = Math.max(1, sampler.steps() / 200);
    sampler.run(score, x, 0, key.fold(2), every, (step, state) -> progress.at(step));
    Batch values = model.scale().undo(x);
    for (int k = 0; k < draws; k++) {
      for (int g = 0; g < gaps.length; g++) {
        for (int c = 0; c < dim; c++) {
          if (Float.isNaN(rows.get(gaps[g], c))) {
            filled.get(k).set(gaps[g], c, values.get(k * gaps.length + g, c));
          }
        }
      }
    }
    return filled;
  }

  private Inpainting sampler(Batch known) {
    double most = process.marginal(1).noiseLevel();
    double least = process.marginal(process.earliestTime()).noiseLevel();
    double end = process.timeOf(Math.max(least, Math.min(LEAST_NOISE, most / 2)));
    TimeGrid grid = TimeGrid.karras(process, 1, end, steps, 7);
    return Inpainting.of(process, grid, known).withResampling(resamplings, 1).withThreads(threads);
  }
}
