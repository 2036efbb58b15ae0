package score4j.golden;

import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.util.ArrayList;
import java.util.List;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/// One file of golden values, and a small view of the JSON in it.
///
/// ```java
/// for (Golden.Case c : Golden.load("nets_tanh").cases()) {
///   float[] w0 = c.floats("params.W", 0);              // exactly representable, or it fails
///   double[] score = c.doubles("expect.score");
/// }
/// ```
/// A path is field names joined by dots; the numbers after it are indices into arrays. Whatever is
/// missing or of another type fails with the file, the case and the path in the message.
public final class Golden {
  private final Case root;

  private Golden(Case root) {
    this.root = root;
  }

  /// The file `golden/NAME.json` of the test resources.
  public static Golden load(String name) {
    String resource = "/golden/" + name + ".json";
    try (InputStream in = Golden.class.getResourceAsStream(resource)) {
      if (in == null) {
        throw new IllegalArgumentException(resource + " is not among the test resources");
      }
      return new Golden(new Case(name, JsonMapper.shared().readTree(in)));
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  /// What stands beside the cases: format, set, seed, kind.
  public Case header() {
    return root;
  }

  /// All cases of the file, in its order; never empty, so a test over them cannot pass by testing
  /// nothing.
  public List<Case> cases() {
    List<Case> cases = new ArrayList<>();
    for (int i = 0; i < root.size("cases"); i++) {
      Case c = root.at("cases", i);
      cases.add(c.has("id") ? new Case(root.where + "/" + c.id(), c.node) : c);
    }
    if (cases.isEmpty()) {
      throw new IllegalStateException(root.where + " holds no case");
    }
    return cases;
  }

  /// The case of that id.
  public Case find(String id) {
    for (Case c : cases()) {
      if (c.has("id") && c.id().equals(id)) {
        return c;
      }
    }
    throw new IllegalArgumentException("%s has no case %s".formatted(root.where, id));
  }

  /// An object of the file. Prints as file/id, which JUnit shows as the name of a parameterised
  /// test.
  public static final class Case {
    private final String where;
    private final JsonNode node;

    private Case(String where, JsonNode node) {
      this.where = where;
      this.node = node;
    }

    /// The field `id`.
    public String id() {
      return text("id");
    }

    /// Whether the path leads to something.
    public boolean has(String path, int... indices) {
      return !walk(path, indices).isMissingNode();
    }

    /// The object there.
    public Case at(String path, int... indices) {
      return new Case(where + ":" + name(path, indices), get(path, indices));
    }

    /// The string there.
    public String text(String path, int... indices) {
      JsonNode found = get(path, indices);
      require(found.isString(), path, indices, "a string");
      return found.stringValue();
    }

    /// The number there.
    public double number(String path, int... indices) {
      JsonNode found = get(path, indices);
      require(found.isNumber(), path, indices, "a number");
      return found.doubleValue();
    }

    /// The whole number there.
    public int integer(String path, int... indices) {
      JsonNode found = get(path, indices);
      require(found.canConvertToInt() && found.isIntegralNumber(), path, indices, "an int");
      return found.intValue();
    }

    /// The length of the array there.
    public int size(String path, int... indices) {
      return array(path, indices).size();
    }

    /// The flat array of numbers there.
    public double[] doubles(String path, int... indices) {
      JsonNode array = array(path, indices);
      double[] values = new double[array.size()];
      for (int i = 0; i < values.length; i++) {
        require(array.get(i).isNumber(), path, indices, "an array of numbers");
        values[i] = array.get(i).doubleValue();
      }
      return values;
    }

    /// The flat array of numbers there, each of which must be exactly a float.
    public float[] floats(String path, int... indices) {
      double[] values = doubles(path, indices);
      float[] floats = new float[values.length];
      for (int i = 0; i < values.length; i++) {
        floats[i] = (float) values[i];
        require(floats[i] == values[i], path, indices, "an array of exact float32 numbers");
      }
      return floats;
    }

    /// The flat array of whole numbers there.
    public int[] ints(String path, int... indices) {
      JsonNode array = array(path, indices);
      int[] values = new int[array.size()];
      for (int i = 0; i < values.length; i++) {
        require(array.get(i).isIntegralNumber(), path, indices, "an array of whole numbers");
        values[i] = array.get(i).intValue();
      }
      return values;
    }

    /// The array of strings there.
    public List<String> texts(String path, int... indices) {
      JsonNode array = array(path, indices);
      List<String> values = new ArrayList<>();
      for (JsonNode value : array) {
        require(value.isString(), path, indices, "an array of strings");
        values.add(value.stringValue());
      }
      return values;
    }

    private JsonNode array(String path, int... indices) {
      JsonNode found = get(path, indices);
      require(found.isArray(), path, indices, "an array");
      return found;
    }

    private JsonNode get(String path, int... indices) {
      JsonNode found = walk(path, indices);
      require(!found.isMissingNode(), path, indices, "there");
      return found;
    }

    private JsonNode walk(String path, int... indices) {
      JsonNode found = node;
      for (String field : path.split("\\.", -1)) {
        found = found.path(field);
      }
      for (int index : indices) {
        found = found.path(index);
      }
      return found;
    }

    private void require(boolean holds, String path, int[] indices, String what) {
      if (!holds) {
        throw new IllegalArgumentException(
            "%s: %s is not %s".formatted(where, name(path, indices), what));
      }
    }

    private static String name(String path, int[] indices) {
      StringBuilder name = new StringBuilder(path);
      for (int index : indices) {
        name.append('[').append(index).append(']');
      }
      return name.toString();
    }

    @Override
    public String toString() {
      return where;
    }
  }
}
