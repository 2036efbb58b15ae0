package score4j.io;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.CharBuffer;
import java.nio.channels.FileChannel;
import java.nio.channels.ReadableByteChannel;
import java.nio.channels.WritableByteChannel;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collections;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/// The content of a `.safetensors` file: tensors by name, and a text map of metadata.
///
/// ```text
/// u64 N | N bytes of JSON | data            little-endian, row-major
/// {"__metadata__": {text: text},
///  name: {"dtype": "F32", "shape": [2, 3], "data_offsets": [begin, end]}, …}
/// ```
/// A file is untrusted. Before anything is allocated: N ≤ 100,000,000 and 8 + N + data is the
/// length of the file; offsets are contiguous from 0 to the end of the data, without hole or
/// overlap; product(shape) × size = end − begin without overflow. Keys twice, unknown keys and
/// types other than F32, F16, BF16 and F64 are refused.
///
/// Numbers become `float`: F16 and BF16 exactly, F64 rounded to nearest (a finite one beyond
/// `float` is refused). What is written is F32, and reading it gives the same bits.
///
/// @param tensors by name; after reading, in the order of the data
/// @param metadata texts by name
public record Safetensors(Map<String, Tensor> tensors, Map<String, String> metadata) {
  private static final int MAX_HEADER = 100_000_000;
  private static final int BUFFER = 1 << 16;
  private static final String METADATA = "__metadata__";
  private static final Set<String> ENTRY_KEYS = Set.of("dtype", "shape", "data_offsets");

  /// Keeps copies of the maps, in their order.
  ///
  /// @throws IllegalArgumentException if a tensor is called `__metadata__`, or a name or text is
  ///     not valid Unicode
  public Safetensors {
    if (tensors.containsKey(METADATA)) {
      throw new IllegalArgumentException(
          "tensors has the name %s, which the format keeps for itself: choose another"
              .formatted(METADATA));
    }
    tensors.keySet().forEach(Safetensors::requireUnicode);
    metadata.keySet().forEach(Safetensors::requireUnicode);
    metadata.values().forEach(Safetensors::requireUnicode);
    tensors = Collections.unmodifiableMap(new LinkedHashMap<>(tensors));
    metadata = Collections.unmodifiableMap(new LinkedHashMap<>(metadata));
  }

  private static void requireUnicode(String text) {
    if (!StandardCharsets.UTF_8.newEncoder().canEncode(text)) {
      throw new IllegalArgumentException(
          "%s has half a surrogate pair: names and metadata must be valid Unicode"
              .formatted(FormatException.quote(text)));
    }
  }

  private enum Type {
    F32(4),
    F16(2),
    BF16(2),
    F64(8);

    final int bytes;

    Type(int bytes) {
      this.bytes = bytes;
    }
  }

  private record Entry(String name, Type type, List<Integer> shape, long begin, long end) {
    int size() {
      return (int) ((end - begin) / type.bytes);
    }
  }

  // ---- reading

  /// Reads a file.
  ///
  /// @throws FormatException if it is not a safetensors file by every rule above
  /// @throws IOException if it cannot be read
  public static Safetensors read(Path file) throws IOException {
    if (!Files.exists(file)) {
      throw new NoSuchFileException(file.toString(), null, "there is no such file");
    }
    if (Files.isDirectory(file)) {
      throw new IOException("%s is a folder: give the name of a file".formatted(file));
    }
    try (FileChannel channel = FileChannel.open(file, StandardOpenOption.READ)) {
      return read(channel, channel.size());
    } catch (FormatException e) {
      throw named(file, e);
    }
  }

  /// The same complaint with the name of the file before it.
  static FormatException named(Path file, FormatException e) {
    FormatException named = new FormatException(file + ": " + e.getMessage());
    named.initCause(e);
    return named;
  }

  /// Reads what a channel of `size` bytes holds.
  static Safetensors read(ReadableByteChannel channel, long size) throws IOException {
    if (size < 8) {
      throw new FormatException(
          "a safetensors file has at least 8 bytes but this has %d".formatted(size));
    }
    ByteBuffer buffer = ByteBuffer.allocate(BUFFER).order(ByteOrder.LITTLE_ENDIAN);
    long header = fill(channel, buffer, 8).getLong();
    if (header < 0 || header > MAX_HEADER) {
      throw new FormatException(
          "the header's length must be at most %,d but is %s: not a safetensors file?"
              .formatted(MAX_HEADER, Long.toUnsignedString(header)));
    }
    if (header > size - 8) {
      throw new FormatException(
          "the header's length is %,d but only %,d bytes follow it: the file is cut off"
              .formatted(header, size - 8));
    }
    ByteBuffer bytes = fill(channel, ByteBuffer.allocate((int) header), (int) header);
    if (header < 2 || bytes.get(0) != '{') {
      throw new FormatException("the header must be JSON that starts with '{'");
    }
    CharBuffer text;
    try {
      text = StandardCharsets.UTF_8.newDecoder().decode(bytes);
    } catch (CharacterCodingException e) {
      throw new FormatException("the header is not UTF-8");
    }
    if (!(JsonReader.parse(text.toString()) instanceof Json.Table table)) {
      throw new FormatException("the header must be a JSON object");
    }
    Map<String, String> metadata = new LinkedHashMap<>();
    List<Entry> entries = new ArrayList<>();
    for (Map.Entry<String, Json> member : table.members().entrySet()) {
      if (member.getKey().equals(METADATA)) {
        readMetadata(member.getValue(), metadata);
      } else {
        entries.add(entry(member.getKey(), member.getValue()));
      }
    }
    requireContiguous(entries, size - 8 - header);
    Map<String, Tensor> tensors = new LinkedHashMap<>();
    for (Entry entry : entries) {
      float[] data = new float[entry.size()];
      readNumbers(channel, buffer, entry, data);
      tensors.put(entry.name, Tensor.wrap(entry.shape, data));
    }
    return new Safetensors(tensors, metadata);
  }

