package score4j.examples.plot;

import java.awt.Color;
import java.awt.FontMetrics;
import java.awt.Graphics2D;
import java.awt.geom.Ellipse2D;
import java.awt.geom.Line2D;
import java.awt.geom.Rectangle2D;
import java.awt.image.BufferedImage;
import java.util.List;
import org.jfree.chart.JFreeChart;
import org.jfree.chart.annotations.XYDataImageAnnotation;
import org.jfree.chart.axis.AxisSpace;
import org.jfree.chart.axis.NumberAxis;
import org.jfree.chart.axis.NumberTickUnit;
import org.jfree.chart.plot.DatasetRenderingOrder;
import org.jfree.chart.plot.XYPlot;
import org.jfree.chart.renderer.xy.XYItemRenderer;
import org.jfree.chart.ui.Layer;
import org.jfree.chart.ui.RectangleInsets;

/// Draws a panel under the theme. JFreeChart draws the axes, the grid and the series; title, legend
/// and colour bar stand
/// at places it does not offer, so they are drawn here.
final class Painter {
  private static final double LEFT = 66;
  private static final double BOTTOM = 54;
  private static final double RIGHT = 24;
  private static final double TITLE = 46;
  private static final double TITLE_BASELINE = 30;
  private static final double LEGEND = 24;
  private static final double COLOR_BAR = 78;
  private static final double CORNER = 10;

  private Painter() {}

  /// The distance from the top of the panel to its data area.
  static double top(Panel panel) {
    return TITLE + (panel.legend().isEmpty() ? 0 : LEGEND);
  }

  static double width(Panel panel) {
    return left(panel) + panel.width() + RIGHT + (panel.colorBar() == null ? 0 : COLOR_BAR);
  }

  static double height(Panel panel, double top) {
    return top + panel.height() + (panel.images() == null ? BOTTOM : RIGHT);
  }

  private static double left(Panel panel) {
    return panel.images() == null || !panel.images().labels().isEmpty() ? LEFT : RIGHT;
  }

  /// Draws the panel with its left edge at the origin and its data area `top` below it.
  static void draw(Panel panel, Graphics2D g, double top) {
    Rectangle2D area = new Rectangle2D.Double(left(panel), top, panel.width(), panel.height());
    g.setFont(Theme.TITLE_FONT);
    g.setPaint(Theme.INK);
    g.drawString(panel.title(), (float) area.getX(), (float) TITLE_BASELINE);
    Images images = panel.images();
    if (images != null) {
      images.draw(g, area.getX(), area.getY());
      return;
    }
    XYPlot plot = panel.plot();
    style(plot);
    plot.setDomainAxis(axis(panel.xLabel(), panel.xExtent(), panel.width() / 130));
    plot.setRangeAxis(axis(panel.yLabel(), panel.yExtent(), panel.height() / 110));
    plot.getRangeAxis().setInverted(panel.pointsDown());
    Panel.Surface heat = panel.heat();
    XYItemRenderer first = plot.getRenderer(0);
    if (heat != null && first != null) {
      first.removeAnnotations();
      first.addAnnotation(surface(panel, heat), Layer.BACKGROUND);
    }
    JFreeChart chart = new JFreeChart(null, Theme.LABEL_FONT, plot, false);
    chart.setBackgroundPaint(null);
    chart.setPadding(RectangleInsets.ZERO_INSETS);
    // the insets leave room for tick labels that stand out over the corners of the data area
    chart.draw(
        g,
        new Rectangle2D.Double(
            0, top - CORNER, LEFT + panel.width() + RIGHT, CORNER + panel.height() + BOTTOM));

    drawLegend(panel, g, area.getX(), top - 16);
    Panel.ColorBar bar = panel.colorBar();
    if (bar != null) {
      drawColorBar(g, area, bar);
    }
  }

  private static void style(XYPlot plot) {
    plot.setInsets(new RectangleInsets(CORNER, 0, 0, RIGHT));
    plot.setAxisOffset(RectangleInsets.ZERO_INSETS);
    plot.setBackgroundPaint(null);
    plot.setOutlineVisible(false);
    plot.setDomainGridlinePaint(Theme.GRID);
    plot.setRangeGridlinePaint(Theme.GRID);
    plot.setDomainGridlineStroke(Theme.AXIS_STROKE);
    plot.setRangeGridlineStroke(Theme.AXIS_STROKE);
    plot.setDatasetRenderingOrder(DatasetRenderingOrder.FORWARD);
    AxisSpace below = new AxisSpace();
    below.setBottom(BOTTOM);
    plot.setFixedDomainAxisSpace(below);
    AxisSpace beside = new AxisSpace();
    beside.setLeft(LEFT);
    plot.setFixedRangeAxisSpace(beside);
  }

