package score4j.autodiff;

import java.util.Arrays;
import java.util.List;
import java.util.Map;
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
  private float[][] inputs = {};
  private Plan.Turn turn;
  private int batch;
  private int lanes;
  private int chunkRows;

  /// Plans a program and makes room for what is the same for all samples.
  FloatExecutor(Program program, Threads threads) {
    plan = new Plan(program);
    turn = new Plan.Turn(List.of(), List.of(), List.of(), List.of());
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

  /// Runs the program.
  ///
  /// @param batch the number of samples B
  /// @param inputs in their order: B × size for what differs by sample, else size
  /// @param outputs in their order, overwritten: B × size for what differs by sample, else size
  void run(int batch, float[][] inputs, float[][] outputs) {
    this.inputs = inputs;
    this.batch = batch;
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
    for (Map.Entry<Integer, Block> given : plan.givenInOrder) {
      float[] values = inputs[given.getKey()];
      System.arraycopy(values, 0, frame.shared, given.getValue().offset(), values.length);
    }
    for (int i = 0; i < plan.batchSizes.size(); i++) {
      int from = plan.batchSizes.get(i).offset();
      Arrays.fill(frame.shared, from, from + Frame.WIDTH, (float) batch);
    }
    for (int t = 0; t < plan.turns.size(); t++) {
      turn = plan.turns.get(t);
      run(turn.before(), frame);
      team.run(chunks, work);
      collect(chunks);
    }
    run(plan.after, frame);
    for (int i = 0; i < outputs.length; i++) {
      View view = plan.results.get(i);
      if (view != null) {
        int[] places = plan.resultPlaces.get(i);
        int from = view.block().offset() + view.start();
        for (int j = 0; j < places.length; j++) {
          outputs[i][j] = frame.shared[from + places[j]];
        }
      }
    }
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
      frame.tile(from, samples, Math.max(Frame.WIDTH, powerAbove(samples)));
      for (int i = 0; i < turn.inputs().size(); i++) {
        load(frame, turn.inputs().get(i));
      }
      run(turn.tile(), frame);
    }
  }

  private void load(Frame frame, Plan.Input input) {
    int size = input.block().size();
    int to = frame.start(input.block());
    frame.lane.transpose(
        frame.tile,
        to,
        frame.lanes,
        inputs[input.number()],
        frame.first * size,
        size,
        frame.samples,
        size);
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
