package score4j.solve;

import org.jspecify.annotations.Nullable;

/// One solution by [Rk45]: the samples that are on their way lie in the first rows of every array,
/// at most 256 unless the right-hand side wants more at once. A sample that has arrived is written
/// out and the last one takes its place; when a quarter of the places is empty, as many of those
/// that wait are let in, so that a right-hand side that is a network works on many rows to the end.
final class DormandPrince {
  // Dormand & Prince 1980, table 2
  private static final double[] C = {0, 1.0 / 5, 3.0 / 10, 4.0 / 5, 8.0 / 9, 1, 1};
  private static final double[][] A = {
    {},
    {1.0 / 5},
    {3.0 / 40, 9.0 / 40},
    {44.0 / 45, -56.0 / 15, 32.0 / 9},
    {19372.0 / 6561, -25360.0 / 2187, 64448.0 / 6561, -212.0 / 729},
    {9017.0 / 3168, -355.0 / 33, 46732.0 / 5247, 49.0 / 176, -5103.0 / 18656},
    {35.0 / 384, 0, 500.0 / 1113, 125.0 / 192, -2187.0 / 6784, 11.0 / 84},
  };
  // fifth order less fourth
  private static final double[] E = {
    71.0 / 57600, 0, -71.0 / 16695, 71.0 / 1920, -17253.0 / 339200, 22.0 / 525, -1.0 / 40
  };
  // the term of fourth order of the interpolant
  private static final double[] DENSE = {
    -12715105075.0 / 11282082432.0,
    0,
    87487479700.0 / 32700410799.0,
    -10690763975.0 / 1880347072.0,
    701980252875.0 / 199316789632.0,
    -1453857185.0 / 822651844.0,
    69997945.0 / 29380423.0
  };
  private static final int STAGES = 7;

  // samples that go together: enough for the tiles of a network, few enough for the cache
  private static final int MOST_PLACES = 256;
  private static final int LEAST_PLACES = 64;
  private static final int MOST_NUMBERS = 8192;
  private static final int WANTED_NUMBERS = 1 << 20;

  private static final int BLOCK = 1024;

  private static final double SAFETY = 0.9;
  private static final double LEAST = 0.2;
  private static final double MOST = 10;
  private static final double LEAST_LOG = -13.287712; // log2 1e-4
  private static final double INTEGRAL = 0.04;
  private static final double PROPORTIONAL = 0.2 - 0.75 * INTEGRAL;

  private final Ode ode;
  private final double[] times;
  private final double from;
  private final double to;
  // where samples begin, and, once they have arrived, where they are
  private final double[] result;
  private final int total;
  private final int firstSample;
  private final OdeSolver.Observer observer;
  private final double relative;
  private final double absolute;
  private final int maxSteps;
  private final int width;
  private final int controlled;

  // rows on their way; row r is sample samples[r]
  private int active;
  private int waiting; // the first that was not let in yet, counted from the first sample
  private final int places;
  private final int[] samples;
  private final double[] t;
  private final double[] h;
  private final double[] end; // of the step
  private final double[] lastLog; // of the error of the last step, to base 2
  private final boolean[] undone;
  private final int[] seen; // the last of the times that was shown
  private final double[] y;
  private final double[] next;
  private final double[] difference; // of the two orders
  private final double[][] k = new double[STAGES][];
  private final double[] stageTime;
  private final double[] between;
  private final int[] newcomers;

  // the first of those that cannot be followed
  private @Nullable ArithmeticException failure;
  private int failed;

  private final int[] evaluations;
  private final int[] accepted;
  private final int[] rejected;

  DormandPrince(
      Rk45 scheme,
      Ode ode,
      double[] times,
      double[] result,
      int rows,
      int firstSample,
      OdeSolver.Observer observer) {
    this.ode = ode;
    this.times = times;
    this.result = result;
    this.firstSample = firstSample;
    this.observer = observer;
    from = times[0];
    to = times[times.length - 1];
    relative = scheme.tolerance().relative();
    absolute = scheme.tolerance().absolute();
    maxSteps = scheme.maxSteps();
    width = ode.width();
    controlled = ode.controlled();
    total = rows;
    int cached = Math.clamp(MOST_NUMBERS / width, LEAST_PLACES, MOST_PLACES);
    // who wants more than that has no use for a cache
    // a right-hand side that wants more has them, up to 80 MB
    int wanted = Math.min(ode.rowsAtOnce(), Math.max(MOST_PLACES, WANTED_NUMBERS / width));
    places = Math.min(rows, wanted > MOST_PLACES ? wanted : cached);
    samples = new int[places];
    t = new double[places];
    h = new double[places];
    end = new double[places];
    lastLog = new double[places];
    undone = new boolean[places];
    seen = new int[places];
    y = new double[places * width];
    next = new double[places * width];
    difference = new double[places * width];
    for (int stage = 0; stage < STAGES; stage++) {
      k[stage] = new double[places * width];
    }
    stageTime = new double[places];
    between = new double[width];
    newcomers = new int[places];
    evaluations = new int[rows];
    accepted = new int[rows];
    rejected = new int[rows];
  }

