package score4j.examples.plot;

import java.awt.image.BufferedImage;
import java.awt.image.DataBuffer;
import java.awt.image.IndexColorModel;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/// One palette for all frames of an animation: the colours that occur most often, exactly. So white
/// stays white and nothing flickers, as it would with a palette fitted to each frame.
final class SharedPalette {
  private static final int SIZE = 256;

  private final int[] colors;
  private final IndexColorModel model;
  private final Map<Integer, Byte> nearest = new HashMap<>();

  private SharedPalette(int[] colors) {
    this.colors = colors;
    model = new IndexColorModel(8, colors.length, colors, 0, false, -1, DataBuffer.TYPE_BYTE);
  }

  /// The palette of the frames, which are of type `TYPE_INT_RGB`.
  static SharedPalette of(List<BufferedImage> frames) {
    Map<Integer, Integer> counts = new HashMap<>();
    for (BufferedImage frame : frames) {
      int[] pixels = pixels(frame);
      int start = 0;
      for (int i = 1; i <= pixels.length; i++) { // one look-up for each run of a colour
        if (i == pixels.length || pixels[i] != pixels[start]) {
          counts.merge(pixels[start], i - start, Integer::sum);
          start = i;
        }
      }
    }
    Comparator<Map.Entry<Integer, Integer>> often = Map.Entry.comparingByValue();
    return new SharedPalette(
        counts.entrySet().stream()
            .sorted(often.reversed().thenComparing(Map.Entry.comparingByKey()))
            .limit(SIZE)
            .mapToInt(Map.Entry::getKey)
            .toArray());
  }

  /// The frame in this palette; each pixel gets the nearest colour.
  BufferedImage apply(BufferedImage frame) {
    BufferedImage indexed =
        new BufferedImage(
            frame.getWidth(), frame.getHeight(), BufferedImage.TYPE_BYTE_INDEXED, model);
    int[] pixels = pixels(frame);
    byte[] indices = new byte[pixels.length];
    for (int i = 0; i < pixels.length; i++) {
      indices[i] =
          i > 0 && pixels[i] == pixels[i - 1]
              ? indices[i - 1]
              : nearest.computeIfAbsent(pixels[i], this::nearest);
    }
    indexed.getRaster().setDataElements(0, 0, frame.getWidth(), frame.getHeight(), indices);
    return indexed;
  }

  private byte nearest(int color) {
    int best = 0;
    int least = Integer.MAX_VALUE;
    for (int i = 0; i < colors.length; i++) {
      int distance = 0;
      for (int shift = 0; shift <= 16; shift += 8) {
        int difference = (color >> shift & 255) - (colors[i] >> shift & 255);
        distance += difference * difference;
      }
      if (distance < least) {
        least = distance;
        best = i;
      }
    }
    return (byte) best;
  }

  private static int[] pixels(BufferedImage image) {
    return image.getRGB(0, 0, image.getWidth(), image.getHeight(), null, 0, image.getWidth());
  }
}
