package score4j.examples.plot;

import java.awt.BasicStroke;
import java.awt.Color;
import java.awt.Font;
import java.awt.Stroke;
import java.text.DecimalFormat;
import java.text.DecimalFormatSymbols;
import java.util.Locale;

/// The one look of all pictures: the palette, the type and the strokes.
public final class Theme {
  /// Text and arrows.
  public static final Color INK = new Color(0x222633);

  /// Arrows over a heat map.
  public static final Color ARROW = new Color(0x2b2f4a);

  /// Tick labels, notes and reference lines.
  public static final Color GREY = new Color(0x6b7285);

  /// First colour: what was learned.
  public static final Color BLUE = new Color(0x1f5ac8);

  /// A pale twin of [#BLUE] for what is noisy or less important.
  public static final Color PALE_BLUE = new Color(0x9db8e8);

  /// Second colour: samples.
  public static final Color ROSE = new Color(0xd9444e);

  /// Third colour: data.
  public static final Color GREEN = new Color(0x8fc5a9);

  /// Fourth colour: a second thing that was learned.
  public static final Color ORANGE = new Color(0xe8893a);

  static final Color GRID = new Color(0xe6e8ee);
  static final Color AXIS = new Color(0xb8bdca);
  static final Color UNKNOWN = new Color(0xfbe3cf);

  static final Font TITLE_FONT = new Font(Font.SANS_SERIF, Font.BOLD, 16);
  static final Font LABEL_FONT = new Font(Font.SANS_SERIF, Font.PLAIN, 13);
  static final Font TICK_FONT = new Font(Font.SANS_SERIF, Font.PLAIN, 12);

  static final Stroke THIN = line(1f);
  static final Stroke AXIS_STROKE = new BasicStroke(1.2f);

  /// Colours of a heat map from 0 (white) to 1, evenly spaced.
  private static final int[] HEAT = {
    0xffffff, 0xfffbf6, 0xfff7ee, 0xfff3e5, 0xffeeda, 0xffe5ca, 0xfeddba, 0xfed5aa, 0xfec99b,
        0xfdbe8c,
    0xfcb27c, 0xfca56e, 0xf99765, 0xf7895c, 0xf47b53, 0xf06d4f, 0xe85f4f, 0xe1524e, 0xd9444e,
        0xcd3d51,
    0xc03654
  };

  private Theme() {}

  /// The colour with another opacity, 0 to 1.
  public static Color fade(Color color, double alpha) {
    return new Color(
        color.getRed(), color.getGreen(), color.getBlue(), (int) Math.round(255 * alpha));
  }

  /// The colour of a heat map at `t`, clamped to 0 (white) … 1 (dark rose).
  static int heat(double t) {
    double place = Math.clamp(t, 0.0, 1.0) * (HEAT.length - 1);
    int left = Math.min((int) place, HEAT.length - 2);
    double f = place - left;
    int rgb = 0;
    for (int shift = 16; shift >= 0; shift -= 8) {
      double a = HEAT[left] >> shift & 255;
      double b = HEAT[left + 1] >> shift & 255;
      rgb = rgb << 8 | (int) Math.round(a + f * (b - a));
    }
    return rgb;
  }

  /// The colour of a dot at `t`: as of a heat map, but never so pale that it is lost on white.
  static int shade(double t) {
    return heat(0.3 + 0.7 * Math.clamp(t, 0.0, 1.0));
  }

  static Stroke line(float width) {
    return new BasicStroke(width, BasicStroke.CAP_ROUND, BasicStroke.JOIN_ROUND);
  }

  static Stroke dashes(float width) {
    return new BasicStroke(
        width, BasicStroke.CAP_BUTT, BasicStroke.JOIN_ROUND, 1f, new float[] {5f, 4f}, 0f);
  }

  static DecimalFormat ticks() {
    return new DecimalFormat("#,##0.######", DecimalFormatSymbols.getInstance(Locale.ROOT));
  }

  /// A tick distance of 1, 2 or 5 times a power of ten that puts about `wanted` ticks on an axis.
  static double tickDistance(double from, double to, int wanted) {
    double rough = (to - from) / wanted;
    double power = Math.pow(10, Math.floor(Math.log10(rough)));
    double digit = rough / power;
    return power * (digit < 1.5 ? 1 : digit < 3.5 ? 2 : digit < 7.5 ? 5 : 10);
  }
}
