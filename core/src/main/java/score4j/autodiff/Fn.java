package score4j.autodiff;

import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.function.BiFunction;
import java.util.function.Function;
import java.util.function.UnaryOperator;
import score4j.DifferentiableScore;
import score4j.Threads;
import score4j.array.Batch;
import score4j.array.Parameters;

/// A function of one sample x, a vector of D numbers, and of named parameters if there are any:
/// written once, differentiated any number of times, run on a batch.
///
/// ```java
/// Fn logDensity = Fn.of(2, x -> x.square().sum().mul(-0.5)); // R² → R
/// Fn score = logDensity.grad();                              // R² → R²
/// Fn divergence = score.divergence();                        // tr ∂s/∂x, exact
/// ```
public final class Fn {
  private final int inputs;
  private final List<Parameters.Slice> parameters;
  private final Program program;

  private Fn(int inputs, List<Parameters.Slice> parameters, Program program) {
    this.inputs = inputs;
    this.parameters = parameters;
    this.program = program;
  }

  /// Traces a function of x.
  ///
  /// @param inputs the number of coordinates D
  public static Fn of(int inputs, Function<Expr, Expr> body) {
    return of(List.of(), inputs, (weights, x) -> body.apply(x));
  }

  /// Traces a function of named parameters and x.
  ///
  /// @param parameters what the parameters are, and where in the flat vector
  public static Fn of(
      List<Parameters.Slice> parameters, int inputs, BiFunction<Weights, Expr, Expr> body) {
    Parameters.count(parameters);
    if (inputs < 1) {
      throw new IllegalArgumentException(
          "inputs is %d: x needs at least one coordinate".formatted(inputs));
    }
    Trace trace = new Trace();
    List<Integer> places = places(trace, inputs, parameters);
    Weights weights = new Weights(trace, parameters, places.subList(1, places.size()));
    Expr x = Expr.in(trace, places.getFirst());
    Expr y =
        Objects.requireNonNull(
            body.apply(weights, x), "the function returned null: return the value that it is");
    return new Fn(inputs, List.copyOf(parameters), Program.of(trace, places, List.of(x.idOf(y))));
  }

  /// Writes down what a function is given: x, then the parameters.
  static List<Integer> places(Trace trace, int inputs, List<Parameters.Slice> parameters) {
    List<Integer> places = new ArrayList<>();
    places.add(trace.input("x", Shape.vector(inputs), true));
    for (Parameters.Slice slice : parameters) {
      places.add(trace.input(slice.name(), shape(slice), false));
    }
    return places;
  }

  private static Shape shape(Parameters.Slice slice) {
    return slice.vector() ? Shape.vector(slice.size()) : Shape.matrix(slice.rows(), slice.cols());
  }

  /// The same function of one vector: x, then the parameters in their order.
  Fn joined() {
    int size = Parameters.count(parameters);
    return of(
        inputs + size,
        u -> {
          List<Integer> weights = new ArrayList<>();
          for (Parameters.Slice slice : parameters) {
            int from = inputs + slice.offset();
            weights.add(u.slice(from, from + slice.size()).reshape(shape(slice)).id());
          }
          return apply(weights, u.slice(0, inputs));
        });
  }

  /// The number of coordinates D of x.
  public int inputs() {
    return inputs;
  }

  /// The shape of the result for one sample.
  public Shape shape() {
    return program.nodes().get(program.outputs().getFirst()).shape();
  }

  /// The parameters, none for a function of x alone.
  public List<Parameters.Slice> parameters() {
    return parameters;
  }

  /// What was traced, simplified.
  public Program program() {
    return program;
  }

  /// This function of x inside another that is being traced.
  ///
  /// @throws IllegalStateException if it has parameters
  public Expr apply(Expr x) {
    if (!parameters.isEmpty()) {
      throw new IllegalStateException(
          "the function has parameters: pass them too, apply(weights, x)");
    }
    return apply(List.of(), x);
  }

  /// This function of parameters and x inside another that is being traced.
  public Expr apply(Weights weights, Expr x) {
    return apply(parameters.stream().map(slice -> x.idOf(weights.get(slice.name()))).toList(), x);
  }

  private Expr apply(List<Integer> weights, Expr x) {
    if (!x.shape().equals(Shape.vector(inputs))) {
      throw new IllegalArgumentException(
          "x is %s but the function takes [%d]".formatted(x.shape(), inputs));
    }
    List<Integer> values = new ArrayList<>();
    values.add(x.id());
    values.addAll(weights);
    return Expr.in(x.trace(), program.replay(x.trace(), values).getFirst());
  }

  /// The function that `make` makes of this one and x.
  private Fn with(BiFunction<UnaryOperator<Expr>, Expr, Expr> make) {
    return of(parameters, inputs, (weights, x) -> make.apply(u -> apply(weights, u), x));
  }

  /// x ↦ ∇f(x), of a function with one result.
  public Fn grad() {
    return with(Derivatives::grad);
  }

  /// x ↦ the Jacobian J[i, j] = ∂fᵢ/∂xⱼ.
  public Fn jacobian() {
    return with(Derivatives::jacobian);
  }