  private static NumberAxis axis(String label, Extent extent, double ticks) {
    NumberAxis axis = new NumberAxis(label);
    axis.setRange(extent.from(), extent.to());
    double distance =
        Theme.tickDistance(extent.from(), extent.to(), (int) Math.round(Math.max(3, ticks)));
    axis.setTickUnit(new NumberTickUnit(distance, Theme.ticks()));
    axis.setLabelFont(Theme.LABEL_FONT);
    axis.setLabelPaint(Theme.INK);
    axis.setTickLabelFont(Theme.TICK_FONT);
    axis.setTickLabelPaint(Theme.GREY);
    axis.setTickLabelInsets(new RectangleInsets(5, 5, 5, 5));
    axis.setTickMarksVisible(false);
    axis.setAxisLinePaint(Theme.AXIS);
    axis.setAxisLineStroke(Theme.AXIS_STROKE);
    return axis;
  }

  // one image over the whole data area: blocks would leave seams between them
  private static XYDataImageAnnotation surface(Panel panel, Panel.Surface surface) {
    int columns = (int) panel.width();
    int rows = (int) panel.height();
    double x0 = panel.xExtent().from();
    double y0 = panel.yExtent().from();
    double dx = panel.xExtent().to() - x0;
    double dy = panel.yExtent().to() - y0;
    double[] values = new double[columns * rows];
    double max = Double.MIN_NORMAL;
    for (int r = 0; r < rows; r++) {
      for (int c = 0; c < columns; c++) {
        double value = surface.at(x0 + (c + 0.5) / columns * dx, y0 + (r + 0.5) / rows * dy);
        values[r * columns + c] = value;
        max = Math.max(max, value);
      }
    }
    if (!panel.heatRelative()) {
      max = 1;
    }
    BufferedImage image = new BufferedImage(columns, rows, BufferedImage.TYPE_INT_RGB);
    for (int r = 0; r < rows; r++) {
      for (int c = 0; c < columns; c++) {
        image.setRGB(c, rows - 1 - r, Theme.heat(values[r * columns + c] / max));
      }
    }
    return new XYDataImageAnnotation(image, x0, y0, dx, dy);
  }

  private static void drawLegend(Panel panel, Graphics2D g, double x, double baseline) {
    g.setFont(Theme.TICK_FONT);
    FontMetrics metrics = g.getFontMetrics();
    double middle = baseline - 4.5;
    for (Panel.Entry entry : panel.legend()) {
      g.setPaint(solid(entry.color()));
      double markWidth = 16;
      switch (entry.mark()) {
        case LINE -> {
          g.setStroke(Theme.line(2.4f));
          g.draw(new Line2D.Double(x + 1, middle, x + markWidth - 1, middle));
        }
        case DASHES -> {
          g.setStroke(Theme.dashes(2.2f));
          g.draw(new Line2D.Double(x, middle, x + markWidth, middle));
        }
        case DOT -> {
          markWidth = 8;
          g.fill(new Ellipse2D.Double(x, middle - 4, 8, 8));
        }
        case BAR -> {
          markWidth = 10;
          g.fill(new Rectangle2D.Double(x, middle - 5, 10, 10));
        }
      }
      g.setPaint(Theme.GREY);
      g.drawString(entry.name(), (float) (x + markWidth + 6), (float) baseline);
      x += markWidth + 6 + metrics.stringWidth(entry.name()) + 18;
    }
  }

  private static Color solid(Color color) {
    return color.getAlpha() == 255
        ? color
        : Theme.fade(color, Math.max(0.7, color.getAlpha() / 255.0));
  }

  private static void drawColorBar(Graphics2D g, Rectangle2D area, Panel.ColorBar bar) {
    double x = area.getMaxX() + 18;
    int bands = (int) (2 * area.getHeight());
    double band = area.getHeight() / bands;
    for (int i = 0; i < bands; i++) {
      g.setPaint(new Color(bar.color().applyAsInt(1 - (i + 0.5) / bands)));
      g.fill(new Rectangle2D.Double(x, area.getY() + i * band, 13, 1.02 * band));
    }
    g.setFont(Theme.TICK_FONT);
    g.setPaint(Theme.INK);
    FontMetrics metrics = g.getFontMetrics();
    g.drawString(
        bar.label(),
        (float) (x + 26 - metrics.stringWidth(bar.label()) / 2.0),
        (float) (area.getY() - 14));
    g.setPaint(Theme.GREY);
    List<String> marks = bar.marks();
    for (int i = 0; i < marks.size(); i++) {
      g.drawString(
          marks.get(i),
          (float) (x + 20),
          (float) (area.getY() + i * area.getHeight() / (marks.size() - 1) + 4.5));
    }
  }
}
