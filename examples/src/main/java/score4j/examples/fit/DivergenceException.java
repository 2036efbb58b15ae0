package score4j.examples.fit;

/// A training whose numbers stopped being finite, or went far from where they began: its learning
/// rate is too large. No other overflow is one.
public final class DivergenceException extends ArithmeticException {
  private static final long serialVersionUID = 1;

  DivergenceException(String message) {
    super(message);
  }

  DivergenceException(ArithmeticException cause) {
    super(cause.getMessage());
    initCause(cause);
  }
}