  private static void readMetadata(Json json, Map<String, String> metadata) throws FormatException {
    if (!(json instanceof Json.Table table)) {
      throw new FormatException("__metadata__ must be an object of texts");
    }
    for (Map.Entry<String, Json> member : table.members().entrySet()) {
      if (!(member.getValue() instanceof Json.Text text)) {
        throw new FormatException(
            "__metadata__ must hold texts only but %s is none"
                .formatted(FormatException.quote(member.getKey())));
      }
      metadata.put(member.getKey(), text.value());
    }
  }

  private static Entry entry(String name, Json json) throws FormatException {
    String who = "tensor " + FormatException.quote(name);
    if (!(json instanceof Json.Table table) || !table.members().keySet().equals(ENTRY_KEYS)) {
      throw new FormatException(
          "%s must have dtype, shape and data_offsets and nothing else".formatted(who));
    }
    Type type = type(who, table.members().get("dtype"));
    long[] shape = wholes(who, "shape", table.members().get("shape"));
    long[] offsets = wholes(who, "data_offsets", table.members().get("data_offsets"));
    if (offsets.length != 2 || offsets[0] > offsets[1]) {
      throw new FormatException(
          "%s must have data_offsets [begin, end] with begin ≤ end".formatted(who));
    }
    List<Integer> lengths = new ArrayList<>();
    long bytes = type.bytes;
    for (long length : shape) {
      long product = bytes * length;
      if (length > Integer.MAX_VALUE || Math.multiplyHigh(bytes, length) != 0 || product < 0) {
        throw new FormatException("%s has a shape too large for an array".formatted(who));
      }
      bytes = product;
      lengths.add((int) length);
    }
    if (bytes != offsets[1] - offsets[0]) {
      throw new FormatException(
          "%s has shape %s of %s, which takes %d bytes, but data_offsets hold %d"
              .formatted(who, shapeText(lengths), type, bytes, offsets[1] - offsets[0]));
    }
    if (bytes / type.bytes > Integer.MAX_VALUE - 8) {
      throw new FormatException(
          "%s has %d numbers, more than an array holds".formatted(who, bytes / type.bytes));
    }
    return new Entry(name, type, lengths, offsets[0], offsets[1]);
  }

  private static String shapeText(List<Integer> shape) {
    return shape.size() <= 8 ? shape.toString() : "of %d axes".formatted(shape.size());
  }

  private static Type type(String who, @Nullable Json json) throws FormatException {
    if (json instanceof Json.Text text) {
      for (Type type : Type.values()) {
        if (type.name().equals(text.value())) {
          return type;
        }
      }
      throw new FormatException(
          "%s has dtype %s but only F32, F16, BF16 and F64 are read: convert it to F32"
              .formatted(who, FormatException.quote(text.value())));
    }
    throw new FormatException("%s must have a text as dtype".formatted(who));
  }

  private static long[] wholes(String who, String key, @Nullable Json json) throws FormatException {
    if (!(json instanceof Json.Sequence sequence)) {
      throw new FormatException("%s must have an array as %s".formatted(who, key));
    }
    long[] wholes = new long[sequence.values().size()];
    for (int i = 0; i < wholes.length; i++) {
      if (!(sequence.values().get(i) instanceof Json.Whole whole) || whole.value() < 0) {
        throw new FormatException(
            "%s must have whole numbers of at least 0 in %s".formatted(who, key));
      }
      wholes[i] = whole.value();
    }
    return wholes;
  }