  /// x ↦ the Hessian, of a function with one result.
  public Fn hessian() {
    return with(Derivatives::hessian);
  }

  /// x ↦ tr ∂f/∂x, exact, of a function with as many results as coordinates.
  public Fn divergence() {
    return with(Derivatives::divergence);
  }

  /// x ↦ ∂f/∂θ, the gradient with respect to all parameters sample by sample, as one vector in
  /// their layout, of a function with one result. Its mean is what [Loss] computes, at a fraction
  /// of the cost: this one takes B·P numbers.
  ///
  /// @throws IllegalArgumentException if it has several results, or no parameters
  /// @throws IllegalStateException if it takes a mean over the batch
  public Fn parameterGradient() {
    if (!shape().equals(Shape.SCALAR)) {
      throw new IllegalArgumentException(
          "a gradient is that of one result but f(x) is %s: sum it".formatted(shape()));
    }
    if (parameters.isEmpty()) {
      throw new IllegalArgumentException(
          "f has no parameters, so there is no gradient by them: name some");
    }
    if (program.mixesSamples()) {
      throw new IllegalStateException(
          "f takes a mean over the batch, so that a sample has no gradient of its own: take that of the mean, by Loss");
    }
    Trace trace = new Trace();
    List<Integer> places = places(trace, inputs, parameters);
    int y = program.replay(trace, places).getFirst();
    int[] weights = places.subList(1, places.size()).stream().mapToInt(i -> i).toArray();
    int one = trace.constant(Shape.SCALAR, 1);
    int[] bars = Reverse.vjp(trace, Trace.set(Axis.BATCH), y, one, weights);
    Expr[] parts = new Expr[bars.length];
    for (int i = 0; i < bars.length; i++) {
      parts[i] = Expr.in(trace, bars[i]).reshape(Shape.vector(trace.shape(bars[i]).size()));
    }
    Expr all = Expr.concat(parts);
    return new Fn(inputs, parameters, Program.of(trace, places, List.of(all.id())));
  }

  /// This function as a score, for samplers and metrics, in `float` on the kernels. The score of a
  /// log density f is `f.grad().asScore()`.
  ///
  /// @throws IllegalStateException if it has not as many results as coordinates, or takes a mean
  ///     over the batch
  /// @throws IllegalArgumentException if it has parameters
  public DifferentiableScore asScore() {
    return asScore(new float[0]);
  }

  /// This function with given parameters as a score.
  ///
  /// @param parameters the flat vector, copied
  /// @throws IllegalStateException if it has not as many results as coordinates, or takes a mean
  ///     over the batch
  /// @throws IllegalArgumentException if these are not all its parameters
  public DifferentiableScore asScore(float[] parameters) {
    if (!shape().equals(Shape.vector(inputs))) {
      throw new IllegalStateException(
          "a score takes [%d] to [%d] but f(x) is %s: the score of a log density is its grad()"
              .formatted(inputs, inputs, shape()));
    }
    if (program.mixesSamples()) {
      throw new IllegalStateException(
          "f takes a mean over the batch, so that a sample's score would depend on the others: a score is a function of x alone");
    }
    BatchFunction.requireParameters(this.parameters, parameters.length);
    return new TracedScore(this, parameters);
  }

  /// Plans it for batches in `float`. A function with parameters is given them with each call.
  public BatchFunction compile(Threads threads) {
    return new BatchFunction(this, threads);
  }

  /// f of each sample of a batch in `float`, of a function without parameters: B × n, where f(x)
  /// has n numbers. Plans each time; for many batches, [#compile] once.
  public Batch map(Batch x) {
    try (BatchFunction compiled = compile(Threads.ONE)) {
      return compiled.map(x);
    }
  }

  /// f(x) in `double`, of a function without parameters; of several samples if x has several rows.
  public double[] at(double... x) {
    return at(new double[0], x);
  }

  /// f in `double`, sample by sample.
  ///
  /// @param parameters the flat vector
  /// @param x samples, B × D, row by row
  /// @return the results of the samples one after the other, each row by row
  public double[] at(double[] parameters, double[] x) {
    BatchFunction.requireParameters(this.parameters, parameters.length);
    if (x.length == 0 || x.length % inputs != 0) {
      throw new IllegalArgumentException(
          "x has %d numbers, which are not rows of %d (D)".formatted(x.length, inputs));
    }
    double[][] values = new double[1 + this.parameters.size()][];
    values[0] = x;
    for (int i = 0; i < this.parameters.size(); i++) {
      Parameters.Slice slice = this.parameters.get(i);
      values[i + 1] =
          java.util.Arrays.copyOfRange(parameters, slice.offset(), slice.offset() + slice.size());
    }
    int batch = x.length / inputs;
    double[] result = DoubleExecutor.run(program, batch, values)[0];
    if (!program.nodes().get(program.outputs().getFirst()).axes().isEmpty()) {
      return result;
    }
    // the same for all samples
    double[] repeated = new double[batch * result.length];
    for (int b = 0; b < batch; b++) {
      System.arraycopy(result, 0, repeated, b * result.length, result.length);
    }
    return repeated;
  }

  @Override
  public String toString() {
    return program.toString();
  }
}
