package score4j.examples.plot;

import java.awt.Color;
import java.awt.FontMetrics;
import java.awt.Graphics2D;
import java.awt.geom.Rectangle2D;
import java.util.List;

/// A sheet of small square images of one ink, from left to right and from the top down.
///
/// @param images side × side numbers each, row by row: 0 is paper and 1 is ink, what lies outside
///     is clipped, and NaN, tinted, is a pixel that is not known
/// @param labels what stands before each row of the sheet, or nothing at all
/// @param columns how many images stand in a row
/// @param side how many pixels an image is wide and high
/// @param pixel how many points a pixel is wide and high
public record Images(
    List<float[]> images, List<String> labels, int columns, int side, double pixel) {
  private static final double GAP = 6;

  /// Keeps lists of its own.
  ///
  /// @throws IllegalArgumentException if a row is not full, an image has another size, or there are
  ///     labels but not one for each row
  public Images {
    images = List.copyOf(images);
    labels = List.copyOf(labels);
    if (images.isEmpty() || columns < 1 || images.size() % columns != 0) {
      throw new IllegalArgumentException(
          "images are %d but must fill rows of %d".formatted(images.size(), columns));
    }
    if (!labels.isEmpty() && labels.size() != images.size() / columns) {
      throw new IllegalArgumentException(
          "labels are %d but there are %d rows".formatted(labels.size(), images.size() / columns));
    }
    for (float[] image : images) {
      if (image.length != side * side) {
        throw new IllegalArgumentException(
            "an image has %d pixels but should have %d × %d".formatted(image.length, side, side));
      }
    }
  }

  /// A sheet without labels.
  public static Images of(List<float[]> images, int columns, int side, double pixel) {
    return new Images(images, List.of(), columns, side, pixel);
  }

  double width() {
    return columns * cell() - GAP;
  }

  double height() {
    return rows() * cell() - GAP;
  }

  private int rows() {
    return images.size() / columns;
  }

  private double cell() {
    return side * pixel + GAP;
  }

  /// Draws the sheet with its upper left corner at (x, y), labels to the left of it.
  void draw(Graphics2D g, double x, double y) {
    g.setFont(Theme.LABEL_FONT);
    FontMetrics metrics = g.getFontMetrics();
    for (int i = 0; i < images.size(); i++) {
      int row = i / columns;
      double left = x + i % columns * cell();
      double top = y + row * cell();
      draw(g, images.get(i), left, top);
      if (i % columns == 0 && !labels.isEmpty()) {
        String label = labels.get(row);
        g.setPaint(Theme.GREY);
        g.drawString(
            label,
            (float) (x - 12 - metrics.stringWidth(label)),
            (float) (top + 0.5 * side * pixel + 4.5));
      }
    }
  }

  private void draw(Graphics2D g, float[] image, double left, double top) {
    for (int p = 0; p < image.length; p++) {
      int row = p / side;
      g.setPaint(color(image[p]));
      // a hair more than a pixel, so that no seam shows
      g.fill(
          new Rectangle2D.Double(
              left + p % side * pixel, top + row * pixel, 1.02 * pixel, 1.02 * pixel));
    }
    g.setPaint(Theme.GRID);
    g.setStroke(Theme.THIN);
    g.draw(new Rectangle2D.Double(left - 0.5, top - 0.5, side * pixel + 1, side * pixel + 1));
  }

  private static Color color(float ink) {
    if (Float.isNaN(ink)) {
      return Theme.UNKNOWN;
    }
    float t = Math.clamp(ink, 0f, 1f);
    return new Color(
        shade(Theme.INK.getRed(), t),
        shade(Theme.INK.getGreen(), t),
        shade(Theme.INK.getBlue(), t));
  }

  private static int shade(int ink, float t) {
    return Math.round(255 + t * (ink - 255));
  }
}
