package score4j.examples.gallery;

/// A picture in the folder of the gallery.
///
/// @param file its name in the folder
/// @param caption what it shows, in a sentence
/// @param width how wide the page shows it
public record Picture(String file, String caption, int width) {}
