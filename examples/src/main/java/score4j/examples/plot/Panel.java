package score4j.examples.plot;

import java.awt.Color;
import java.awt.Stroke;
import java.text.DecimalFormat;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Comparator;
import java.util.List;
import java.util.function.DoubleToIntFunction;
import java.util.stream.DoubleStream;
import java.util.stream.IntStream;
import org.jfree.chart.annotations.XYTextAnnotation;
import org.jfree.chart.plot.XYPlot;
import org.jfree.chart.renderer.xy.StandardXYBarPainter;
import org.jfree.chart.renderer.xy.XYBarRenderer;
import org.jfree.chart.renderer.xy.XYItemRenderer;
import org.jfree.chart.renderer.xy.XYLineAndShapeRenderer;
import org.jfree.chart.ui.TextAnchor;
import org.jfree.data.xy.DefaultXYDataset;
import org.jfree.data.xy.XYDataset;
import org.jfree.data.xy.XYIntervalSeries;
import org.jfree.data.xy.XYIntervalSeriesCollection;
import org.jspecify.annotations.Nullable;

/// One set of axes with a title: what is added first is drawn first. A series with a name of its
/// own appears in the
/// legend under the title, an unnamed one (empty string) does not.
///
/// A builder: each method changes the panel and returns it. Not safe for several threads.
public final class Panel {
  /// A function over the plane, for a heat map.
  @FunctionalInterface
  public interface Surface {
    /// The value at (x, y).
    double at(double x, double y);
  }

  enum Mark {
    LINE,
    DASHES,
    DOT,
    BAR
  }

  record Entry(String name, Color color, Mark mark) {}

  /// The bar beside a panel that says what its colours mean, with marks from the top down.
  record ColorBar(String label, List<String> marks, DoubleToIntFunction color) {}

  private final String title;
  private final String xLabel;
  private final String yLabel;
  private final XYPlot plot = new XYPlot();
  private final List<Entry> legend = new ArrayList<>();
  private final Extent xExtent = new Extent();
  private final Extent yExtent = new Extent();
  private boolean yDown;
  private @Nullable Surface heat;
  private boolean heatRelative;
  private @Nullable ColorBar colorBar;
  private @Nullable Images images;
  private double width = 300;
  private double height = 260;
  private int datasets;

  private Panel(String title, String xLabel, String yLabel) {
    this.title = title;
    this.xLabel = xLabel;
    this.yLabel = yLabel;
  }

  /// An empty panel.
  public static Panel of(String title, String xLabel, String yLabel) {
    return new Panel(title, xLabel, yLabel);
  }

  /// A panel without axes: a title over a sheet of images.
  public static Panel of(String title, Images images) {
    Panel panel = new Panel(title, "", "").size(images.width(), images.height());
    panel.images = images;
    return panel;
  }

  /// The size of the data area in points, without title and labels; 300 × 260 unless said.
  public Panel size(double width, double height) {
    this.width = width;
    this.height = height;
    return this;
  }

  /// Fixes the range of the x axis; without it the data decide.
  public Panel xRange(double from, double to) {
    xExtent.fix(from, to);
    return this;
  }

  /// Fixes the range of the y axis; without it the data decide.
  public Panel yRange(double from, double to) {
    yExtent.fix(from, to);
    return this;
  }

  /// Lets the y axis point down, as for a depth.
  public Panel yDown() {
    yDown = true;
    return this;
  }

  /// A curve.
  public Panel line(String name, double[] x, double[] y, Color color, double width) {
    return curve(new Entry(name, color, Mark.LINE), x, y, Theme.line((float) width));
  }

  /// A dashed curve, for what is known.
  public Panel dashes(String name, double[] x, double[] y, Color color, double width) {
    return curve(new Entry(name, color, Mark.DASHES), x, y, Theme.dashes((float) width));
  }

  private Panel curve(Entry entry, double[] x, double[] y, Stroke stroke) {
    XYLineAndShapeRenderer renderer = new XYLineAndShapeRenderer(true, false);
    renderer.setDrawSeriesLineAsPath(true);
    renderer.setDefaultPaint(entry.color());
    renderer.setAutoPopulateSeriesPaint(false);
    renderer.setDefaultStroke(stroke);
    renderer.setAutoPopulateSeriesStroke(false);
    return add(entry, points(x, y), renderer, x, y);
  }

  /// Dots of a diameter in points; a translucent colour shows where they are dense.
  public Panel dots(String name, double[] x, double[] y, Color color, double diameter) {
    return add(
        new Entry(name, color, Mark.DOT), points(x, y), new DotRenderer(diameter, color), x, y);
  }

