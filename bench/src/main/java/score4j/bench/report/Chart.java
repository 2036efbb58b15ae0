package score4j.bench.report;

import java.awt.Color;
import java.awt.Graphics2D;
import java.awt.Shape;
import java.awt.geom.Ellipse2D;
import java.awt.geom.Line2D;
import java.awt.geom.Path2D;
import java.awt.geom.Point2D;
import java.awt.geom.Rectangle2D;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.DoubleStream;
import org.jfree.chart.JFreeChart;
import org.jfree.chart.axis.AxisSpace;
import org.jfree.chart.axis.AxisState;
import org.jfree.chart.axis.NumberAxis;
import org.jfree.chart.axis.NumberTickUnit;
import org.jfree.chart.axis.SymbolAxis;
import org.jfree.chart.axis.ValueAxis;
import org.jfree.chart.axis.ValueTick;
import org.jfree.chart.plot.XYPlot;
import org.jfree.chart.ui.RectangleEdge;
import org.jfree.chart.ui.RectangleInsets;

/// One set of axes with a title at the left, a line below it that says what is seen, and marks with
/// their names beside them. JFreeChart draws axes and grid; the marks are drawn here, because names
/// must not cover each other or be cut off.
///
/// A builder: each method changes the chart and returns it.
final class Chart {
  private static final double TOP = 62;
  private static final double BOTTOM = 54;
  private static final double CORNER = 10;

  /// A range and how it is drawn.
  ///
  /// @param ticks where they stand on a logarithmic scale, empty for round ones
  /// @param names of the rows 0, 1, … from the top; empty for numbers
  record Scale(
      String label,
      double from,
      double to,
      boolean logarithmic,
      List<Double> ticks,
      List<String> names) {
    static Scale linear(String label, double from, double to) {
      return new Scale(label, from, to, false, List.of(), List.of());
    }

    static Scale log(String label, double from, double to, double... ticks) {
      return new Scale(label, from, to, true, DoubleStream.of(ticks).boxed().toList(), List.of());
    }

    static Scale rows(List<String> names) {
      return new Scale("", -0.6, names.size() - 0.4, false, List.of(), names);
    }
  }

  private interface Mark {
    void draw(Graphics2D g, Canvas canvas);
  }

  private final String title;
  private final String subtitle;
  private final Scale x;
  private final Scale y;
  private final List<Mark> marks = new ArrayList<>();
  private double width = 420;
  private double height = 300;
  private double left = 66;
  private double right = 24;

  Chart(String title, String subtitle, Scale x, Scale y) {
    this.title = title;
    this.subtitle = subtitle;
    this.x = x;
    this.y = y;
  }

  /// The size of the data area in points.
  Chart size(double width, double height) {
    this.width = width;
    this.height = height;
    return this;
  }

  /// The room beside it.
  Chart margins(double left, double right) {
    this.left = left;
    this.right = right;
    return this;
  }

  Chart line(double[] xs, double[] ys, Color color, double stroke) {
    return line(xs, ys, color, stroke, false);
  }

  Chart dashes(double[] xs, double[] ys, Color color, double stroke) {
    return line(xs, ys, color, stroke, true);
  }

  private Chart line(double[] xs, double[] ys, Color color, double stroke, boolean dashed) {
    marks.add(
        (g, canvas) -> {
          Path2D path = new Path2D.Double();
          for (int i = 0; i < xs.length; i++) {
            Point2D p = canvas.at(xs[i], ys[i]);
            if (i == 0) {
              path.moveTo(p.getX(), p.getY());
            } else {
              path.lineTo(p.getX(), p.getY());
            }
          }
          g.setPaint(color);
          g.setStroke(dashed ? Look.dashes(stroke) : Look.line(stroke));
          Shape clip = g.getClip();
          g.clip(canvas.area);
          g.draw(path);
          g.setClip(clip);
        });
    return this;
  }

  /// A dot with a line through it from `low` to `high` along x.
  Chart dot(double low, double value, double high, double row, Color color) {
    marks.add(
        (g, canvas) -> {
          g.setPaint(color);
          g.setStroke(Look.line(1.6));
          g.draw(new Line2D.Double(canvas.at(low, row), canvas.at(high, row)));
          canvas.dot(g, canvas.at(value, row), 8);
        });
    return this;
  }

  /// A dot.
  Chart dot(double xs, double ys, Color color, double diameter) {
    marks.add(
        (g, canvas) -> {
          g.setPaint(color);
          canvas.dot(g, canvas.at(xs, ys), diameter);
        });
    return this;
  }

