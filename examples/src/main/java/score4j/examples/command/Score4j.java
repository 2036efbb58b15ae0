package score4j.examples.command;

import java.io.IOException;
import java.io.PrintWriter;
import java.nio.file.AccessDeniedException;
import java.nio.file.FileSystemException;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.Locale;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.ParseResult;
import picocli.CommandLine.Spec;
import picocli.CommandLine.TypeConversionException;
import picocli.CommandLine.UnmatchedArgumentException;
import score4j.gpu.GpuException;

/// The command `score4j`, and what all of its commands do about errors: one line on standard error,
/// no stack trace, and exit code 2, or 1 where numbers, memory or a card fail. Only a fault of the
/// program itself shows a trace, and ends with exit code 70.
@Command(
    name = "score4j",
    mixinStandardHelpOptions = true,
    version = Score4j.VERSION,
    description =
        "Learns the score of a law from samples, draws samples from what it learned, says how likely"
            + " rows are, and fills gaps in tables.",
    synopsisSubcommandLabel = "COMMAND",
    subcommands = {
      GalleryCommand.class,
      TrainCommand.class,
      SampleCommand.class,
      LikelihoodCommand.class,
      ImputeCommand.class,
      EvaluateCommand.class,
      DevicesCommand.class,
      CommandLine.HelpCommand.class
    },
    footerHeading = "%nExamples:%n",
    footer = {
      "  score4j gallery",
      "  score4j train --data examples/data/faithful.csv --dequantize 0.0166667,1 --process vp \\",
      "      --out geyser.safetensors",
      "  score4j sample --model geyser.safetensors --n 1000 --out samples.csv",
      "  score4j evaluate --data samples.csv --against examples/data/faithful.csv",
      "",
      "'score4j help COMMAND' explains the options of a command."
    })
public final class Score4j implements Runnable {
  static final String VERSION = "score4j 0.1.0-SNAPSHOT";

  /// An option or a file was no good.
  static final int USAGE = 2;

  private static final Pattern INVALID =
      Pattern.compile("^Invalid value for option '([^']+)'[^:]*: ");
  private static final Pattern CHOICE =
      Pattern.compile("expected one of \\[(.*)] \\(case-insensitive\\)");
  private static final int FAILED = 1;
  private static final int INTERNAL = 70;

  @Spec
  @SuppressWarnings("NullAway.Init") // set by picocli
  private CommandSpec spec;

  Score4j() {}

  @Override
  public void run() {
    spec.commandLine().usage(spec.commandLine().getOut());
  }

  /// Runs a command and returns its exit code.
  public static int execute(PrintWriter out, PrintWriter err, String... args) {
    CommandLine line =
        new CommandLine(new Score4j())
            .setOut(out)
            .setErr(err)
            .setCaseInsensitiveEnumValuesAllowed(true)
            .registerConverter(Path.class, Score4j::file)
            .setUsageHelpWidth(100)
            .setParameterExceptionHandler(Score4j::badOption)
            .setExecutionExceptionHandler(Score4j::failed);
    try {
      return line.execute(args);
    } catch (OutOfMemoryError e) {
      err.println(
          "score4j: out of memory: ask for fewer samples or a smaller network, or give Java more"
              + " with SCORE4J_JAVA_OPTS=-Xmx8g");
      return FAILED;
    } finally {
      out.flush();
      err.flush();
    }
  }

  private static int badOption(ParameterException e, String[] args) {
    CommandLine command = e.getCommandLine();
    return bad(
        command,
        e instanceof UnmatchedArgumentException unmatched
            ? unmatched(unmatched, command)
            : plain(String.valueOf(e.getMessage())));
  }

  private static String unmatched(UnmatchedArgumentException e, CommandLine command) {
    String first = e.getUnmatched().getFirst();
    if (!first.startsWith("-") && !command.getSubcommands().isEmpty()) {
      return "there is no command '%s', there are %s"
          .formatted(first, String.join(", ", command.getSubcommands().keySet()));
    }
    String alike = String.join(", ", e.getSuggestions());
    return e.getMessage() + (alike.isEmpty() ? "" : ", there is " + alike);
  }

  /// What picocli says of a value, in the words of the help.
  private static String plain(String message) {
    Matcher choice = CHOICE.matcher(message);
    String named =
        choice.replaceFirst(
            found ->
                Arrays.stream(found.group(1).split(", "))
                    .map(name -> name.toLowerCase(Locale.ROOT).replace('_', '-'))
                    .distinct()
                    .collect(Collectors.joining(", ", "must be one of ", "")));
    return INVALID
        .matcher(named)
        .replaceFirst("$1: ")
        .replaceFirst("' is not an? (int|long)$", "' is not a whole number, or is too large")
        .replaceFirst("' is not a double$", "' is not a number");
  }

  private static Path file(String name) {
    if (name.isBlank()) {
      throw new TypeConversionException("must be the name of a file or folder but was empty");
    }
    return Path.of(name);
  }

  private static int bad(CommandLine command, String message) {
    String name = command.getCommandSpec().qualifiedName();
    command.getErr().printf("%s: %s (see %s --help)%n", name, oneLine(message), name);
    return USAGE;
  }

  private static int failed(Exception e, CommandLine command, ParseResult result) {
    String name = command.getCommandSpec().qualifiedName();
    if (e instanceof OptionException) {
      return bad(command, String.valueOf(e.getMessage()));
    }
    if (e instanceof IOException io) {
      command.getErr().printf("%s: %s%n", name, oneLine(describe(io)));
      return USAGE;
    }
    if (e instanceof IllegalArgumentException || e instanceof IllegalStateException) {
      command.getErr().printf("%s: %s%n", name, oneLine(String.valueOf(e.getMessage())));
      return USAGE;
    }
    if (e instanceof ArithmeticException || e instanceof GpuException) {
      command.getErr().printf("%s: %s%n", name, oneLine(String.valueOf(e.getMessage())));
      return FAILED;
    }
    command.getErr().printf("%s: this should not happen, please report it:%n", name);
    e.printStackTrace(command.getErr());
    return INTERNAL;
  }

  // the messages of these exceptions are nothing but the name of the file
  private static String describe(IOException e) {
    String message = e.getMessage();
    return switch (e) {
      case NoSuchFileException missing -> missing.getFile() + ": no such file";
      case AccessDeniedException denied -> denied.getFile() + ": permission denied";
      case FileSystemException other when other.getReason() == null ->
          other.getFile() + ": cannot be read or written";
      default -> message == null ? e.getClass().getSimpleName() : message;
    };
  }

  private static String oneLine(String message) {
    return message.strip().replaceAll("\\s*\\R\\s*", " ");
  }
}
