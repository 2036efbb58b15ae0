import com.google.googlejavaformat.java.Formatter;
import com.google.googlejavaformat.java.ImportOrderer;
import com.google.googlejavaformat.java.JavaFormatterOptions;
import com.google.googlejavaformat.java.RemoveUnusedImports;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;

/// google-java-format over every Java source of the repository: `check` fails and lists the files
/// that it would change, `apply` changes them. Started by the build in source-file mode, with the
/// formatter on the class path.
///
/// The formatter breaks a long `///` line as if it were a `//` comment, and what follows is no
/// longer documentation. So such lines are wrapped here first.
final class Format {
  private static final int COLUMNS = 100;
  private static final Pattern DOCUMENTATION = Pattern.compile("(\\s*/// ?\\s*)(.*)");

  /// What goes on with the sentence of the line before: no list, heading, tag, table or fence.
  private static final Pattern TEXT = Pattern.compile("[^-*@#|`\\s\\d]|`(?!``)");

  public static void main(String[] args) throws Exception {
    boolean apply = args[0].equals("apply");
    Path root = Path.of(args[1]);
    Formatter formatter = new Formatter();
    int faults = 0;
    for (Path file : sources(root)) {
      String source = Files.readString(file);
      try {
        String formatted = format(formatter, source);
        if (formatted.equals(source)) {
          continue;
        }
        if (apply) {
          Files.writeString(file, formatted);
          System.err.println("formatted " + root.relativize(file));
          continue;
        }
        System.err.println("not formatted: " + root.relativize(file));
      } catch (Exception e) {
        System.err.println("cannot format " + root.relativize(file) + ": " + e.getMessage());
      }
      faults++;
    }
    if (faults > 0) {
      System.err.println("to format: mvn -q -N validate exec:exec@format");
      System.exit(1);
    }
  }

  private static String format(Formatter formatter, String source) throws Exception {
    String wrapped = wrapDocumentation(source);
    String ordered = ImportOrderer.reorderImports(wrapped, JavaFormatterOptions.Style.GOOGLE);
    return formatter.formatSource(RemoveUnusedImports.removeUnusedImports(ordered));
  }

  private static String wrapDocumentation(String source) {
    List<String> out = new ArrayList<>();
    Deque<String> todo = new ArrayDeque<>(List.of(source.split("\n", -1)));
    boolean code = false;
    for (int number = 1; !todo.isEmpty(); number++) {
      String line = todo.pop();
      Matcher doc = DOCUMENTATION.matcher(line);
      if (!doc.matches()) {
        code = false;
      } else if (doc.group(2).startsWith("```")) {
        code = !code;
      } else if (line.length() > COLUMNS) {
        int at = line.lastIndexOf(' ', COLUMNS);
        if (code || doc.group(2).startsWith("|") || at <= doc.start(2)) {
          throw new IllegalArgumentException("line %d is too long to wrap".formatted(number));
        }
        String rest = line.substring(at + 1);
        line = line.substring(0, at).stripTrailing();
        Matcher next = DOCUMENTATION.matcher(todo.isEmpty() ? "" : todo.peek());
        if (next.matches() && TEXT.matcher(next.group(2)).lookingAt()) {
          todo.pop();
          todo.push(next.group(1) + rest + " " + next.group(2));
        } else {
          todo.push(doc.group(1) + rest);
        }
      }
      out.add(line);
    }
    return String.join("\n", out);
  }

  /// The sources of all modules: every folder of the root that has a `src`.
  private static List<Path> sources(Path root) throws IOException {
    List<Path> found = new ArrayList<>();
    found.add(root.resolve(".mvn/Format.java"));
    try (Stream<Path> modules = Files.list(root)) {
      for (Path module : modules.sorted().toList()) {
        Path src = module.resolve("src");
        if (Files.isDirectory(src)) {
          try (Stream<Path> files = Files.walk(src)) {
            files.filter(f -> f.toString().endsWith(".java")).sorted().forEach(found::add);
          }
        }
      }
    }
    return found;
  }
}