  /// Sorts the entries by where their data lie, and checks that they fill all of it.
  private static void requireContiguous(List<Entry> entries, long size) throws FormatException {
    entries.sort(Comparator.comparingLong(Entry::begin).thenComparingLong(Entry::end));
    long end = 0;
    for (Entry entry : entries) {
      if (entry.begin != end) {
        throw new FormatException(
            "tensor %s begins at byte %d of the data but the one before it ends at %d: %s"
                .formatted(
                    FormatException.quote(entry.name),
                    entry.begin,
                    end,
                    entry.begin < end ? "they overlap" : "there is a hole"));
      }
      end = entry.end;
    }
    if (end != size) {
      throw new FormatException(
          "the tensors take %,d bytes but the file has %,d of data: %s"
              .formatted(end, size, end > size ? "it is cut off" : "it has too many"));
    }
  }

  private static void readNumbers(
      ReadableByteChannel channel, ByteBuffer buffer, Entry entry, float[] data)
      throws IOException {
    int bytes = entry.type.bytes;
    for (int i = 0; i < data.length; ) {
      int count = Math.min(data.length - i, BUFFER / bytes);
      fill(channel, buffer, count * bytes);
      for (int end = i + count; i < end; i++) {
        data[i] =
            switch (entry.type) {
              case F32 -> Float.intBitsToFloat(buffer.getInt());
              case F16 -> Float.float16ToFloat(buffer.getShort());
              case BF16 -> Float.intBitsToFloat(buffer.getShort() << 16);
              case F64 -> narrow(entry, i, buffer.getDouble());
            };
      }
    }
  }

  private static float narrow(Entry entry, int index, double value) throws FormatException {
    float narrow = (float) value;
    if (Float.isInfinite(narrow) && !Double.isInfinite(value)) {
      throw new FormatException(
          "tensor %s has %s at index %d, which no float holds"
              .formatted(FormatException.quote(entry.name), value, index));
    }
    return narrow;
  }

  /// Fills the first `count` bytes of the buffer and makes them ready to be got.
  private static ByteBuffer fill(ReadableByteChannel channel, ByteBuffer buffer, int count)
      throws IOException {
    buffer.clear().limit(count);
    while (buffer.hasRemaining()) {
      if (channel.read(buffer) < 0) {
        throw new FormatException("the file became shorter while it was read");
      }
    }
    return buffer.flip();
  }

  // ---- writing

  /// Writes a file as [AtomicFile] does: the old file stays until the new one is complete.
  ///
  /// @throws IllegalArgumentException if names and metadata take more than 100,000,000 bytes
  /// @throws IOException if it cannot be written
  public void write(Path file) throws IOException {
    byte[] header = header();
    AtomicFile.write(file, channel -> write(channel, header));
  }

  private byte[] header() {
    Map<String, Json> members = new LinkedHashMap<>();
    if (!metadata.isEmpty()) {
      Map<String, Json> texts = new LinkedHashMap<>();
      metadata.forEach((key, value) -> texts.put(key, new Json.Text(value)));
      members.put(METADATA, new Json.Table(texts));
    }
    long begin = 0;
    for (Map.Entry<String, Tensor> tensor : tensors.entrySet()) {
      long end = begin + 4L * tensor.getValue().data().length;
      List<Json> shape = new ArrayList<>();
      tensor.getValue().shape().forEach(length -> shape.add(new Json.Whole(length)));
      Map<String, Json> entry = new LinkedHashMap<>();
      entry.put("dtype", new Json.Text("F32"));
      entry.put("shape", new Json.Sequence(shape));
      entry.put(
          "data_offsets", new Json.Sequence(List.of(new Json.Whole(begin), new Json.Whole(end))));
      members.put(tensor.getKey(), new Json.Table(entry));
      begin = end;
    }
    byte[] text = new Json.Table(members).toString().getBytes(StandardCharsets.UTF_8);
    int padded = Math.ceilDiv(text.length, 8) * 8;
    if (padded > MAX_HEADER) {
      throw new IllegalArgumentException(
          "names and metadata take %,d bytes but the format allows %,d"
              .formatted(padded, MAX_HEADER));
    }
    byte[] header = Arrays.copyOf(text, padded);
    Arrays.fill(header, text.length, padded, (byte) ' ');
    return header;
  }

  private void write(WritableByteChannel channel, byte[] header) throws IOException {
    ByteBuffer buffer = ByteBuffer.allocate(BUFFER).order(ByteOrder.LITTLE_ENDIAN);
    drain(channel, buffer.putLong(header.length));
    for (int i = 0; i < header.length; ) {
      int count = Math.min(header.length - i, BUFFER);
      drain(channel, buffer.put(header, i, count));
      i += count;
    }
    for (Tensor tensor : tensors.values()) {
      float[] data = tensor.data();
      for (int i = 0; i < data.length; ) {
        for (int end = Math.min(data.length, i + BUFFER / 4); i < end; i++) {
          buffer.putInt(Float.floatToRawIntBits(data[i]));
        }
        drain(channel, buffer);
      }
    }
  }

  private static void drain(WritableByteChannel channel, ByteBuffer buffer) throws IOException {
    buffer.flip();
    while (buffer.hasRemaining()) {
      channel.write(buffer);
    }
    buffer.clear();
  }
}
