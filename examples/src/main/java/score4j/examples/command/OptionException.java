package score4j.examples.command;

/// An option or a file that is no good; the message names it, the rule, the value and what to do.
/// It ends the command before anything is written.
final class OptionException extends RuntimeException {
  private static final long serialVersionUID = 1;

  OptionException(String message) {
    super(message);
  }

  OptionException(String message, Throwable cause) {
    super(message, cause);
  }
}
