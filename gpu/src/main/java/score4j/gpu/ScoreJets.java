package score4j.gpu;

import java.util.Arrays;
import org.jspecify.annotations.Nullable;
import score4j.array.Batch;
import score4j.nn.Conditioning;
import score4j.nn.Forms;
import score4j.nn.ScoreNetwork;

/// Divergences, quadratic forms and products with the Jacobian of a network's score, made on a card
/// of those of its output:
///
/// ```text
/// s = c_skip·x + c_out·F          q = c_skip·‖v‖² + c_out·c_in·q_F
///                               J·v = c_skip·v + c_out·c_in·J_F·v
/// ```
/// Used while the session is held.
final class ScoreJets implements AutoCloseable {
  private final Session session;
  private final ScoreNetwork network;
  private final Arithmetic arithmetic;
  private final TimeRows times;
  private final boolean plain;
  private final int dim;
  private final int inputs;
  private @Nullable GpuJet traces;
  private @Nullable GpuJet directional;
  private int tangents;
  private @Nullable JetNetwork weights;
  private @Nullable JetProducts derivatives;
  private @Nullable JetProducts cotangents;

  ScoreJets(Session session, ScoreNetwork network, Arithmetic arithmetic) {
    this.session = session;
    this.network = network;
    this.arithmetic = arithmetic;
    times = new TimeRows(network, false);
    plain = network.conditioning().scaling() == Conditioning.Scaling.PLAIN;
    dim = network.dim();
    inputs = network.mlp().inputs();
  }

  /// Writes divergences and, if they are wanted, scores.
  void divergences(
      Batch x,
      int from,
      int to,
      double @Nullable [] each,
      double t,
      @Nullable Batch score,
      float[] divergence) {
    GpuJet jet = traces;
    if (jet == null) {
      jet = open(Forms.TRACE, 1);
      traces = jet;
    }
    run(jet, x, from, to, each, t, new float[0], 0, score, divergence);
  }

  /// Writes scores and forms along `count` directions of each row.
  void forms(
      Batch x,
      int from,
      int to,
      double[] t,
      float[] directions,
      int count,
      Batch score,
      float[] forms) {
    GpuJet jet = directional;
    if (jet == null || tangents != count) {
      if (jet != null) {
        jet.close();
        directional = null;
      }
      jet = open(Forms.DIRECTIONAL, count);
      directional = jet;
      tangents = count;
    }
    run(jet, x, from, to, t, 0, directions, count, score, forms);
  }

  /// Writes J·v, or Jᵀ·v where transposed, of all rows.
  void products(
      Batch x, Batch vectors, double @Nullable [] each, double t, boolean transposed, Batch out) {
    JetProducts jet = transposed ? cotangents : derivatives;
    if (jet == null) {
      jet = new JetProducts(weights(), transposed);
      if (transposed) {
        cotangents = jet;
      } else {
        derivatives = jet;
      }
    }
    int n = x.rows();
    float[] all = new float[n * dim];
    for (int row = 0; row < n; row += jet.capacity()) {
      int rows = Math.min(jet.capacity(), n - row);
      at(each, t, row, rows);
      float[] v = Arrays.copyOfRange(vectors.data(), row * dim, (row + rows) * dim);
      float[] own = new float[rows * dim];
      jet.compute(inputs(x, row, rows), v, rows, own);
      if (!plain) {
        scaleProducts(v, rows, own);
      }
      System.arraycopy(own, 0, all, row * dim, own.length);
    }
    System.arraycopy(all, 0, out.data(), 0, all.length); // when all have come
  }

  private JetNetwork weights() {
    JetNetwork made = weights;
    if (made == null) {
      made =
          session.make(
              () -> {
                JetNetwork own = new JetNetwork(session, network.mlp(), arithmetic);
                own.load(network.parameters().data());
                return own;
              });
      weights = made;
    }
    return made;
  }

