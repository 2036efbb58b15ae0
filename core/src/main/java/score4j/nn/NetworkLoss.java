package score4j.nn;

import java.util.List;
import score4j.array.Batch;
import score4j.array.Parameters;
import score4j.process.LinearSde;

/// The loss of a network under a head, wherever it is computed: its sizes, and the checks of the
/// calls of an engine.
///
/// @param dim D
/// @param tangents K
/// @param evaluations E
record NetworkLoss(
    Mlp mlp,
    Conditioning conditioning,
    Head head,
    int dim,
    int tangents,
    int evaluations,
    Forms forms) {
  /// @throws IllegalArgumentException if the network's inputs are not as many as its outputs and
  ///     the conditioning's inputs, the head's directions do not fit, or its times are those of
  ///     another process
  static NetworkLoss of(Mlp mlp, Conditioning conditioning, Head head) {
    int dim = conditioning.requireDim(mlp);
    LinearSde process = head.process();
    if (process != null && !process.equals(conditioning.process())) {
      throw new IllegalArgumentException(
          "the objective learns scores under %s but the network is told of %s: use Conditioning.of(process) with the same process"
              .formatted(
                  process, conditioning.process() == null ? "none" : conditioning.process()));
    }
    int tangents = head.tangents(dim);
    Forms forms = head.forms();
    int least =
        switch (forms) {
          case DIRECTIONAL -> 0;
          case DIAGONAL -> dim;
          case TRACE, CYCLIC_TRACE -> 1;
        };
    if (tangents < least || (forms != Forms.DIRECTIONAL && tangents != least)) {
      throw new IllegalArgumentException(
          "the head asks for %d forms of kind %s in %d dimensions: DIAGONAL means D, a trace 1"
              .formatted(tangents, forms, dim));
    }
    return new NetworkLoss(mlp, conditioning, head, dim, tangents, head.evaluations(), forms);
  }

  /// The columns of the data: D, and those of the context.
  int columns() {
    return dim + conditioning.context();
  }

  List<Parameters.Slice> slices() {
    return mlp.slices();
  }

  /// Whether each form has a direction of its own.
  boolean directional() {
    return forms == Forms.DIRECTIONAL;
  }

  void requireBatch(Batch x) {
    x.requireCols("x", columns());
    if (x.rows() == 0) {
      throw new IllegalArgumentException(
          "x has no rows, so the mean loss is undefined: pass at least one sample");
    }
  }

  @SuppressWarnings("ReferenceEquality") // whether it is the same array is the question
  static void requireGradient(Parameters parameters, float[] gradient) {
    if (gradient == parameters.data()) {
      throw new IllegalArgumentException(
          "gradient is the array of the parameters, which it would overwrite: pass another");
    }
    if (gradient.length != parameters.size()) {
      throw new IllegalArgumentException(
          "gradient has %d numbers but there are %d parameters (P)"
              .formatted(gradient.length, parameters.size()));
    }
  }

  static void requireRoom(Batch x, float[] perSample) {
    if (perSample.length < x.rows()) {
      throw new IllegalArgumentException(
          "perSample has room for %d numbers but there are %d samples (B)"
              .formatted(perSample.length, x.rows()));
    }
  }
}
