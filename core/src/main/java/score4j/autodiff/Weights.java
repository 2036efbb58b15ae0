package score4j.autodiff;

import java.util.List;
import score4j.array.Parameters;

/// The parameters of a function that is being traced, by name.
public final class Weights {
  private final Trace trace;
  private final List<Parameters.Slice> slices;
  private final List<Integer> places;

  Weights(Trace trace, List<Parameters.Slice> slices, List<Integer> places) {
    this.trace = trace;
    this.slices = List.copyOf(slices);
    this.places = List.copyOf(places);
  }

  /// The parameter of this name.
  ///
  /// @throws IllegalArgumentException if there is none
  public Expr get(String name) {
    for (int i = 0; i < slices.size(); i++) {
      if (slices.get(i).name().equals(name)) {
        return Expr.in(trace, places.get(i));
      }
    }
    throw new IllegalArgumentException(
        "no parameter is called %s: there are %s"
            .formatted(name, slices.stream().map(Parameters.Slice::name).toList()));
  }
}