  Effort run() {
    while (true) {
      if (active <= places - places / 4) {
        admit();
      }
      if (active == 0 && waiting == total) {
        break;
      }
      aim();
      if (active == 0) {
        continue;
      }
      for (int stage = 1; stage < STAGES; stage++) {
        stage(stage);
      }
      sum(E, STAGES, difference);
      // backwards, so that the row that takes the place of another has been judged
      for (int r = active - 1; r >= 0; r--) {
        judge(r);
      }
    }
    if (failure != null) {
      throw failure;
    }
    return new Effort(evaluations, accepted, rejected);
  }

  private void evaluate(int rows, int[] which, double[] state, double[] dy) {
    ode.derivative(rows, which, stageTime, state, dy);
    for (int r = 0; r < rows; r++) {
      evaluations[which[r] - firstSample]++;
    }
  }

  // those that wait, as many as there are places; stages lend their rooms
  private void admit() {
    int first = active;
    int count = Math.min(places - active, total - waiting);
    if (count == 0) {
      return;
    }
    System.arraycopy(result, waiting * width, next, 0, count * width);
    System.arraycopy(next, 0, y, first * width, count * width);
    for (int i = 0; i < count; i++) {
      newcomers[i] = firstSample + waiting + i;
      samples[first + i] = newcomers[i];
      t[first + i] = from;
      stageTime[i] = from;
      lastLog[first + i] = LEAST_LOG;
      undone[first + i] = false;
      seen[first + i] = 0;
    }
    waiting += count;
    active += count;
    double[] start = k[1];
    evaluate(count, newcomers, next, start);
    System.arraycopy(start, 0, k[0], first * width, count * width);
    double direction = Math.signum(to - from);
    double span = Math.abs(to - from);
    for (int i = 0; i < count; i++) {
      int r = first + i;
      double size = norm(r, y, r, null, 1);
      double speed = norm(r, k[0], r, null, 1);
      double guess = size < 1e-5 || speed < 1e-5 ? 1e-6 * span : 0.01 * size / speed;
      h[r] = direction * Math.min(guess, span);
      stageTime[i] = t[r] + h[r];
      for (int c = 0; c < width; c++) {
        next[i * width + c] = y[r * width + c] + h[r] * k[0][r * width + c];
      }
    }
    evaluate(count, newcomers, next, start);
    // backwards, because a row that fails gives its place to the last
    for (int i = count - 1; i >= 0; i--) {
      firstStep(first + i, start, i, direction, span);
    }
  }

  // by the derivative after a small step, in row i of `ahead`
  private void firstStep(int r, double[] ahead, int i, double direction, double span) {
    double speed = norm(r, k[0], r, null, 1);
    if (!Double.isFinite(speed)) {
      fail(
          r,
          "the derivative of sample %d is not finite at its start, t = %s: look at its first state"
              .formatted(samples[r], from));
      return;
    }
    double bend = norm(r, ahead, i, k[0], Math.abs(h[r]));
    double most = Double.isFinite(bend) ? Math.max(speed, bend) : Double.POSITIVE_INFINITY;
    double step =
        most <= 1e-15
            ? Math.max(1e-6 * span, 1e-3 * Math.abs(h[r]))
            : StrictMath.exp(0.2 * StrictMath.log(0.01 / most));
    if (most == Double.POSITIVE_INFINITY) {
      step = 1e-3 * Math.abs(h[r]);
    }
    h[r] = direction * Math.min(span, Math.min(100 * Math.abs(h[r]), step));
  }

  // the others go on, so that of several that cannot be followed the first is named, whichever
  // went together
  private void fail(int r, String message) {
    if (failure == null || samples[r] < failed) {
      failed = samples[r];
      failure = new ArithmeticException(message);
    }
    active--;
    move(active, r);
  }

  // the largest |a − b|/divisor in units of what is tolerated at y; a in row `row` of its array
  private double norm(int r, double[] a, int row, double @Nullable [] b, double divisor) {
    double largest = 0;
    int shift = (row - r) * width;
    for (int i = r * width; i < r * width + controlled; i++) {
      double difference = b == null ? a[i + shift] : a[i + shift] - b[i];
      double tolerated = absolute + relative * Math.abs(y[i]);
      largest = Math.max(largest, Math.abs(difference) / divisor / tolerated);
    }
    return largest;
  }

  // a step that would end just short of the end is stretched, so that no sliver is left
  private void aim() {
    for (int r = active - 1; r >= 0; r--) {
      double rest = to - t[r];
      if (1.01 * Math.abs(h[r]) >= Math.abs(rest)) {
        h[r] = rest;
        end[r] = to;
      } else {
        end[r] = t[r] + h[r];
        if (Math.abs(h[r]) <= 4 * Math.ulp(t[r]) || end[r] == t[r]) {
          fail(
              r,
              "the step of sample %d vanished at t = %s, after %d steps: its derivative is not finite or not smooth there"
                  .formatted(samples[r], t[r], accepted[samples[r] - firstSample]));
        }
      }
    }
  }

