package score4j.sample;

import java.util.Arrays;
import org.jspecify.annotations.Nullable;
import score4j.Score;
import score4j.array.Batch;
import score4j.internal.parallel.Team;
import score4j.process.FlowVelocity;
import score4j.process.Sde;
import score4j.process.TimeGrid;
import score4j.solve.Effort;
import score4j.solve.Ode;
import score4j.solve.Rk45;

/// One batch on its way along a [ProbabilityFlow], in chunks that do not know of each other.
final class Flight implements Team.Chunk {
  /// How many samples go together: enough for the tiles of a network, few enough to stay in the
  /// cache.
  private static final int TOGETHER = 256;

  /// How many a thread takes that lets them in as others arrive.
  private static final int QUEUE = 2048;

  private final ProbabilityFlow flow;
  private final Score score;
  private final Batch x;
  private final double[] times;
  private final int chunk;
  private final Effort[] efforts;
  private final @Nullable ArithmeticException[] failures;

  /// Where the samples were at times 1, 2, …; empty if nobody looks.
  final Batch[] seen;

  Flight(ProbabilityFlow flow, Score score, Batch x, TimeGrid grid, int looks) {
    x.requireCols("x", score.dim());
    x.requireFinite("x");
    this.flow = flow;
    this.score = score;
    this.x = x;
    times = grid.times().stream().mapToDouble(Double::doubleValue).toArray();
    chunk =
        Math.clamp(
            Math.ceilDiv(x.rows(), flow.threads().count()),
            TOGETHER,
            Math.max(flow.solver() instanceof Rk45 ? QUEUE : TOGETHER, score.rowsAtOnce()));
    int chunks = Math.ceilDiv(x.rows(), chunk);
    efforts = new Effort[chunks];
    failures = new ArithmeticException[chunks];
    seen = new Batch[looks];
    Arrays.setAll(seen, i -> Batch.zeros(x.rows(), x.cols()));
  }

  Effort run() {
    int members = Math.clamp(efforts.length, 1, flow.threads().count());
    try (Team team = new Team(members, flow.threads().executor())) {
      team.run(efforts.length, this);
    }
    for (ArithmeticException failure : failures) {
      if (failure != null) { // the same one on any number of threads
        throw failure;
      }
    }
    return Effort.join(Arrays.asList(efforts));
  }

  @Override
  public void run(int index, int member) {
    int first = index * chunk;
    int rows = Math.min(x.rows(), first + chunk) - first;
    int dim = x.cols();
    double[] y = new double[rows * dim];
    for (int i = 0; i < y.length; i++) {
      y[i] = x.data()[first * dim + i];
    }
    try {
      efforts[index] =
          flow.solver()
              .solve(
                  new Motion(flow.process(), score, rows),
                  times,
                  y,
                  rows,
                  first,
                  (sample, time, state, offset) -> {
                    if (seen.length > 0) {
                      write(state, offset, seen[time - 1].data(), sample * dim, dim);
                    }
                  });
    } catch (ArithmeticException e) {
      failures[index] = e;
      return;
    }
    write(y, 0, x.data(), first * dim, y.length);
  }

  private static void write(double[] from, int offset, float[] to, int start, int count) {
    for (int i = 0; i < count; i++) {
      to[start + i] = (float) from[offset + i];
    }
  }

  /// The right-hand side for the samples of one chunk.
  private static final class Motion implements Ode {
    private final Score score;
    private final FlowVelocity velocity;
    private final Batch point;
    private final Batch direction;

    Motion(Sde process, Score score, int rows) {
      this.score = score;
      velocity = new FlowVelocity(process, score.dim());
      point = Batch.zeros(rows, score.dim());
      direction = Batch.zeros(rows, score.dim());
    }

    @Override
    public int width() {
      return point.cols();
    }

    @Override
    public int rowsAtOnce() {
      return score.rowsAtOnce();
    }

    @Override
    public void derivative(int rows, int[] samples, double[] t, double[] y, double[] dy) {
      int dim = point.cols();
      write(y, 0, point.data(), 0, rows * dim);
      score.score(point, 0, rows, t, direction);
      for (int r = 0; r < rows; r++) {
        velocity.at(t[r]);
        velocity.velocity(y, r * dim, direction.data(), r * dim, dy);
      }
    }
  }
}