  private void at(double @Nullable [] each, double t, int from, int rows) {
    if (each == null) {
      times.same(t, rows);
    } else {
      times.each(each, from, rows);
    }
  }

  private void scaleProducts(float[] v, int rows, float[] products) {
    for (int r = 0; r < rows; r++) {
      int at = r * DeviceNetwork.FACTORS;
      float skip = times.factors()[at + 4];
      float b = times.factors()[at + 5] * times.factors()[at + 3];
      for (int i = r * dim; i < (r + 1) * dim; i++) {
        products[i] = skip * v[i] + b * products[i];
      }
    }
  }

  private GpuJet open(Forms forms, int count) {
    return session.make(
        () -> {
          GpuJet jet = new GpuJet(session, network.mlp(), forms, count, arithmetic, false);
          jet.parameters(network.parameters().data());
          return jet;
        });
  }

  /// @param count directions; 0 for the trace
  private void run(
      GpuJet jet,
      Batch x,
      int from,
      int to,
      double @Nullable [] each,
      double t,
      float[] directions,
      int count,
      @Nullable Batch score,
      float[] forms) {
    int n = to - from;
    int values = Math.max(1, count);
    float[] output = new float[n * dim];
    float[] quadratic = new float[n * values];
    for (int row = 0; row < n; row += jet.capacity()) {
      int rows = Math.min(jet.capacity(), n - row);
      at(each, t, from + row, rows);
      float[] own = new float[rows * dim];
      float[] ownForms = new float[rows * values];
      int at = (from + row) * count * dim;
      float[] v = directions;
      if (at > 0) {
        v = Arrays.copyOfRange(directions, at, at + rows * count * dim);
      }
      jet.forward(inputs(x, from + row, rows), v, rows, false, own, ownForms);
      if (!plain) {
        scale(x, from + row, rows, v, count, own, ownForms);
      }
      System.arraycopy(own, 0, output, row * dim, own.length);
      System.arraycopy(ownForms, 0, quadratic, row * values, ownForms.length);
    }
    // when all have come
    if (score != null) {
      System.arraycopy(output, 0, score.data(), from * dim, output.length);
    }
    System.arraycopy(quadratic, 0, forms, from * values, quadratic.length);
  }

  /// What the network sees of some rows.
  private float[] inputs(Batch x, int row, int rows) {
    float[] input = new float[rows * inputs];
    int extras = inputs - dim;
    for (int r = 0; r < rows; r++) {
      float in = times.factors()[r * DeviceNetwork.FACTORS + 3];
      for (int d = 0; d < dim; d++) {
        input[r * inputs + d] = in * x.data()[(row + r) * dim + d];
      }
      System.arraycopy(times.extra(), r * extras, input, r * inputs + dim, extras);
    }
    return input;
  }

  private void scale(
      Batch x, int row, int rows, float[] v, int count, float[] score, float[] forms) {
    int values = Math.max(1, count);
    for (int r = 0; r < rows; r++) {
      int at = r * DeviceNetwork.FACTORS;
      float in = times.factors()[at + 3];
      float skip = times.factors()[at + 4];
      float out = times.factors()[at + 5];
      for (int d = 0; d < dim; d++) {
        int i = r * dim + d;
        score[i] = skip * x.data()[row * dim + i] + out * score[i];
      }
      float b = out * in;
      for (int k = r * values; k < (r + 1) * values; k++) {
        float square = count == 0 ? dim : square(v, k * dim);
        forms[k] = skip * square + b * forms[k];
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

  @Override
  public void close() {
    if (traces != null) {
      traces.close();
      traces = null;
    }
    if (directional != null) {
      directional.close();
      directional = null;
    }
    if (derivatives != null) {
      derivatives.close();
      derivatives = null;
    }
    if (cotangents != null) {
      cotangents.close();
      cotangents = null;
    }
    if (weights != null) {
      weights.close();
      weights = null;
    }
  }
}
