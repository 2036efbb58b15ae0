package score4j.examples.plot;

import java.awt.Color;
import java.awt.Graphics2D;
import java.awt.geom.Line2D;
import java.awt.geom.Path2D;
import java.awt.geom.Rectangle2D;
import org.jfree.chart.axis.ValueAxis;
import org.jfree.chart.plot.CrosshairState;
import org.jfree.chart.plot.PlotRenderingInfo;
import org.jfree.chart.plot.XYPlot;
import org.jfree.chart.renderer.xy.AbstractXYItemRenderer;
import org.jfree.chart.renderer.xy.XYItemRendererState;
import org.jfree.data.xy.VectorXYDataset;
import org.jfree.data.xy.XYDataset;
import org.jspecify.annotations.Nullable;

/// Arrows with a swept, filled head of one size that shrinks only with very short arrows.
final class ArrowRenderer extends AbstractXYItemRenderer {
  private static final long serialVersionUID = 1;
  private static final double HEAD = 7;

  private final Color color;

  ArrowRenderer(Color color) {
    this.color = color;
  }

  @Override
  public void drawItem(
      Graphics2D g,
      XYItemRendererState state,
      Rectangle2D area,
      @Nullable PlotRenderingInfo info,
      XYPlot plot,
      ValueAxis domain,
      ValueAxis range,
      XYDataset dataset,
      int series,
      int item,
      @Nullable CrosshairState crosshair,
      int pass) {
    VectorXYDataset vectors = (VectorXYDataset) dataset;
    double x = vectors.getXValue(series, item);
    double y = vectors.getYValue(series, item);
    double x0 = domain.valueToJava2D(x, area, plot.getDomainAxisEdge());
    double y0 = range.valueToJava2D(y, area, plot.getRangeAxisEdge());
    double x1 =
        domain.valueToJava2D(
            x + vectors.getVectorXValue(series, item), area, plot.getDomainAxisEdge());
    double y1 =
        range.valueToJava2D(
            y + vectors.getVectorYValue(series, item), area, plot.getRangeAxisEdge());
    double length = Math.hypot(x1 - x0, y1 - y0);
    if (!(length > 0.5)) {
      return; // too short to see, or not finite
    }
    double ex = (x1 - x0) / length;
    double ey = (y1 - y0) / length;
    double head = Math.min(HEAD, 0.6 * length);
    double half = 0.36 * head;
    double notch = 0.72 * head;
    g.setPaint(color);
    g.setStroke(Theme.line((float) Math.min(1.3, 0.5 + 0.08 * length)));
    g.draw(new Line2D.Double(x0, y0, x1 - notch * ex, y1 - notch * ey));
    Path2D tip = new Path2D.Double();
    tip.moveTo(x1, y1);
    tip.lineTo(x1 - head * ex - half * ey, y1 - head * ey + half * ex);
    tip.lineTo(x1 - notch * ex, y1 - notch * ey);
    tip.lineTo(x1 - head * ex + half * ey, y1 - head * ey - half * ex);
    tip.closePath();
    g.fill(tip);
  }
}
