package score4j.bench.report;

import java.awt.Graphics2D;
import java.awt.geom.Rectangle2D;
import java.text.DecimalFormat;
import java.text.DecimalFormatSymbols;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.stream.DoubleStream;
import org.jfree.chart.axis.AxisState;
import org.jfree.chart.axis.LogAxis;
import org.jfree.chart.axis.NumberTick;
import org.jfree.chart.ui.RectangleEdge;
import org.jfree.chart.ui.TextAnchor;

/// A logarithmic axis with few round ticks: powers of ten, with their 2- and 5-fold where the axis
/// is short; or given ones.
final class DecadeAxis extends LogAxis {
  private static final long serialVersionUID = 1;
  private static final double SHORT = 2.3;

  private final double[] given;

  /// @param given where ticks stand, empty for round ones
  DecadeAxis(String label, List<Double> given) {
    super(label);
    this.given = given.stream().mapToDouble(v -> v).toArray();
  }

  @Override
  public List<NumberTick> refreshTicks(
      Graphics2D g, AxisState state, Rectangle2D area, RectangleEdge edge) {
    boolean horizontal = RectangleEdge.isTopOrBottom(edge);
    TextAnchor anchor = horizontal ? TextAnchor.TOP_CENTER : TextAnchor.CENTER_RIGHT;
    DecimalFormat format =
        new DecimalFormat("#,##0.######", DecimalFormatSymbols.getInstance(Locale.ROOT));
    List<NumberTick> ticks = new ArrayList<>();
    for (double value : values()) {
      if (value >= getLowerBound() * (1 - 1e-9) && value <= getUpperBound() * (1 + 1e-9)) {
        ticks.add(new NumberTick(value, format.format(value), anchor, TextAnchor.CENTER, 0));
      }
    }
    return ticks;
  }

  private List<Double> values() {
    if (given.length > 0) {
      return DoubleStream.of(given).boxed().toList();
    }
    double low = Math.log10(getLowerBound());
    double high = Math.log10(getUpperBound());
    double[] digits = high - low < SHORT ? new double[] {1, 2, 5} : new double[] {1};
    List<Double> values = new ArrayList<>();
    for (int power = (int) Math.floor(low); power <= Math.ceil(high); power++) {
      for (double digit : digits) {
        values.add(digit * Math.pow(10, power));
      }
    }
    return values;
  }
}
