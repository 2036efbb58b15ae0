package score4j.optim;

import java.util.Arrays;

/// What an optimiser remembers between steps: how many steps it has made, and its running moments,
/// each a `float[P]`.
///
/// Everything is readable, and [#of] builds a state from the parts, so a run can be saved and
/// continued.
public final class OptimizerState {
  private final int size;
  private final float[][] moments;
  private long step;

  private OptimizerState(int size, long step, float[][] moments) {
    this.size = size;
    this.step = step;
    this.moments = moments;
  }

  /// A state before the first step: `count` moments of `size` zeros.
  ///
  /// @throws IllegalArgumentException if a number is negative
  public static OptimizerState zeros(int size, int count) {
    if (size < 0 || count < 0) {
      throw new IllegalArgumentException(
          "a state needs size ≥ 0 and count ≥ 0 but got %d and %d".formatted(size, count));
    }
    return new OptimizerState(size, 0, new float[count][size]);
  }

  /// A state from its parts, as a saved run has them. The moments are not copied.
  ///
  /// @param size the number of parameters P
  /// @param step the number of steps already made
  /// @param moments arrays of P numbers each
  /// @throws IllegalArgumentException if the step is negative or a moment has another length
  public static OptimizerState of(int size, long step, float[]... moments) {
    if (step < 0) {
      throw new IllegalArgumentException("step must be at least 0 but was %d".formatted(step));
    }
    for (int i = 0; i < moments.length; i++) {
      if (moments[i].length != size) {
        throw new IllegalArgumentException(
            "moment %d has %d numbers but there are %d parameters (P)"
                .formatted(i, moments[i].length, size));
      }
    }
    return new OptimizerState(size, step, moments.clone());
  }

  /// The number of parameters P.
  public int size() {
    return size;
  }

  /// The number of steps made so far.
  public long step() {
    return step;
  }

  /// The number of moments that the optimiser keeps: 0 for gradient descent, 1 with momentum, 2 for
  /// Adam.
  public int moments() {
    return moments.length;
  }

  /// Moment `index`. Shared, not copied: an optimiser writes into it.
  public float[] moment(int index) {
    return moments[index];
  }

  /// Counts one step and returns its number: 1 for the first. For optimisers to call.
  public long advance() {
    return ++step;
  }

  /// A copy that shares nothing.
  public OptimizerState copy() {
    float[][] copies = new float[moments.length][];
    Arrays.setAll(copies, i -> moments[i].clone());
    return new OptimizerState(size, step, copies);
  }

  /// Checks what an optimiser is handed in a step.
  static void check(
      OptimizerState state, int moments, float[] parameters, float[] gradient, double rate) {
    if (state.moments.length != moments) {
      throw new IllegalArgumentException(
          "state has %d moments but this optimiser keeps %d: make it with init of the same optimiser"
              .formatted(state.moments.length, moments));
    }
    if (parameters.length != state.size || gradient.length != state.size) {
      throw new IllegalArgumentException(
          "parameters has %d numbers and gradient %d but the state was made for %d (P)"
              .formatted(parameters.length, gradient.length, state.size));
    }
    if (!(rate >= 0) || rate > Float.MAX_VALUE) {
      throw new IllegalArgumentException(
          "learningRate must be finite and at least 0 but was %s".formatted(rate));
    }
  }

  @Override
  public boolean equals(Object other) {
    return other instanceof OptimizerState s
        && s.size == size
        && s.step == step
        && Arrays.deepEquals(s.moments, moments);
  }

  @Override
  public int hashCode() {
    return 31 * (31 * size + Long.hashCode(step)) + Arrays.deepHashCode(moments);
  }

  @Override
  public String toString() {
    return "OptimizerState[step %d, %d × %d]".formatted(step, moments.length, size);
  }
}
