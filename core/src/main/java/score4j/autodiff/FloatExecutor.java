package score4j.autodiff;

import java.util.Arrays;
import java.util.List;
import score4j.Threads;
import score4j.internal.parallel.Team;

/// Runs a program in `float` on the kernels: planned once, then any number of batches, without
/// allocation after the first of each size.
///
/// Lanes are samples. A batch is cut into chunks and these into tiles, whose sizes depend on the
/// program and the size of the batch alone; every sum has its order; so results are the same bits
/// for any number of threads and on the scalar and the vector kernels.
final class FloatExecutor implements AutoCloseable {
  // rows of a tile stay in the second-level cache
  private static final int TILE_FLOATS = 1 << 19;
  private static final int MOST_LANES = 1024;
  private static final int LEAST_LANES = 64;
  private static final int MOST_CHUNKS = 16;

  private final Plan plan;
  private final Team team;
  private final Frame[] frames;
  private final Team.Chunk work = this::chunk;
  private float[][] sums = {};
  // the call at hand
  private float[] x = {};
  private Plan.Turn turn;
  private int start;
  private int batch;
  private int lanes;
  private int chunkRows;

  /// Plans a program and makes room for what is the same for all samples.
  FloatExecutor(Program program, Threads threads) {
    plan = new Plan(program);
    turn = new Plan.Turn(List.of(), null, List.of(), List.of());
    team = new Team(threads.count(), threads.executor());
    frames = new Frame[threads.count()];
    // a run may read on to the end of its last vector
    float[] shared = new float[plan.sharedFloats + Frame.WIDTH];
    for (int i = 0; i < frames.length; i++) {
      frames[i] = new Frame();
      frames[i].shared = shared;
    }
    for (Plan.Known known : plan.known) {
      Block block = known.block();
      int unit = frames[0].unit(block);
      for (int i = 0; i < block.size(); i++) {
        int from = block.offset() + i * unit;
        Arrays.fill(shared, from, from + unit, (float) known.values().at(i));
      }
    }
  }

  /// Gives an input that is the same for all samples, until it is given again.
  ///
  /// @param input its number
  /// @param offset where its numbers begin in `values`
  void set(int input, float[] values, int offset) {
    Block block = plan.given.get(plan.program.inputs().get(input));
    // what no result needs is nowhere
    if (block != null) {
      System.arraycopy(values, offset, frames[0].shared, block.offset(), block.size());
    }
  }

  /// Runs the program on some samples.
  ///
  /// @param x the first input: samples, row by row, of which those `from ≤ i < to` are taken
  /// @param outputs for each result that differs by sample, where it goes: row i to row i
  void run(float[] x, int from, int to, float[][] outputs) {
    this.x = x;
    start = from;
    batch = to - from;
    lanes = lanes(batch);
    int share = (batch + MOST_CHUNKS - 1) / MOST_CHUNKS;
    chunkRows = Math.max(lanes, (share + lanes - 1) / lanes * lanes);
    int chunks = (batch + chunkRows - 1) / chunkRows;
    for (Frame frame : frames) {
      frame.size(lanes, plan.tileRows, plan.zeroRows, plan.scratchRows);
      frame.outputs = outputs;
    }
    if (sums.length < chunks) {
      int old = sums.length;
      sums = Arrays.copyOf(sums, chunks);
      for (int c = old; c < chunks; c++) {
        sums[c] = new float[plan.sumFloats];
      }
    }
    Frame frame = frames[0];
    for (int i = 0; i < plan.batchSizes.size(); i++) {
      int place = plan.batchSizes.get(i).offset();
      Arrays.fill(frame.shared, place, place + Frame.WIDTH, (float) batch);
    }
    for (int t = 0; t < plan.turns.size(); t++) {
      turn = plan.turns.get(t);
      run(turn.before(), frame);
      team.run(chunks, work);
      collect(chunks);
    }
    run(plan.after, frame);
  }

  /// Writes a result that is the same for all samples.
  ///
  /// @param output its number
  void read(int output, float[] to, int offset) {
    View view = java.util.Objects.requireNonNull(plan.results.get(output));
    int[] places = plan.resultPlaces.get(output);
    int from = view.block().offset() + view.start();
    for (int j = 0; j < places.length; j++) {
      to[offset + j] = frames[0].shared[from + places[j]];
    }
  }

  /// Whether a result differs by sample.
  boolean varies(int output) {
    return plan.results.get(output) == null;
  }

  private static void run(List<Step> steps, Frame frame) {
    for (int i = 0; i < steps.size(); i++) {
      steps.get(i).run(frame);
    }
  }

  /// A power of 2: as many samples as fit a tile, but no more than an eighth of the batch so that
  /// threads share it.
  private int lanes(int batch) {
    int fit = Integer.highestOneBit(Math.max(1, TILE_FLOATS / Math.max(1, plan.tileRows)));
    int share = Math.max(LEAST_LANES, powerAbove((batch + 7) / 8));
    int all = powerAbove(batch);
    return Math.clamp(Math.min(fit, Math.min(share, all)), Frame.WIDTH, MOST_LANES);
  }

  private static int powerAbove(int n) {
    return n <= 1 ? 1 : Integer.highestOneBit(n - 1) << 1;
  }

  private void chunk(int index, int member) {
    Frame frame = frames[member];
    frame.sums = sums[index];
    Arrays.fill(frame.sums, 0f);
    int end = Math.min(batch, (index + 1) * chunkRows);
    for (int from = index * chunkRows; from < end; from += lanes) {
      int samples = Math.min(lanes, end - from);
      frame.tile(start + from, samples, Math.max(Frame.WIDTH, powerAbove(samples)));
      Block input = turn.input();
      if (input != null) {
        load(frame, input);
      }
      run(turn.tile(), frame);
    }
  }

  private void load(Frame frame, Block input) {
    int size = input.size();
    int to = frame.start(input);
    frame.lane.transpose(
        frame.tile, to, frame.lanes, x, frame.first * size, size, frame.samples, size);
    // lanes without a sample repeat the last
    for (int i = 0; i < size && frame.samples < frame.lanes; i++) {
      int row = to + i * frame.lanes;
      Arrays.fill(
          frame.tile, row + frame.samples, row + frame.lanes, frame.tile[row + frame.samples - 1]);
    }
  }

  /// Adds up the sums of the chunks, in their order, and puts them where they belong.
  private void collect(int chunks) {
    for (int i = 0; i < turn.sums().size(); i++) {
      Plan.Sums s = turn.sums().get(i);
      for (int c = 1; c < chunks; c++) {
        frames[0].kernels.add(sums[0], s.offset(), sums[c], s.offset(), s.floats());
      }
      int to = s.result().offset();
      float[] y = frames[0].shared;
      for (int k = 0; k < s.instances(); k++) {
        for (int row = 0; row < s.rows(); row++) {
          int from = s.offset() + (k * s.rows() + row) * s.width();
          int start = to + k * s.rows() * s.cols();
          if (s.transposed()) {
            for (int col = 0; col < s.cols(); col++) {
              y[start + col * s.rows() + row] = sums[0][from + col];
            }
          } else {
            System.arraycopy(sums[0], from, y, start + row * s.cols(), s.cols());
          }
        }
      }
    }
  }

  @Override
  public void close() {
    team.close();
  }
}
