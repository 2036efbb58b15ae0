package score4j.io;

import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import score4j.array.Parameters;
import score4j.nn.Activation;
import score4j.nn.Conditioning;
import score4j.nn.Mlp;

/// A network in a `.safetensors` file: the weights under the names that PyTorch gives them, and in
/// the metadata a text `score4j` that says what network they belong to.
///
/// ```text
/// {"version":1,"sizes":[2,64,2],"activation":"tanh"}
/// ```
/// A network that is told the time has version 2 and a `conditioning` besides, which says what it
/// is told, of which process, and how its output becomes a score.
///
/// In Python, `nn.Sequential(Linear, Tanh, Linear)` as attribute `net` of a module takes the
/// tensors by `load_state_dict`.
///
/// @param mlp the architecture
/// @param conditioning what it is told beside x
/// @param parameters its weights, in its layout; shared, not copied
/// @param metadata further texts to keep in the file, without the one that is called `score4j`
public record Checkpoint(
    Mlp mlp, Conditioning conditioning, Parameters parameters, Map<String, String> metadata) {
  private static final String SPEC = "score4j";
  private static final int PLAIN = 1;
  private static final int CONDITIONED = 2;

  /// Checks that the parameters are of the network's layout.
  ///
  /// @throws IllegalArgumentException if they are not, or the metadata have a text called `score4j`
  public Checkpoint {
    Objects.requireNonNull(mlp, "mlp");
    Objects.requireNonNull(conditioning, "conditioning");
    if (!parameters.slices().equals(mlp.slices())) {
      throw new IllegalArgumentException(
          "parameters have slices %s but the network %s takes %s"
              .formatted(parameters.slices(), mlp.sizes(), mlp.slices()));
    }
    if (metadata.containsKey(SPEC)) {
      throw new IllegalArgumentException(
          "metadata has the key %s, which describes the network: choose another".formatted(SPEC));
    }
    metadata = Collections.unmodifiableMap(new LinkedHashMap<>(metadata));
  }

  /// A network that is told nothing beside x.
  public Checkpoint(Mlp mlp, Parameters parameters, Map<String, String> metadata) {
    this(mlp, Conditioning.none(), parameters, metadata);
  }

  /// A network without further texts.
  public static Checkpoint of(Mlp mlp, Parameters parameters) {
    return new Checkpoint(mlp, parameters, Map.of());
  }

  /// Writes the file as [AtomicFile] does: the old file stays until the new one is complete.
  ///
  /// @throws IllegalArgumentException if a parameter is not finite, or the process of the
  ///     conditioning is one of the caller's own
  /// @throws IOException if it cannot be written
  public static void write(Path file, Checkpoint checkpoint) throws IOException {
    Parameters parameters = checkpoint.parameters;
    Map<String, Tensor> tensors = new LinkedHashMap<>();
    int bad = firstNotFinite(parameters.data());
    if (bad >= 0) {
      throw new IllegalArgumentException(
          "parameters must be finite but number %d is %s: do not save a training that failed"
              .formatted(bad, parameters.data()[bad]));
    }
    for (Parameters.Slice slice : parameters.slices()) {
      tensors.put(slice.name(), Tensor.wrap(shape(slice), parameters.get(slice.name())));
    }
    Map<String, String> metadata = new LinkedHashMap<>();
    metadata.put(SPEC, spec(checkpoint).toString());
    metadata.putAll(checkpoint.metadata);
    new Safetensors(tensors, metadata).write(file);
  }

  /// Reads a file that [#write] wrote, or that another program wrote to the same pattern.
  ///
  /// @throws FormatException if it is not a safetensors file, does not describe a network, or has
  ///     not exactly the finite tensors of that network
  /// @throws IOException if it cannot be read
  public static Checkpoint read(Path file) throws IOException {
    Safetensors content = Safetensors.read(file);
    try {
      return of(content);
    } catch (FormatException e) {
      throw Safetensors.named(file, e);
    }
  }

  private static Checkpoint of(Safetensors content) throws FormatException {
    String spec = content.metadata().get(SPEC);
    if (spec == null) {
      throw new FormatException(
          "the metadata have no text score4j, which says what network this is: not written by"
              + " score4j?");
    }
    if (!(JsonReader.parse(spec) instanceof Json.Table table)) {
      throw new FormatException("the text score4j of the metadata must be a JSON object");
    }
    Map<String, Json> members = table.members();
    Conditioning conditioning = conditioning(members);
    Mlp mlp = mlp(members, content.tensors().size());
    if (!conditioning.equals(Conditioning.none())
        && mlp.inputs() != (long) mlp.outputs() + conditioning.inputs()) {
      throw new FormatException(
          "the network is told %d numbers beside its %d coordinates but takes %d"
              .formatted(conditioning.inputs(), mlp.outputs(), mlp.inputs()));
    }
    // the shapes first: only then is the network as large as the file, and may be allocated
    for (Parameters.Slice slice : mlp.slices()) {
      Tensor tensor = content.tensors().get(slice.name());
      if (tensor == null || !tensor.shape().equals(shape(slice))) {
        throw new FormatException(
            "the network has a tensor %s of shape %s but in the file %s"
                .formatted(
                    slice.name(),
                    shape(slice),
                    tensor == null
                        ? "there is none"
                        : "it has " + FormatException.cut(tensor.shape().toString())));
      }
    }
    Parameters parameters = Parameters.zeros(mlp.slices());
    for (Parameters.Slice slice : parameters.slices()) {
      float[] data = Objects.requireNonNull(content.tensors().get(slice.name())).data();
      int bad = firstNotFinite(data);
      if (bad >= 0) {
        throw new FormatException(
            "tensor %s has %s at index %d but weights must be finite"
                .formatted(slice.name(), data[bad], bad));
      }
      parameters.set(slice.name(), data);
    }
    Map<String, String> metadata = new LinkedHashMap<>(content.metadata());
    metadata.remove(SPEC);
    return new Checkpoint(mlp, conditioning, parameters, metadata);
  }

  private static int firstNotFinite(float[] data) {
    for (int i = 0; i < data.length; i++) {
      if (!Float.isFinite(data[i])) {
        return i;
      }
    }
    return -1;
  }

  private static List<Integer> shape(Parameters.Slice slice) {
    return slice.vector() ? List.of(slice.rows()) : List.of(slice.rows(), slice.cols());
  }

  private static Json spec(Checkpoint checkpoint) {
    Mlp mlp = checkpoint.mlp;
    boolean plain = checkpoint.conditioning.equals(Conditioning.none());
    List<Json> sizes = new ArrayList<>();
    mlp.sizes().forEach(size -> sizes.add(new Json.Whole(size)));
    Map<String, Json> members = new LinkedHashMap<>();
    members.put("version", new Json.Whole(plain ? PLAIN : CONDITIONED));
    members.put("sizes", new Json.Sequence(sizes));
    members.put("activation", new Json.Text(name(mlp.activation())));
    if (!plain) {
      members.put("conditioning", ConditioningSpec.write(checkpoint.conditioning));
    }
    return new Json.Table(members);
  }

  private static String name(Activation activation) {
    return activation.name().toLowerCase(Locale.ROOT);
  }

  /// What the network of a description is told.
  private static Conditioning conditioning(Map<String, Json> members) throws FormatException {
    if (!(members.get("version") instanceof Json.Whole version)
        || (version.value() != PLAIN && version.value() != CONDITIONED)) {
      throw new FormatException(
          "the text score4j of the metadata must have version %d or %d: written by a later score4j?"
              .formatted(PLAIN, CONDITIONED));
    }
    boolean plain = version.value() == PLAIN;
    Set<String> expected =
        plain
            ? Set.of("version", "sizes", "activation")
            : Set.of("version", "sizes", "activation", "conditioning");
    if (!members.keySet().equals(expected)) {
      throw new FormatException(
          "the text score4j of the metadata must have version, sizes, activation%s and nothing else"
              .formatted(plain ? "" : ", conditioning"));
    }
    return plain
        ? Conditioning.none()
        : ConditioningSpec.read(Objects.requireNonNull(members.get("conditioning")));
  }

  /// The network of a description, once it is clear that the file has tensors enough for it.
  private static Mlp mlp(Map<String, Json> members, int tensors) throws FormatException {
    if (!(members.get("sizes") instanceof Json.Sequence sequence)
        || sequence.values().size() < 2
        || tensors != 2 * (sequence.values().size() - 1)) {
      throw new FormatException(
          "sizes must be an array of two or more with a weight and a bias between neighbours, but the file has %d tensors"
              .formatted(tensors));
    }
    List<Integer> sizes = new ArrayList<>();
    for (Json size : sequence.values()) {
      if (!(size instanceof Json.Whole whole)
          || whole.value() < 1
          || whole.value() > Integer.MAX_VALUE) {
        throw new FormatException("sizes must be positive whole numbers");
      }
      sizes.add((int) whole.value());
    }
    for (Activation activation : Activation.values()) {
      if (members.get("activation") instanceof Json.Text text
          && text.value().equals(name(activation))) {
        try {
          return new Mlp(sizes, activation);
        } catch (IllegalArgumentException e) {
          throw new FormatException(FormatException.cut("no such network: " + e.getMessage()));
        }
      }
    }
    throw new FormatException(
        "activation must be one of tanh, sigmoid, softplus, silu, gelu and relu");
  }
}
