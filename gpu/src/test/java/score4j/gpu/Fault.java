package score4j.gpu;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;

/// A fault for the tests of the kernels to notice, as `faults.txt` has it.
///
/// @param number from 1 on, in the order of the list: what switches it on
/// @param file the source it is planted in
/// @param program which has to notice it
/// @param argument of that program
/// @param before what is there, exactly once
/// @param after what takes its place, with its switch as `FAULT`
record Fault(
    int number,
    String name,
    String file,
    String program,
    String argument,
    String before,
    String after) {
  private static final Pattern HEAD =
      Pattern.compile("([a-z-]+): ([\\w.]+), (test_\\w+), (\\S.*\\S)");

  private record Place(Fault fault, int from, int to) {}

  /// The list.
  static List<Fault> all() throws IOException {
    List<Fault> faults = new ArrayList<>();
    for (String line : Files.readAllLines(NativeBuild.source("faults.txt"))) {
      Matcher head = HEAD.matcher(line);
      if (line.startsWith("- ")) {
        faults.addLast(faults.removeLast().with(line.substring(2), true));
      } else if (line.startsWith("+ ")) {
        faults.addLast(faults.removeLast().with(line.substring(2), false));
      } else if (head.matches()) {
        faults.add(
            new Fault(
                faults.size() + 1,
                head.group(1),
                head.group(2),
                head.group(3),
                head.group(4),
                "",
                ""));
      } else if (!line.isEmpty() && !line.startsWith("#")) {
        throw new AssertionError("faults.txt: what is this: " + line);
      }
    }
    return faults;
  }

  private Fault with(String line, boolean old) {
    String before = !old ? this.before : this.before.isEmpty() ? line : this.before + "\n" + line;
    String after = old ? this.after : this.after.isEmpty() ? line : this.after + "\n" + line;
    return new Fault(number, name, file, program, argument, before, after);
  }

  /// Copies the kernels' sources into a folder, with all faults planted and none switched on.
  static void plant(List<Fault> faults, Path folder) throws IOException {
    Files.createDirectories(folder);
    try (Stream<Path> old = Files.list(folder)) {
      for (Path file : old.toList()) {
        Files.delete(file);
      }
    }
    List<String> problems = new ArrayList<>();
    for (Path source : NativeBuild.cuda()) {
      String text = Files.readString(source);
      List<Place> places = new ArrayList<>();
      for (Fault fault : faults) {
        if (fault.file.equals(source.getFileName().toString())) {
          int from = text.indexOf(fault.before);
          if (from < 0 || text.indexOf(fault.before, from + 1) >= 0) {
            problems.add(fault + (from < 0 ? " is not there" : " is there more than once"));
            continue;
          }
          places.add(new Place(fault, from, from + fault.before.length()));
        }
      }
      places.sort(Comparator.comparingInt(Place::from));
      StringBuilder planted = new StringBuilder();
      int end = 0;
      for (Place place : places) {
        if (place.from < end) {
          problems.add(place.fault + " shares its text with another");
          continue;
        }
        planted.append(text, end, place.from);
        planted.append(place.fault.after.replace("FAULT", "FAULT(" + place.fault.number + ")"));
        end = place.to;
      }
      Files.writeString(
          folder.resolve(source.getFileName()), planted.append(text, end, text.length()));
    }
    for (Fault fault : faults) {
      if (!Files.exists(folder.resolve(fault.file)) || !fault.after.contains("FAULT")) {
        problems.add(fault + " has no such file, or no switch");
      }
    }
    if (!problems.isEmpty()) {
      throw new AssertionError("faults.txt has to follow the kernels: " + problems);
    }
  }

  @Override
  public String toString() {
    return name;
  }
}
