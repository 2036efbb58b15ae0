package score4j.bench.report;

import java.io.PrintStream;

/// A line for each job: its number, its name, and how long the rest will take, judged by how long
/// the jobs before took against what was expected.
final class Progress {
  private final PrintStream out;
  private final long begin = System.nanoTime();
  private int jobs;
  private int job;
  private int failures;
  private double planned;
  private double done;

  Progress(PrintStream out) {
    this.out = out;
  }

  void plan(int jobs, double seconds) {
    this.jobs = jobs;
    planned = seconds;
  }

  void begin(String name, double seconds) {
    job++;
    double elapsed = 1e-9 * (System.nanoTime() - begin);
    // the plan counts for the first ten seconds
    double pace = (elapsed + 10) / (done + 10);
    long left = Math.round(pace * (planned - done));
    done += seconds;
    out.printf("[%d/%d] %d:%02d left: %s%n", job, jobs, left / 60, left % 60, name);
  }

  void failed(String name, Exception why) {
    failures++;
    out.printf("       failed and left out: %s: %s%n", name, why.getMessage());
  }

  void end() {
    long seconds = Math.round(1e-9 * (System.nanoTime() - begin));
    out.printf("done in %d:%02d, %d failed%n", seconds / 60, seconds % 60, failures);
  }
}
