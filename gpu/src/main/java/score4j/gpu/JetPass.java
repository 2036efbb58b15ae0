package score4j.gpu;

/// The passes of a network over the rows that are in a [JetMemory], each a few launches; what they
/// write stays there.
sealed interface JetPass permits JetTiles, JetLayers {
  /// Computes outputs and forms.
  void forward();

  /// Computes the loss ½‖F‖² + w·Σ_k q_k, without [#forward].
  ///
  /// @param gradientWanted whether partial gradients are to be written
  /// @return how many parts the loss has, the same and of the same bits whether or not
  int implicit(float weight, boolean gradientWanted);

  /// Writes partial gradients, of the cotangents that are in the memory, after [#forward].
  void backward();
}
