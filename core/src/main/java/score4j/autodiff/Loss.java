package score4j.autodiff;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import score4j.Threads;
import score4j.array.Parameters;

/// A loss with its gradient with respect to the parameters: the mean over a batch of a function
/// with one result.
public final class Loss {
  private final int inputs;
  private final List<Parameters.Slice> parameters;
  private final Program program;

  private Loss(int inputs, List<Parameters.Slice> parameters, Program program) {
    this.inputs = inputs;
    this.parameters = parameters;
    this.program = program;
  }

  /// The mean of f over a batch.
  ///
  /// @param f a function of parameters and x with one result
  public static Loss of(Fn f) {
    if (!f.shape().equals(Shape.SCALAR)) {
      throw new IllegalArgumentException(
          "a loss has one result but f(x) is %s: sum it".formatted(f.shape()));
    }
    if (f.parameters().isEmpty()) {
      throw new IllegalArgumentException(
          "f has no parameters, so there is nothing to learn: name some");
    }
    Trace trace = new Trace();
    List<Integer> places = Fn.places(trace, f.inputs(), f.parameters());
    int y = f.program().replay(trace, places).getFirst();
    int mean = Expr.in(trace, y).batchMean().id();
    int[] weights = places.subList(1, places.size()).stream().mapToInt(i -> i).toArray();
    List<Integer> results = new ArrayList<>();
    results.add(mean);
    for (int bar : Reverse.vjp(trace, mean, trace.constant(Shape.SCALAR, 1), weights)) {
      results.add(bar);
    }
    return new Loss(f.inputs(), f.parameters(), Program.of(trace, places, results));
  }

  /// The number of coordinates D of x.
  public int inputs() {
    return inputs;
  }

  /// The parameters.
  public List<Parameters.Slice> parameters() {
    return parameters;
  }

  /// Plans it for batches in `float`.
  public BatchLoss compile(Threads threads) {
    return new BatchLoss(this, threads);
  }

  /// What is computed, simplified.
  public Program program() {
    return program;
  }

  /// The mean loss over the batch and its gradient, in `double`.
  ///
  /// @param values the flat vector of the parameters
  /// @param x samples, B × D, row by row
  /// @param gradient overwritten, in the layout of the parameters
  /// @throws IllegalArgumentException if a length does not fit
  public double valueAndGrad(double[] values, double[] x, double[] gradient) {
    if (x.length == 0 || x.length % inputs != 0) {
      throw new IllegalArgumentException(
          "x has %d numbers, which are not rows of %d (D)".formatted(x.length, inputs));
    }
    BatchFunction.requireParameters(parameters, values.length);
    if (gradient.length != values.length) {
      throw new IllegalArgumentException(
          "gradient has %d numbers but there are %d parameters (P)"
              .formatted(gradient.length, values.length));
    }
    double[][] given = new double[1 + parameters.size()][];
    given[0] = x;
    for (int i = 0; i < parameters.size(); i++) {
      Parameters.Slice slice = parameters.get(i);
      given[i + 1] = Arrays.copyOfRange(values, slice.offset(), slice.offset() + slice.size());
    }
    double[][] results = DoubleExecutor.run(program, x.length / inputs, given);
    for (int i = 0; i < parameters.size(); i++) {
      Parameters.Slice slice = parameters.get(i);
      System.arraycopy(results[i + 1], 0, gradient, slice.offset(), slice.size());
    }
    return results[0][0];
  }
}
