package score4j.gpu;

import java.util.List;
import score4j.array.Parameters;
import score4j.nn.Conditioning;
import score4j.nn.ScoreNetwork;
import score4j.sample.AffineSteps;

/// What kernels are told about times: for each a row of factors, one of features and context, and
/// in fast arithmetic one of first biases that have those in.
final class TimeRows {
  private final Conditioning conditioning;
  private final int features;
  private final int extras;
  private final float[] context;
  private final float[] feature;
  private final float[] scalings = new float[3];

  private final Parameters.Slice weight;
  private final Parameters.Slice bias;
  private final float[] parameters;

  private float[] factors = {};
  private float[] extra = {};
  private float[] bias0 = {};
  private int count;

  /// The time of [#feature] and [#scalings], often that of the next row, too.
  private double last = Double.NaN;

  TimeRows(ScoreNetwork network, boolean withBiases) {
    conditioning = network.conditioning();
    features = conditioning.features().count();
    context = network.context();
    extras = features + context.length;
    feature = new float[features];
    List<Parameters.Slice> slices = network.mlp().slices();
    weight = slices.get(0);
    bias = slices.get(1);
    parameters = withBiases ? network.parameters().data() : new float[0];
  }

  /// How many times there are.
  int count() {
    return count;
  }

  /// For each time keep, gain, kick, c_in, c_skip and c_out.
  float[] factors() {
    return factors;
  }

  /// For each time features and context.
  float[] extra() {
    return extra;
  }

  /// For each time [#width] biases.
  float[] biases() {
    return bias0;
  }

  /// How many biases there are for each time; 0 if none are wanted.
  int width() {
    return parameters.length == 0 ? 0 : (int) KernelPlan.pad4(weight.rows());
  }

  private void resize(int rows) {
    count = rows;
    if (factors.length < rows * DeviceNetwork.FACTORS) {
      factors = new float[rows * DeviceNetwork.FACTORS];
    }
    if (extra.length < rows * extras) {
      extra = new float[rows * extras];
    }
    if (bias0.length < rows * width()) {
      bias0 = new float[rows * width()];
    }
  }

  /// One time for all rows.
  void one(double t) {
    resize(1);
    row(0, t);
  }

  /// One time, written for each row.
  void same(double t, int rows) {
    resize(rows);
    for (int row = 0; row < rows; row++) {
      row(row, t);
    }
  }

  /// A time for each row from `from` on.
  void each(double[] times, int from, int rows) {
    resize(rows);
    for (int row = 0; row < rows; row++) {
      row(row, times[from + row]);
    }
  }

  /// The steps of a list from `first` on.
  void steps(AffineSteps steps, long first, int rows) {
    resize(rows);
    for (int row = 0; row < rows; row++) {
      long step = first + row;
      row(row, steps.time(step));
      int at = row * DeviceNetwork.FACTORS;
      factors[at] = steps.keep(step);
      factors[at + 1] = steps.gain(step);
      factors[at + 2] = steps.kick(step);
    }
  }

  private void row(int row, double t) {
    if (t != last) {
      conditioning.at(t, feature, scalings);
      last = t;
    }
    System.arraycopy(scalings, 0, factors, row * DeviceNetwork.FACTORS + 3, 3);
    System.arraycopy(feature, 0, extra, row * extras, features);
    System.arraycopy(context, 0, extra, row * extras + features, context.length);
    if (parameters.length > 0) {
      fold(row);
    }
  }

  private void fold(int row) {
    int in = weight.cols();
    for (int o = 0; o < weight.rows(); o++) {
      double sum = parameters[bias.offset() + o];
      int at = weight.offset() + o * in + in - extras;
      for (int e = 0; e < extras; e++) {
        sum += (double) parameters[at + e] * extra[row * extras + e];
      }
      bias0[row * width() + o] = (float) sum;
    }
  }
}
