package score4j.examples.output;

import java.io.PrintStream;
import java.nio.charset.CharsetEncoder;
import java.time.Duration;

/// A bar on one line of the terminal for whatever takes longer than two seconds. It is redrawn at
/// most eight times a second and wiped away at the end; where nobody watches it prints nothing.
///
/// Not safe for several threads.
public final class Progress implements AutoCloseable {
  private static final long SECOND = 1_000_000_000L;
  private static final long PATIENCE = SECOND;
  private static final long PAUSE = 125_000_000L;
  private static final int WIDTH = 20;
  private static final int LINE = 78;

  private final PrintStream out;
  private final boolean visible;
  private final String label;
  private final long total;
  private final String full;
  private final String empty;
  private final long begin = System.nanoTime();
  private long drawn = begin + PATIENCE - PAUSE;
  private boolean dirty;

  private Progress(PrintStream out, boolean visible, String label, long total) {
    this.out = out;
    this.visible = visible;
    this.label = label;
    this.total = Math.max(1, total);
    CharsetEncoder encoder = out.charset().newEncoder();
    boolean blocks = encoder.canEncode('█') && encoder.canEncode('░');
    full = blocks ? "█" : "#";
    empty = blocks ? "░" : ".";
  }

  /// A bar on standard error that is full at `total`.
  public static Progress of(String label, long total) {
    return of(System.err, Terminal.watched(), label, total);
  }

  static Progress of(PrintStream out, boolean visible, String label, long total) {
    return new Progress(out, visible, label, total);
  }

  /// Says how much is done, with a word on how it stands. Cheap enough to call at every step.
  public void at(long done, String note) {
    if (!visible) {
      return;
    }
    long now = System.nanoTime();
    if (now - drawn < PAUSE) {
      return;
    }
    drawn = now;
    dirty = true;
    out.print("\r" + line(done, note, now - begin) + "\u001b[K");
    out.flush();
  }

  /// As [#at(long, String)], without a word.
  public void at(long done) {
    at(done, "");
  }

  String line(long done, String note, long elapsed) {
    double share = Math.clamp((double) done / total, 0.0, 1.0);
    int filled = (int) Math.round(share * WIDTH);
    StringBuilder line = new StringBuilder(label).append("  ");
    line.append(full.repeat(filled)).append(empty.repeat(WIDTH - filled));
    line.append("%4d %%".formatted((int) (100 * share)));
    // the first seconds are slower than the rest, until the code is compiled
    if (share > 0 && share < 1 && elapsed > 3 * SECOND) {
      long left = Math.round(elapsed * (1 - share) / share);
      line.append("  ").append(span(Duration.ofNanos(left))).append(" left");
    }
    if (!note.isEmpty()) {
      line.append("  ").append(note);
    }
    return line.length() > LINE ? line.substring(0, LINE) : line.toString();
  }

  private static String span(Duration time) {
    long seconds = time.toSeconds();
    return seconds < 60
        ? "%d s".formatted(seconds)
        : "%d:%02d min".formatted(seconds / 60, seconds % 60);
  }

  /// Wipes the bar away.
  @Override
  public void close() {
    if (dirty) {
      out.print("\r\u001b[K");
      out.flush();
    }
  }
}
