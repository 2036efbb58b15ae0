package score4j.examples.plot;

import java.awt.Color;
import java.awt.Graphics2D;
import java.awt.geom.Ellipse2D;
import java.awt.geom.Rectangle2D;
import org.jfree.chart.axis.ValueAxis;
import org.jfree.chart.plot.CrosshairState;
import org.jfree.chart.plot.PlotRenderingInfo;
import org.jfree.chart.plot.XYPlot;
import org.jfree.chart.renderer.xy.AbstractXYItemRenderer;
import org.jfree.chart.renderer.xy.XYItemRendererState;
import org.jfree.data.xy.XYDataset;
import org.jspecify.annotations.Nullable;

/// Round dots, of one colour or each of its own, drawn over each other so that dense places are
/// darker.
final class DotRenderer extends AbstractXYItemRenderer {
  private static final long serialVersionUID = 1;

  private final Color[] colors;
  private final double diameter;

  /// @param colors one for all dots, or one for each
  DotRenderer(double diameter, Color... colors) {
    this.colors = colors.clone();
    this.diameter = diameter;
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
    double x =
        domain.valueToJava2D(dataset.getXValue(series, item), area, plot.getDomainAxisEdge());
    double y = range.valueToJava2D(dataset.getYValue(series, item), area, plot.getRangeAxisEdge());
    g.setPaint(colors[item % colors.length]);
    g.fill(new Ellipse2D.Double(x - diameter / 2, y - diameter / 2, diameter, diameter));
  }
}