  /// A short upright line: a goal to reach.
  Chart tick(double value, double row, Color color) {
    marks.add(
        (g, canvas) -> {
          Point2D p = canvas.at(value, row);
          g.setPaint(color);
          g.setStroke(Look.line(2));
          g.draw(new Line2D.Double(p.getX(), p.getY() - 7, p.getX(), p.getY() + 7));
        });
    return this;
  }

  /// A name beside a point, wherever there is room around it.
  Chart name(double xs, double ys, String text, Color color) {
    marks.add((g, canvas) -> canvas.name(g, canvas.at(xs, ys), text, color));
    return this;
  }

  /// A name at the right of the end of a line, moved up or down where another one is.
  Chart end(double xs, double ys, String text, Color color) {
    marks.add((g, canvas) -> canvas.end(g, canvas.at(xs, ys), text, color));
    return this;
  }

  /// A name on a slope, above it.
  Chart onSlope(double xs, double ys, double towardsX, double towardsY, String text) {
    marks.add(
        (g, canvas) -> {
          Point2D p = canvas.at(xs, ys);
          Point2D q = canvas.at(towardsX, towardsY);
          double angle = Math.atan2(q.getY() - p.getY(), q.getX() - p.getX());
          g.setFont(Look.TICK);
          g.setPaint(Look.GREY);
          g.translate(p.getX(), p.getY());
          g.rotate(angle);
          g.drawString(text, 0f, -5f);
          g.rotate(-angle);
          g.translate(-p.getX(), -p.getY());
        });
    return this;
  }

  double width() {
    return left + width + right;
  }

  double height() {
    return TOP + height + BOTTOM;
  }

  /// Draws with the left upper corner at the origin.
  void draw(Graphics2D g) {
    Rectangle2D area = new Rectangle2D.Double(left, TOP, width, height);
    XYPlot plot = new XYPlot();
    plot.setInsets(new RectangleInsets(CORNER, 0, 0, right));
    plot.setAxisOffset(RectangleInsets.ZERO_INSETS);
    plot.setBackgroundPaint(null);
    plot.setOutlineVisible(false);
    AxisSpace below = new AxisSpace();
    below.setBottom(BOTTOM);
    plot.setFixedDomainAxisSpace(below);
    AxisSpace beside = new AxisSpace();
    beside.setLeft(left);
    plot.setFixedRangeAxisSpace(beside);
    ValueAxis across = axis(x, width / 110);
    ValueAxis up = axis(y, height / 80);
    plot.setDomainAxis(across);
    plot.setRangeAxis(up);
    JFreeChart chart = new JFreeChart(null, Look.LABEL, plot, false);
    chart.setBackgroundPaint(null);
    chart.setPadding(RectangleInsets.ZERO_INSETS);
    drawGrid(g, area, across, up);
    chart.draw(
        g, new Rectangle2D.Double(0, TOP - CORNER, left + width + right, CORNER + height + BOTTOM));
    float titleX = y.names().isEmpty() ? (float) left : 14f;
    g.setFont(Look.TITLE);
    g.setPaint(Look.INK);
    g.drawString(title, titleX, 26f);
    g.setFont(Look.TICK);
    g.setPaint(Look.GREY);
    g.drawString(subtitle, titleX, 45f);
    Canvas canvas = new Canvas(area, across, up);
    for (Mark mark : marks) {
      mark.draw(g, canvas);
    }
  }

  // JFreeChart's own grid needs a series
  private static void drawGrid(Graphics2D g, Rectangle2D area, ValueAxis across, ValueAxis up) {
    g.setPaint(Look.GRID);
    g.setStroke(Look.line(1.2));
    for (Object tick : across.refreshTicks(g, new AxisState(), area, RectangleEdge.BOTTOM)) {
      double x = across.valueToJava2D(((ValueTick) tick).getValue(), area, RectangleEdge.BOTTOM);
      g.draw(new Line2D.Double(x, area.getMinY(), x, area.getMaxY()));
    }
    for (Object tick : up.refreshTicks(g, new AxisState(), area, RectangleEdge.LEFT)) {
      double y = up.valueToJava2D(((ValueTick) tick).getValue(), area, RectangleEdge.LEFT);
      g.draw(new Line2D.Double(area.getMinX(), y, area.getMaxX(), y));
    }
  }

