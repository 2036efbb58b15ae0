package score4j.examples.plot;

import java.awt.Color;
import java.awt.Graphics2D;
import java.awt.RenderingHints;
import java.awt.image.BufferedImage;
import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import javax.imageio.ImageIO;
import score4j.examples.output.OutputFile;

/// Panels side by side, as one picture.
public record Figure(List<Panel> panels) {
  /// Panels from left to right.
  public static Figure of(Panel... panels) {
    return new Figure(List.of(panels));
  }

  /// Keeps a list of its own.
  ///
  /// @throws IllegalArgumentException if there is no panel
  public Figure {
    if (panels.isEmpty()) {
      throw new IllegalArgumentException("panels is empty: a figure needs at least one panel");
    }
    panels = List.copyOf(panels);
  }

  /// The width in points.
  public double width() {
    return panels.stream().mapToDouble(Painter::width).sum();
  }

  /// The height in points.
  public double height() {
    double top = top();
    return panels.stream().mapToDouble(p -> Painter.height(p, top)).max().orElseThrow();
  }

  private double top() {
    return panels.stream().mapToDouble(Painter::top).max().orElseThrow();
  }

  /// The picture at `scale` pixels a point.
  ///
  /// @throws IllegalStateException if this machine cannot draw text
  public BufferedImage image(double scale) {
    Fonts.require();
    double top = top();
    BufferedImage image =
        new BufferedImage(
            (int) Math.round(scale * width()),
            (int) Math.round(scale * height()),
            BufferedImage.TYPE_INT_RGB);
    Graphics2D g = image.createGraphics();
    g.setRenderingHint(RenderingHints.KEY_ANTIALIASING, RenderingHints.VALUE_ANTIALIAS_ON);
    g.setRenderingHint(
        RenderingHints.KEY_TEXT_ANTIALIASING, RenderingHints.VALUE_TEXT_ANTIALIAS_ON);
    g.setRenderingHint(
        RenderingHints.KEY_FRACTIONALMETRICS, RenderingHints.VALUE_FRACTIONALMETRICS_ON);
    g.setRenderingHint(
        RenderingHints.KEY_INTERPOLATION, RenderingHints.VALUE_INTERPOLATION_BICUBIC);
    g.setRenderingHint(RenderingHints.KEY_STROKE_CONTROL, RenderingHints.VALUE_STROKE_PURE);
    g.setPaint(Color.WHITE);
    g.fillRect(0, 0, image.getWidth(), image.getHeight());
    g.scale(scale, scale);
    for (Panel panel : panels) {
      Painter.draw(panel, g, top);
      g.translate(Painter.width(panel), 0);
    }
    g.dispose();
    return image;
  }

  /// Writes the picture as PNG at twice the size, for sharp screens.
  ///
  /// @throws IOException if the file cannot be written
  /// @throws IllegalStateException if this machine cannot draw text
  public void writePng(Path file) throws IOException {
    BufferedImage image = image(2);
    OutputFile.write(file, out -> ImageIO.write(image, "png", out));
  }
}
