package score4j.examples.output;

import java.io.PrintStream;
import me.tongfei.progressbar.DelegatingProgressBarConsumer;
import me.tongfei.progressbar.ProgressBar;
import me.tongfei.progressbar.ProgressBarBuilder;
import me.tongfei.progressbar.ProgressBarStyle;
import org.jspecify.annotations.Nullable;

/// A bar on one line of the terminal for whatever takes longer than two seconds, wiped away at the
/// end; where nobody watches it prints nothing.
///
/// Not safe for several threads.
public final class Progress implements AutoCloseable {
  private static final long PATIENCE = 1_000_000_000L;
  private static final int LINE = 78;

  private final PrintStream out;
  private final boolean visible;
  private final String label;
  private final long total;
  private final long patience;
  private final long begin = System.nanoTime();
  private @Nullable ProgressBar bar;

  private Progress(PrintStream out, boolean visible, String label, long total, long patience) {
    this.out = out;
    this.visible = visible;
    this.label = label;
    this.total = Math.max(1, total);
    this.patience = patience;
  }

  /// A bar on standard error that is full at `total`.
  public static Progress of(String label, long total) {
    return of(System.err, Terminal.watched(), label, total, PATIENCE);
  }

  static Progress of(PrintStream out, boolean visible, String label, long total, long patience) {
    return new Progress(out, visible, label, total, patience);
  }

  /// Says how much is done, with a word on how it stands. Cheap enough to call at every step.
  public void at(long done, String note) {
    if (!visible || (bar == null && System.nanoTime() - begin < patience)) {
      return;
    }
    if (bar == null) {
      bar = start();
    }
    bar.stepTo(Math.min(done, total));
    bar.setExtraMessage(note);
  }

  /// As [#at(long, String)], without a word.
  public void at(long done) {
    at(done, "");
  }

  // a width of our own, because asking the terminal for it takes native code
  private ProgressBar start() {
    boolean blocks = out.charset().newEncoder().canEncode('█');
    return new ProgressBarBuilder()
        .setTaskName(label)
        .setInitialMax(total)
        .setUpdateIntervalMillis(125)
        .setStyle(blocks ? ProgressBarStyle.UNICODE_BLOCK : ProgressBarStyle.ASCII)
        .setConsumer(new DelegatingProgressBarConsumer(line -> print("\r" + line), LINE))
        .hideEta()
        .build();
  }

  // and clears what stood behind
  private void print(String text) {
    out.print(text + "\u001b[K");
    out.flush();
  }

  /// Wipes the bar away.
  @Override
  public void close() {
    if (bar != null) {
      bar.close();
      bar = null;
      print("\r");
    }
  }
}
