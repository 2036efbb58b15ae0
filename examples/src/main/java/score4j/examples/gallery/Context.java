package score4j.examples.gallery;

import java.awt.image.BufferedImage;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Supplier;
import score4j.Threads;
import score4j.examples.output.Progress;
import score4j.examples.plot.AnimatedGif;
import score4j.examples.plot.Figure;
import score4j.rng.Key;

/// What an experiment is given, and where it puts what it finds. One context serves one experiment.
public final class Context {
  private final Path folder;
  private final Key key;
  private final Threads threads;
  private final boolean pictures;
  private final List<Check> checks = new ArrayList<>();
  private final List<Picture> album = new ArrayList<>();

  /// A context that writes pictures into a folder, or none if `pictures` is false.
  public Context(Path folder, Key key, Threads threads, boolean pictures) {
    this.folder = folder;
    this.key = key;
    this.threads = threads;
    this.pictures = pictures;
  }

  /// Where all randomness comes from.
  public Key key() {
    return key;
  }

  /// The threads that may be used; no number depends on them.
  public Threads threads() {
    return threads;
  }

  /// A bar on the terminal.
  public Progress progress(String label, long total) {
    return Progress.of(label, total);
  }

  /// Whether pictures are wanted.
  public boolean pictures() {
    return pictures;
  }

  /// Notes a number.
  public void add(Check check) {
    checks.add(check);
  }

  /// Draws a picture, if pictures are wanted.
  ///
  /// @throws IOException if it cannot be written
  public void picture(String file, String caption, Supplier<Figure> figure) throws IOException {
    if (pictures) {
      Figure drawn = figure.get();
      drawn.writePng(folder.resolve(file));
      album.add(new Picture(file, caption, (int) Math.round(drawn.width())));
    }
  }

  /// Draws an animation, if pictures are wanted.
  ///
  /// @param hundredths how long a frame is shown, in hundredths of a second
  /// @throws IOException if it cannot be written
  public void animation(
      String file, String caption, int hundredths, Supplier<List<BufferedImage>> frames)
      throws IOException {
    if (pictures) {
      List<BufferedImage> drawn = frames.get();
      AnimatedGif.write(folder.resolve(file), drawn, hundredths);
      album.add(new Picture(file, caption, drawn.getFirst().getWidth()));
    }
  }

  /// Everything noted so far.
  public Outcome outcome() {
    return new Outcome(checks, album);
  }
}