  private static ValueAxis axis(Scale scale, double ticks) {
    ValueAxis axis;
    if (!scale.names().isEmpty()) {
      SymbolAxis rows = new SymbolAxis(null, scale.names().toArray(String[]::new));
      rows.setGridBandsVisible(false);
      rows.setInverted(true);
      axis = rows;
    } else if (scale.logarithmic()) {
      axis = new DecadeAxis(scale.label(), scale.ticks());
    } else {
      NumberAxis numbers = new NumberAxis(scale.label());
      numbers.setTickUnit(new NumberTickUnit(round((scale.to() - scale.from()) / ticks)));
      axis = numbers;
    }
    axis.setRange(scale.from(), scale.to());
    axis.setLabelFont(Look.LABEL);
    axis.setLabelPaint(Look.INK);
    axis.setTickLabelFont(Look.TICK);
    axis.setTickLabelPaint(Look.GREY);
    axis.setTickLabelInsets(new RectangleInsets(5, 5, 5, 5));
    axis.setTickMarksVisible(false);
    axis.setMinorTickMarksVisible(false);
    axis.setAxisLinePaint(Look.AXIS);
    axis.setAxisLineStroke(Look.line(1.2));
    return axis;
  }

  // 1, 2 or 5 times a power of ten
  private static double round(double distance) {
    double power = Math.pow(10, Math.floor(Math.log10(distance)));
    double digit = distance / power;
    return power * (digit < 1.5 ? 1 : digit < 3.5 ? 2 : digit < 7.5 ? 5 : 10);
  }

  /// Where numbers lie on the page, and what is taken.
  private static final class Canvas {
    private final Rectangle2D area;
    private final ValueAxis across;
    private final ValueAxis up;
    private final List<Rectangle2D> taken = new ArrayList<>();

    Canvas(Rectangle2D area, ValueAxis across, ValueAxis up) {
      this.area = area;
      this.across = across;
      this.up = up;
    }

    Point2D at(double x, double y) {
      return new Point2D.Double(
          across.valueToJava2D(x, area, RectangleEdge.BOTTOM),
          up.valueToJava2D(y, area, RectangleEdge.LEFT));
    }

    void dot(Graphics2D g, Point2D p, double diameter) {
      double r = diameter / 2;
      g.fill(new Ellipse2D.Double(p.getX() - r, p.getY() - r, diameter, diameter));
      taken.add(new Rectangle2D.Double(p.getX() - r, p.getY() - r, diameter, diameter));
    }

    void name(Graphics2D g, Point2D p, String text, Color color) {
      g.setFont(Look.TICK);
      double w = g.getFontMetrics().stringWidth(text);
      // beside, below or above; then further away in all directions, at the end of a line
      for (double far = 0; far < 90; far += 6) {
        for (int turn = 0; turn < (far == 0 ? 4 : 16); turn++) {
          double angle = far == 0 ? turn * Math.PI / 2 : turn * Math.PI / 8;
          double dx = Math.cos(angle);
          double dy = Math.sin(angle);
          double x = p.getX() + (8 + far) * dx + (dx - 1) * w / 2;
          double y = p.getY() + (6 + far) * dy + (dy - 1) * 6.5;
          Rectangle2D box = new Rectangle2D.Double(x, y, w, 13);
          if (free(box) && area.contains(box)) {
            if (far > 0) {
              g.setPaint(Look.AXIS);
              g.setStroke(Look.line(1));
              g.draw(
                  new Line2D.Double(
                      p.getX() + 4.5 * dx,
                      p.getY() + 4.5 * dy,
                      p.getX() + (6 + far) * dx,
                      p.getY() + (5 + far) * dy));
            }
            put(g, box, text, color);
            return;
          }
        }
      }
    }

    void end(Graphics2D g, Point2D p, String text, Color color) {
      g.setFont(Look.TICK);
      double w = g.getFontMetrics().stringWidth(text);
      Rectangle2D box = new Rectangle2D.Double();
      for (int step = 0; step < 12; step++) {
        double shift = (step + 1) / 2 * (step % 2 == 0 ? 4 : -4);
        box = new Rectangle2D.Double(p.getX() + 9, p.getY() - 6.5 + shift, w, 13);
        if (free(box)) {
          break;
        }
      }
      put(g, box, text, color);
    }

    private boolean free(Rectangle2D box) {
      return taken.stream().noneMatch(box::intersects);
    }

    private void put(Graphics2D g, Rectangle2D box, String text, Color color) {
      taken.add(box);
      g.setPaint(color);
      g.drawString(text, (float) box.getX(), (float) (box.getY() + 10.8));
    }
  }
}
