package score4j.examples.gallery;

import java.time.Duration;
import java.util.List;
import java.util.Locale;

/// The page that shows everything a run of the gallery left behind. It needs nothing but the
/// pictures beside it.
final class IndexPage {
  /// An experiment that was run.
  record Section(Experiment experiment, Outcome outcome, Duration time) {}

  private static final String STYLE =
      """
      :root { color-scheme: light; --ink: #222633; --grey: #6b7285; --line: #e6e8ee; --blue: #1f5ac8; }
      * { box-sizing: border-box; }
      body { margin: 0; color: var(--ink); background: #fff; font: 16px/1.55 system-ui, -apple-system,
        "Segoe UI", "DejaVu Sans", sans-serif; }
      main { max-width: 1240px; margin: 0 auto; padding: 48px 28px 80px; }
      h1 { font-size: 30px; margin: 0 0 6px; letter-spacing: -.01em; }
      h2 { font-size: 22px; margin: 0 0 8px; }
      p { margin: 0 0 16px; max-width: 46em; }
      .lead { color: var(--grey); font-size: 17px; }
      nav { display: flex; flex-wrap: wrap; gap: 8px; margin: 22px 0 8px; padding: 0; }
      nav a { border: 1px solid var(--line); border-radius: 999px; padding: 4px 14px; font-size: 14px;
        color: var(--ink); text-decoration: none; }
      nav a:hover { border-color: var(--blue); color: var(--blue); }
      section { border-top: 1px solid var(--line); margin-top: 44px; padding-top: 36px; }
      .id { color: var(--grey); font-weight: 400; margin-left: .5em; font-size: 15px; }
      table { border-collapse: collapse; font-size: 14.5px; margin: 6px 0 26px; width: 100%; max-width: 900px; }
      th { text-align: left; color: var(--grey); font-weight: 500; }
      th, td { padding: 7px 18px 7px 0; border-bottom: 1px solid var(--line); vertical-align: top; }
      th.n, td.n { text-align: right; font-variant-numeric: tabular-nums; white-space: nowrap; }
      td.v { white-space: nowrap; }
      .ok { color: #1d7f4e; } .missed { color: #c02537; font-weight: 600; } .information { color: var(--grey); }
      td:first-child { min-width: 19em; }
      .sub { padding-left: 1.4em; color: var(--grey); }
      figure { margin: 0 0 30px; }
      figure img { display: block; max-width: 100%; height: auto; }
      figcaption { color: var(--grey); font-size: 14.5px; margin-top: 4px; max-width: 56em; }
      footer { border-top: 1px solid var(--line); margin-top: 44px; padding-top: 18px; color: var(--grey);
        font-size: 14px; }
      """;

  private IndexPage() {}

  static String of(List<Section> sections, long seed, Duration total) {
    StringBuilder page = new StringBuilder();
    page.append("<!doctype html>\n<html lang=\"en\">\n<head>\n<meta charset=\"utf-8\">\n");
    page.append("<meta name=\"viewport\" content=\"width=device-width, initial-scale=1\">\n");
    page.append("<title>score4j gallery</title>\n<style>\n").append(STYLE).append("</style>\n");
    page.append("</head>\n<body>\n<main>\n<h1>score4j gallery</h1>\n");
    page.append(
        """
        <p class="lead">A score is the gradient of a log density, s(x) = ∇ log p(x). Each experiment \
        learns one from samples alone, and is measured against what is known about the law that the \
        samples came from.</p>
        """);
    page.append("<nav>\n");
    for (Section section : sections) {
      page.append(
          "<a href=\"#%s\">%s</a>\n"
              .formatted(section.experiment().id(), escape(section.experiment().title())));
    }
    page.append("</nav>\n");
    sections.forEach(section -> append(page, section));
    page.append(
        "<footer>%d experiments in %s with seed %d. Written by <code>score4j gallery</code>.</footer>\n"
            .formatted(sections.size(), time(total), seed));
    return page.append("</main>\n</body>\n</html>\n").toString();
  }

  private static void append(StringBuilder page, Section section) {
    Experiment experiment = section.experiment();
    page.append("<section id=\"%s\">\n".formatted(experiment.id()));
    page.append(
        "<h2>%s<span class=\"id\">%s · %s</span></h2>\n"
            .formatted(escape(experiment.title()), experiment.id(), time(section.time())));
    page.append("<p>").append(escape(experiment.about())).append("</p>\n");
    page.append(
        "<table>\n<tr><th>measured</th><th class=\"n\">value</th><th>must be</th><th></th></tr>\n");
    for (Check check : section.outcome().checks()) {
      String verdict = check.verdict().name().toLowerCase(Locale.ROOT);
      page.append(
          "<tr><td>%s</td><td class=\"n\">%s</td><td class=\"%s\">%s</td><td class=\"v %s\">%s</td></tr>\n"
              .formatted(
                  indented(check.name()),
                  minus(escape(check.shown())),
                  check.verdict() == Check.Verdict.INFORMATION ? "information" : "",
                  minus(escape(check.bound())),
                  verdict,
                  switch (check.verdict()) {
                    case OK -> "✓ met";
                    case MISSED -> "✗ missed";
                    case INFORMATION -> "";
                  }));
    }
    page.append("</table>\n");
    for (Picture picture : section.outcome().pictures()) {
      page.append(
          "<figure><img src=\"%s\" width=\"%d\" alt=\"%s\" loading=\"lazy\"><figcaption>%s</figcaption></figure>\n"
              .formatted(
                  picture.file(),
                  picture.width(),
                  escape(picture.caption()),
                  escape(picture.caption())));
    }
    page.append("</section>\n");
  }

  // names that belong to the line before begin with two spaces
  private static String indented(String name) {
    return name.startsWith("  ")
        ? "<span class=\"sub\">%s</span>".formatted(escape(name.strip()))
        : escape(name);
  }

  private static String minus(String text) {
    return text.replaceAll("(?<![\\w.])-(?=[0-9])", "−");
  }

  static String time(Duration time) {
    double seconds = time.toMillis() / 1000.0;
    return seconds < 60
        ? "%.1f s".formatted(seconds)
        : "%d:%02d min".formatted((int) seconds / 60, (int) seconds % 60);
  }

  private static String escape(String text) {
    return text.replace("&", "&amp;")
        .replace("<", "&lt;")
        .replace(">", "&gt;")
        .replace("\"", "&quot;");
  }
}
