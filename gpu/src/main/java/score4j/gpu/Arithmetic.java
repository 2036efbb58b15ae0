package score4j.gpu;

/// How a card computes the functions of a network.
public enum Arithmetic {
  /// As the processor does, in its order: scores and chains have its bits.
  REPRODUCIBLE,
  /// With the card's special function unit, and multiplications and additions contracted as the
  /// compiler likes: faster, and not the processor's bits.
  ///
  /// The unit's own error is some 2⁻²¹ of an activation. Scores then differ from the reproducible
  /// ones by less than 2⁻¹⁶ of the largest score of a batch, for networks whose layers keep numbers
  /// of the size of 1. Noise has the same bits in both.
  FAST
}