  /// Dots whose colours, from pale to dark, say how large the numbers that come with them are, with
  /// a colour bar; the largest is drawn last, over the others.
  ///
  /// @param from the number of the palest colour; smaller ones get it too
  /// @param to the number of the darkest; larger ones get it too
  /// @param label what the numbers are
  public Panel shades(
      double[] x,
      double[] y,
      double[] values,
      double from,
      double to,
      String label,
      double diameter) {
    int[] order =
        IntStream.range(0, values.length)
            .boxed()
            .sorted(Comparator.comparingDouble(i -> values[i]))
            .mapToInt(Integer::intValue)
            .toArray();
    Color[] colors = new Color[order.length];
    for (int i = 0; i < order.length; i++) {
      colors[i] = new Color(Theme.shade((values[order[i]] - from) / (to - from)));
    }
    DecimalFormat format = Theme.ticks();
    colorBar =
        new ColorBar(
            label,
            List.of(format.format(to), format.format(0.5 * (from + to)), format.format(from)),
            Theme::shade);
    double[] sortedX = Arrays.stream(order).mapToDouble(i -> x[i]).toArray();
    double[] sortedY = Arrays.stream(order).mapToDouble(i -> y[i]).toArray();
    return add(
        new Entry("", Theme.ROSE, Mark.DOT),
        points(sortedX, sortedY),
        new DotRenderer(diameter, colors),
        x,
        y);
  }

  /// A few letters beside a point; they do not decide the ranges of the axes.
  public Panel note(String text, double x, double y) {
    XYTextAnnotation note = new XYTextAnnotation("  " + text, x, y);
    note.setFont(Theme.TICK_FONT);
    note.setPaint(Theme.INK);
    note.setTextAnchor(TextAnchor.CENTER_LEFT);
    plot.addAnnotation(note);
    return this;
  }

  /// A histogram of `values` as a density, in `bins` equal bins from `from` to `to`; values outside
  /// are counted in the
  /// total but not drawn.
  public Panel histogram(
      String name, double[] values, double from, double to, int bins, Color color) {
    double step = (to - from) / bins;
    double[] heights = new double[bins];
    for (double value : values) {
      int bin = (int) Math.floor((value - from) / step);
      if (bin >= 0 && bin < bins) {
        heights[bin] += 1 / (step * values.length);
      }
    }
    XYIntervalSeries series = new XYIntervalSeries(name);
    double[] edges = new double[bins];
    for (int b = 0; b < bins; b++) {
      double left = from + b * step;
      series.add(
          left + step / 2, left + 0.06 * step, left + 0.94 * step, heights[b], 0, heights[b]);
      edges[b] = left + step / 2;
    }
    XYIntervalSeriesCollection dataset = new XYIntervalSeriesCollection();
    dataset.addSeries(series);
    XYBarRenderer renderer = new XYBarRenderer();
    renderer.setBarPainter(new StandardXYBarPainter());
    renderer.setShadowVisible(false);
    renderer.setDrawBarOutline(false);
    renderer.setDefaultPaint(color);
    renderer.setAutoPopulateSeriesPaint(false);
    yExtent.floorAtZero();
    return add(new Entry(name, color, Mark.BAR), dataset, renderer, edges, heights);
  }

  /// Arrows. They do not decide the ranges of the axes.
  public Panel arrows(Arrows arrows, Color color) {
    double[] none = {};
    return add(
        new Entry("", color, Mark.LINE), arrows.dataset(), new ArrowRenderer(color), none, none);
  }

  /// A heat map behind everything else, relative to its largest value, with a colour bar. Fix both
  /// ranges with it.
  public Panel heat(Surface surface, String label) {
    heat = surface;
    heatRelative = true;
    colorBar = new ColorBar(label, List.of("1", "0.5", "0"), Theme::heat);
    return this;
  }

  /// A heat map likewise, of values from `from` (white) to `to`, and what is beyond as these.
  public Panel heat(Surface surface, String label, double from, double to) {
    heat = (x, y) -> (surface.at(x, y) - from) / (to - from);
    heatRelative = false;
    List<String> marks =
        DoubleStream.of(to, 0.5 * (from + to), from).mapToObj(Theme.ticks()::format).toList();
    colorBar = new ColorBar(label, marks, Theme::heat);
    return this;
  }

  private Panel add(
      Entry entry, XYDataset dataset, XYItemRenderer renderer, double[] x, double[] y) {
    plot.setDataset(datasets, dataset);
    plot.setRenderer(datasets, renderer);
    datasets++;
    if (!entry.name().isEmpty()) {
      legend.add(entry);
    }
    xExtent.include(x);
    yExtent.include(y);
    return this;
  }

  private static XYDataset points(double[] x, double[] y) {
    DefaultXYDataset dataset = new DefaultXYDataset();
    dataset.addSeries("points", new double[][] {x, y});
    return dataset;
  }

  String title() {
    return title;
  }

  String xLabel() {
    return xLabel;
  }

  String yLabel() {
    return yLabel;
  }

  Extent xExtent() {
    return xExtent;
  }

  Extent yExtent() {
    return yExtent;
  }

  boolean pointsDown() {
    return yDown;
  }

  XYPlot plot() {
    return plot;
  }

  List<Entry> legend() {
    return legend;
  }

  @Nullable Surface heat() {
    return heat;
  }

  /// Whether the heat map is relative to its largest value, or from 0 to 1.
  boolean heatRelative() {
    return heatRelative;
  }

  @Nullable ColorBar colorBar() {
    return colorBar;
  }

  @Nullable Images images() {
    return images;
  }

  double width() {
    return width;
  }

  double height() {
    return height;
  }
}
