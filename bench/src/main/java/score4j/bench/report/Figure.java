package score4j.bench.report;

import java.awt.Color;
import java.awt.Dimension;
import java.awt.Graphics2D;
import java.awt.RenderingHints;
import java.awt.image.BufferedImage;
import java.io.IOException;
import java.io.OutputStreamWriter;
import java.io.Writer;
import java.nio.channels.Channels;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.List;
import javax.imageio.ImageIO;
import javax.xml.parsers.DocumentBuilderFactory;
import javax.xml.parsers.ParserConfigurationException;
import org.apache.batik.svggen.SVGGraphics2D;
import org.w3c.dom.Document;
import score4j.io.AtomicFile;

/// Charts side by side, written as PNG and as SVG.
record Figure(List<Chart> charts) {
  private static final double SCALE = 2;

  Figure {
    charts = List.copyOf(charts);
  }

  static Figure of(Chart... charts) {
    return new Figure(List.of(charts));
  }

  private double width() {
    return charts.stream().mapToDouble(Chart::width).sum();
  }

  private double height() {
    return charts.stream().mapToDouble(Chart::height).max().orElseThrow();
  }

  private void draw(Graphics2D g) {
    for (Chart chart : charts) {
      chart.draw(g);
      g.translate(chart.width(), 0);
    }
  }

  /// Writes `name.svg` and `name.png`.
  void write(Path folder, String name) throws IOException {
    writeSvg(folder.resolve(name + ".svg"));
    writePng(folder.resolve(name + ".png"));
  }

  private void writePng(Path file) throws IOException {
    BufferedImage image =
        new BufferedImage(
            (int) Math.round(SCALE * width()),
            (int) Math.round(SCALE * height()),
            BufferedImage.TYPE_INT_RGB);
    Graphics2D g = image.createGraphics();
    g.setRenderingHint(RenderingHints.KEY_ANTIALIASING, RenderingHints.VALUE_ANTIALIAS_ON);
    g.setRenderingHint(
        RenderingHints.KEY_TEXT_ANTIALIASING, RenderingHints.VALUE_TEXT_ANTIALIAS_ON);
    g.setRenderingHint(
        RenderingHints.KEY_FRACTIONALMETRICS, RenderingHints.VALUE_FRACTIONALMETRICS_ON);
    g.setRenderingHint(RenderingHints.KEY_STROKE_CONTROL, RenderingHints.VALUE_STROKE_PURE);
    g.setPaint(Color.WHITE);
    g.fillRect(0, 0, image.getWidth(), image.getHeight());
    g.scale(SCALE, SCALE);
    draw(g);
    g.dispose();
    AtomicFile.write(
        file, channel -> ImageIO.write(image, "png", Channels.newOutputStream(channel)));
  }

  private void writeSvg(Path file) throws IOException {
    Document document;
    try {
      document = DocumentBuilderFactory.newInstance().newDocumentBuilder().newDocument();
    } catch (ParserConfigurationException e) {
      throw new IOException("this Java has no XML: " + e.getMessage(), e);
    }
    document.appendChild(document.createElementNS("http://www.w3.org/2000/svg", "svg"));
    SVGGraphics2D g = new SVGGraphics2D(document);
    g.setSVGCanvasSize(new Dimension((int) Math.ceil(width()), (int) Math.ceil(height())));
    g.setPaint(Color.WHITE);
    g.fillRect(0, 0, (int) Math.ceil(width()), (int) Math.ceil(height()));
    draw(g);
    AtomicFile.write(
        file,
        channel -> {
          Writer out =
              new OutputStreamWriter(Channels.newOutputStream(channel), StandardCharsets.UTF_8);
          g.stream(out, true);
          out.flush();
        });
  }
}
