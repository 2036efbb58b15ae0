package score4j.gpu;

/// How a card computes the functions of a network.
public enum Arithmetic {
  /// As the processor does, in its order: scores and chains have its bits, those of processors that
  /// have a fused multiply-add.
  REPRODUCIBLE,
  /// With the card's special function unit, and multiplications and additions contracted as the
  /// compiler likes: faster, and not the processor's bits.
  ///
  /// By the tables of the CUDA programming guide, an activation of z is within 10⁻⁶·max(1, |z|) and
  /// its derivatives within 2·10⁻⁶·max(1, |z|); this has not been measured on a card yet. Scores
  /// then differ from the reproducible ones by less than 2⁻¹⁶ of the largest score of a batch, for
  /// networks whose layers keep numbers of the size of 1. Noise has the same bits in both.
  FAST
}
