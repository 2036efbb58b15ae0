package score4j.examples.plot;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.awt.image.BufferedImage;
import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import javax.imageio.ImageIO;
import javax.imageio.ImageReader;
import javax.imageio.stream.ImageInputStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class FigureTest {
  @TempDir Path folder;

  private static Panel panel(String title) {
    double[] x = {0, 1, 2};
    return Panel.of(title, "x", "y").size(200, 100).line("", x, x, Theme.BLUE, 6);
  }

  @Test
  void pngIsTwiceTheSizeOfThePanelsSideBySide() throws IOException {
    Path file = folder.resolve("a.png");
    Figure.of(panel("one"), panel("two")).writePng(file);
    BufferedImage image = ImageIO.read(file.toFile());
    assertThat(image.getWidth()).isEqualTo(2 * 2 * (66 + 200 + 24));
    assertThat(image.getHeight()).isEqualTo(2 * (46 + 100 + 54));
  }

  @Test
  void lineHasItsColourAndCornersAreWhite() {
    BufferedImage image = Figure.of(panel("one")).image(1);
    // the line y = x passes the middle of the data area
    assertThat(image.getRGB(66 + 100, 46 + 50)).isEqualTo(Theme.BLUE.getRGB());
    assertThat(image.getRGB(0, 0)).isEqualTo(0xffffffff);
    assertThat(image.getRGB(image.getWidth() - 1, image.getHeight() - 1)).isEqualTo(0xffffffff);
  }

  @Test
  void histogramBarsHaveUnitArea() {
    // 4 values in bins of width 0.5: heights 1, 0.5, 0.5, 0; the bar of height 1 fills the axis
    double[] values = {0.1, 0.2, 0.6, 1.2};
    BufferedImage image =
        Figure.of(
                Panel.of("h", "x", "y")
                    .size(400, 100)
                    .xRange(0, 2)
                    .yRange(0, 1)
                    .histogram("", values, 0, 2, 4, Theme.GREEN))
            .image(1);
    int green = Theme.GREEN.getRGB();
    assertThat(image.getRGB(66 + 55, 46 + 5)).isEqualTo(green);
    assertThat(image.getRGB(66 + 155, 46 + 45)).isNotEqualTo(green);
    assertThat(image.getRGB(66 + 155, 46 + 55)).isEqualTo(green);
    assertThat(image.getRGB(66 + 355, 46 + 95)).isNotEqualTo(green);
  }

  @Test
  void sheetShowsInkPaperAndWhatIsNotKnown() {
    List<float[]> images = List.of(new float[] {1, 0, Float.NaN, 7}, new float[4]);
    BufferedImage image = Figure.of(Panel.of("sheet", Images.of(images, 1, 2, 20))).image(1);
    int ink = Theme.INK.getRGB();
    // images of 40 points, 6 between them, with margins of 24
    assertThat(image.getWidth()).isEqualTo(24 + 40 + 24);
    assertThat(image.getHeight()).isEqualTo(46 + 40 + 6 + 40 + 24);
    assertThat(image.getRGB(24 + 10, 46 + 10)).isEqualTo(ink);
    assertThat(image.getRGB(24 + 30, 46 + 10)).isEqualTo(0xffffffff);
    assertThat(image.getRGB(24 + 10, 46 + 30)).isEqualTo(Theme.UNKNOWN.getRGB());
    assertThat(image.getRGB(24 + 30, 46 + 30)).isEqualTo(ink);
    assertThat(image.getRGB(24 + 10, 46 + 56)).isEqualTo(0xffffffff);
    assertThatThrownBy(() -> Images.of(images, 3, 2, 20))
        .hasMessage("images are 2 but must fill rows of 3");
  }

  @Test
  void dotOfTheLargestNumberLiesOnTopAndIsDarkest() {
    double[] x = {0.5, 0.5, 0.25};
    BufferedImage image =
        Figure.of(
                Panel.of("shades", "x", "y")
                    .size(200, 100)
                    .xRange(0, 1)
                    .yRange(0, 1)
                    .shades(x, x, new double[] {9, 4, -1}, 0, 5, "number", 20))
            .image(1);
    assertThat(image.getRGB(66 + 100, 46 + 50)).isEqualTo(0xff000000 | Theme.shade(1));
    assertThat(image.getRGB(66 + 50, 46 + 75)).isEqualTo(0xff000000 | Theme.shade(0));
    // the bar beside it goes from the one to the other
    assertThat(image.getRGB(66 + 200 + 24, 46 + 1)).isNotEqualTo(0xffffffff);
  }

  @Test
  void gifHasEveryFrame() throws IOException {
    Path file = folder.resolve("a.gif");
    List<BufferedImage> frames =
        List.of(
            Figure.of(panel("1")).image(1),
            Figure.of(panel("2")).image(1),
            Figure.of(panel("3")).image(1));
    AnimatedGif.write(file, frames, 5);
    ImageReader reader = ImageIO.getImageReadersByFormatName("gif").next();
    try (ImageInputStream in = ImageIO.createImageInputStream(file.toFile())) {
      reader.setInput(in);
      assertThat(reader.getNumImages(true)).isEqualTo(3);
      assertThat(reader.getWidth(2)).isEqualTo(frames.get(2).getWidth());
    } finally {
      reader.dispose();
    }
  }

  @Test
  void ticksAreFewAndRound() {
    assertThat(Theme.tickDistance(0, 300, 3)).isEqualTo(100);
    assertThat(Theme.tickDistance(-3.2, 3.2, 3)).isEqualTo(2);
    assertThat(Theme.tickDistance(0, 1.25, 3)).isEqualTo(0.5);
    assertThat(Theme.tickDistance(-49.5, -48.9, 3)).isEqualTo(0.2);
  }
}