  private void stage(int stage) {
    sum(A[stage], stage, next);
    for (int r = 0; r < active; r++) {
      for (int i = r * width; i < (r + 1) * width; i++) {
        next[i] = y[i] + h[r] * next[i];
      }
      stageTime[r] = C[stage] == 1 ? end[r] : t[r] + C[stage] * h[r];
    }
    evaluate(active, samples, next, k[stage]);
  }

  // Σ weightⱼ·kⱼ of all rows, in blocks that stay in the first-level cache while the kⱼ pass by
  private void sum(double[] weight, int count, double[] out) {
    int size = active * width;
    double[] k0 = k[0];
    for (int first = 0; first < size; first += BLOCK) {
      int last = Math.min(size, first + BLOCK);
      for (int i = first; i < last; i++) {
        out[i] = weight[0] * k0[i];
      }
      for (int j = 1; j < count; j++) {
        double w = weight[j];
        double[] kj = k[j];
        if (w != 0) {
          for (int i = first; i < last; i++) {
            out[i] += w * kj[i];
          }
        }
      }
    }
  }

  private void judge(int r) {
    int sample = samples[r] - firstSample;
    double error = error(r);
    if (error <= 1) {
      accepted[sample]++;
      show(r);
      t[r] = end[r];
      System.arraycopy(next, r * width, y, r * width, width);
      System.arraycopy(k[STAGES - 1], r * width, k[0], r * width, width);
      if (end[r] == to) {
        System.arraycopy(y, r * width, result, sample * width, width);
        active--;
        move(active, r);
        return;
      }
      double log = error > 0 ? Powers.log2(error) : LEAST_LOG;
      double growth = error > 0 ? factor(log, lastLog[r]) : MOST;
      h[r] *= Math.clamp(growth, LEAST, undone[r] ? 1 : MOST);
      lastLog[r] = Math.max(log, LEAST_LOG);
      undone[r] = false;
    } else {
      rejected[sample]++;
      // infinite, or no number at all
      double shrink = error < Double.POSITIVE_INFINITY ? factor(Powers.log2(error), 0) : LEAST;
      h[r] *= Math.max(shrink, LEAST);
      undone[r] = true;
    }
    if (accepted[sample] + rejected[sample] >= maxSteps) {
      fail(
          r,
          "sample %d came only to t = %s of %s in %d steps, of which %d were undone: raise maxSteps or the tolerance (relative %s, absolute %s)"
              .formatted(samples[r], t[r], to, maxSteps, rejected[sample], relative, absolute));
    }
  }

  private static double factor(double log, double lastLog) {
    return SAFETY * Powers.exp2(INTEGRAL * lastLog - PROPORTIONAL * log);
  }

  // NaN if anything is not finite
  private double error(int r) {
    double largest = 0;
    for (int i = r * width; i < r * width + controlled; i++) {
      double tolerated = absolute + relative * Math.max(Math.abs(y[i]), Math.abs(next[i]));
      largest = Math.max(largest, Math.abs(h[r] * difference[i]) / tolerated);
    }
    return largest;
  }

  private void show(int r) {
    double direction = Math.signum(to - from);
    while (seen[r] < times.length - 1) {
      double time = times[seen[r] + 1];
      if (direction * (time - end[r]) > 0) {
        return;
      }
      seen[r]++;
      if (time == end[r]) {
        observer.state(samples[r], seen[r], next, r * width);
      } else {
        interpolate(r, (time - t[r]) / h[r]);
        observer.state(samples[r], seen[r], between, 0);
      }
    }
  }

  // at the share u of the step
  private void interpolate(int r, double u) {
    double v = 1 - u;
    for (int c = 0; c < width; c++) {
      int i = r * width + c;
      double sum = 0;
      for (int stage = 0; stage < STAGES; stage++) {
        sum += DENSE[stage] * k[stage][i];
      }
      double change = next[i] - y[i];
      double start = h[r] * k[0][i] - change;
      double finish = change - h[r] * k[STAGES - 1][i] - start;
      between[c] = y[i] + u * (change + v * (start + u * (finish + v * (h[r] * sum))));
    }
  }

  private void move(int source, int target) {
    if (source == target) {
      return;
    }
    samples[target] = samples[source];
    t[target] = t[source];
    h[target] = h[source];
    end[target] = end[source];
    lastLog[target] = lastLog[source];
    undone[target] = undone[source];
    seen[target] = seen[source];
    System.arraycopy(y, source * width, y, target * width, width);
    System.arraycopy(k[0], source * width, k[0], target * width, width);
  }
}
