package score4j.nn;

/// The trace as the sum of the diagonal: turns passes with D unit vectors into passes with one
/// form.
final class TraceJet implements Jet {
  private final Jet diagonal;
  private final int dim;
  private final float[] forms;
  private final float[] formsBar;

  TraceJet(Jet diagonal, int dim, int capacity) {
    this.diagonal = diagonal;
    this.dim = dim;
    forms = new float[capacity * dim];
    formsBar = new float[capacity * dim];
  }

  @Override
  public void forward(float[] input, float[] directions, int n, int order) {
    diagonal.forward(input, directions, n, order);
  }

  @Override
  public void score(float[] out, int n) {
    diagonal.score(out, n);
  }

  @Override
  public void derivatives(float[] directions, float[] out, int n) {
    throw new IllegalStateException("a trace has no directions");
  }

  @Override
  public void forms(float[] forms, float[] directions, int n) {
    diagonal.forms(this.forms, directions, n);
    for (int t = 0; t < n; t++) {
      float sum = 0;
      for (int d = t * dim; d < (t + 1) * dim; d++) {
        sum += this.forms[d];
      }
      forms[t] = sum;
    }
  }

  @Override
  public void backward(
      float[] input,
      float[] directions,
      float[] scoreBar,
      float[] formsBar,
      int n,
      boolean first,
      float[] gradient) {
    for (int t = 0; t < n; t++) {
      java.util.Arrays.fill(this.formsBar, t * dim, (t + 1) * dim, formsBar[t]);
    }
    diagonal.backward(input, directions, scoreBar, this.formsBar, n, first, gradient);
  }

  @Override
  public void inputCotangents(float[] w, float[] out, int n) {
    diagonal.inputCotangents(w, out, n);
  }
}
