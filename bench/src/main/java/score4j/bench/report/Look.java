package score4j.bench.report;

import java.awt.BasicStroke;
import java.awt.Color;
import java.awt.Font;
import java.awt.Stroke;

/// The look of all pictures: the palette, the type and the strokes of the gallery.
final class Look {
  static final Color INK = new Color(0x222633);
  static final Color GREY = new Color(0x6b7285);
  static final Color GRID = new Color(0xe6e8ee);
  static final Color AXIS = new Color(0xb8bdca);
  static final Color BLUE = new Color(0x1f5ac8);
  static final Color PALE_BLUE = new Color(0x9db8e8);
  static final Color ROSE = new Color(0xd9444e);
  static final Color GREEN = new Color(0x4f9b77);
  static final Color ORANGE = new Color(0xe8893a);

  static final Font TITLE = new Font(Font.SANS_SERIF, Font.BOLD, 16);
  static final Font LABEL = new Font(Font.SANS_SERIF, Font.PLAIN, 13);
  static final Font TICK = new Font(Font.SANS_SERIF, Font.PLAIN, 12);

  private Look() {}

  static Stroke line(double width) {
    return new BasicStroke((float) width, BasicStroke.CAP_ROUND, BasicStroke.JOIN_ROUND);
  }

  static Stroke dashes(double width) {
    return new BasicStroke(
        (float) width, BasicStroke.CAP_BUTT, BasicStroke.JOIN_ROUND, 1f, new float[] {5f, 4f}, 0f);
  }
}
