package score4j.autodiff;

/// A direction in which a value is repeated with different numbers: the samples of a batch, or the
/// K directions in which something is differentiated at once. Operations apply to each instance on
/// its own; a value without an axis is the same along it.
///
/// @param id tells axes of one trace apart; 0 is the batch
/// @param size the number of instances; 0 for the batch, whose size is known only when it runs
record Axis(int id, int size) implements Comparable<Axis> {
  static final Axis BATCH = new Axis(0, 0);

  int size(int batch) {
    return id == 0 ? batch : size;
  }

  @Override
  public int compareTo(Axis other) {
    return Integer.compare(id, other.id);
  }

  @Override
  public String toString() {
    return id == 0 ? "batch" : "k%d:%d".formatted(id, size);
  }
}
