package score4j.examples.gallery;

import java.io.IOException;

/// One experiment of the gallery.
public interface Experiment {
  /// The short name that `--only` takes, such as `003-ring`.
  String id();

  /// A heading.
  String title();

  /// Two or three sentences on what is learned, with what settings, and what the pictures show.
  String about();

  /// Runs the experiment and leaves its numbers and pictures in the context.
  ///
  /// @throws IOException if a picture cannot be written
  void run(Context context) throws IOException;
}
