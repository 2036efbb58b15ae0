package score4j.gpu;

/// How a card computes the functions of a network.
public enum Arithmetic {
  /// As the processor does, in its order: scores and chains have its bits.
  REPRODUCIBLE,
  /// With the card's special function unit, and multiplications and additions contracted as the
  /// compiler likes: faster, and not the processor's bits.
  FAST
}
