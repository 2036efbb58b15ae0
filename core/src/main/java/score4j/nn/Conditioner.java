package score4j.nn;

/// Turns rows of x into rows of network inputs, and outputs into scores, as a [Conditioning] says.
///
/// ```text
/// s = c_skip·x + c_out·F            F̄ = c_out·s̄
/// q = c_skip·‖v‖² + c_out·c_in·q_F   q̄_F = c_out·c_in·q̄
/// ```
final class Conditioner {
  private final Conditioning conditioning;
  private final int dim;
  private final int inputs;
  private final int features;

  /// What the network sees, a row of [#inputs] for each row of x.
  final float[] rows;

  private final float[] in;
  private final float[] skip;
  private final float[] out;
  private final double[] waves;
  // those of the last time, which is often the next one, too
  private final float[] lastFeatures;
  private final float[] lastFactors = new float[3];
  private double lastTime = Double.NaN;

  /// @param capacity the most rows
  Conditioner(Conditioning conditioning, int dim, int capacity) {
    this.conditioning = conditioning;
    this.dim = dim;
    inputs = dim + conditioning.inputs();
    features = conditioning.features().count();
    waves = conditioning.features().waves();
    rows = new float[capacity * inputs];
    in = new float[capacity];
    skip = new float[capacity];
    out = new float[capacity];
    lastFeatures = new float[features];
  }

  /// Writes the rows of network inputs of samples that are evaluated E times each.
  ///
  /// @param n rows, E for each sample
  /// @param times of the samples
  /// @param x n × D
  /// @param context of the samples
  void rows(int n, int evaluations, double[] times, float[] x, float[] context) {
    int length = conditioning.context();
    for (int r = 0; r < n; r++) {
      int sample = r / evaluations;
      row(r, times[sample], x, r * dim, context, sample * length);
    }
  }

  /// Writes the row of network inputs for a row of x.
  ///
  /// @param row which
  /// @param x where the row's numbers begin at `from`
  /// @param context where those of its context begin at `contextFrom`
  void row(int row, double time, float[] x, int from, float[] context, int contextFrom) {
    if (time != lastTime) {
      conditioning.at(time, waves, lastFeatures, lastFactors);
      lastTime = time;
    }
    float factor = lastFactors[0];
    in[row] = factor;
    skip[row] = lastFactors[1];
    out[row] = lastFactors[2];
    int to = row * inputs;
    for (int d = 0; d < dim; d++) {
      rows[to + d] = factor * x[from + d];
    }
    for (int i = 0; i < features; i++) {
      rows[to + dim + i] = lastFeatures[i];
    }
    for (int i = 0; i < conditioning.context(); i++) {
      rows[to + dim + features + i] = context[contextFrom + i];
    }
  }

  /// Makes scores of outputs, in place.
  ///
  /// @param score n × D
  /// @param x n × D, from `from` on
  void score(float[] score, float[] x, int from, int n) {
    if (conditioning.scaling() == Conditioning.Scaling.PLAIN) {
      return;
    }
    for (int r = 0; r < n; r++) {
      float a = skip[r];
      float b = out[r];
      for (int i = r * dim; i < (r + 1) * dim; i++) {
        score[i] = a * x[from + i] + b * score[i];
      }
    }
  }

  /// Makes directional derivatives of the score of those of the output, in place.
  ///
  /// @param products n × D
  /// @param v the directions, n × D, from `from` on
  void derivatives(float[] products, float[] v, int from, int n) {
    if (conditioning.scaling() == Conditioning.Scaling.PLAIN) {
      return;
    }
    for (int r = 0; r < n; r++) {
      float a = skip[r];
      float b = out[r] * in[r];
      for (int i = r * dim; i < (r + 1) * dim; i++) {
        products[i] = a * v[from + i] + b * products[i];
      }
    }
  }

  /// Makes quadratic forms of the score's Jacobian of those of the output's, in place.
  ///
  /// @param forms n × K
  /// @param directions n × K × D where the forms are directional
  void forms(float[] forms, float[] directions, int tangents, Forms kind, int n) {
    if (conditioning.scaling() == Conditioning.Scaling.PLAIN) {
      return;
    }
    for (int r = 0; r < n; r++) {
      float b = out[r] * in[r];
      for (int k = r * tangents; k < (r + 1) * tangents; k++) {
        float square =
            switch (kind) {
              case DIRECTIONAL -> square(directions, k * dim);
              case DIAGONAL -> 1;
              case TRACE, CYCLIC_TRACE -> dim;
            };
        forms[k] = skip[r] * square + b * forms[k];
      }
    }
  }

  private float square(float[] v, int from) {
    double sum = 0;
    for (int d = from; d < from + dim; d++) {
      sum += (double) v[d] * v[d];
    }
    return (float) sum;
  }

  /// Makes cotangents of outputs and their forms of those of scores and theirs, in place.
  void cotangents(float[] scoreBar, float[] formsBar, int tangents, int n) {
    if (conditioning.scaling() == Conditioning.Scaling.PLAIN) {
      return;
    }
    for (int r = 0; r < n; r++) {
      float b = out[r];
      for (int i = r * dim; i < (r + 1) * dim; i++) {
        scoreBar[i] *= b;
      }
      for (int k = r * tangents; k < (r + 1) * tangents; k++) {
        formsBar[k] *= b * in[r];
      }
    }
  }
}
