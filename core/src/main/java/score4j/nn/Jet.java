package score4j.nn;

/// The passes over one tile of n samples: scores s and quadratic forms q_k =
/// v_kᵀ(∂s/∂x)v_k forward, the gradient backward. All arrays are row-major, one row a sample.
sealed interface Jet permits UnitJet, SampleJet, TraceJet {
  /// Values and tangents up to where the scores and forms can be read off.
  ///
  /// @param input n × D
  /// @param directions n × K × D; ignored when they are the basis
  /// @param order highest derivative of the activation that a later pass needs
  void forward(float[] input, float[] directions, int n, int order);

  /// s, after [#forward].
  ///
  /// @param out n × D
  void score(float[] out, int n);

  /// (∂s/∂x)v_k, after [#forward] of order 1.
  ///
  /// @param out n × K × D
  void derivatives(float[] directions, float[] out, int n);

  /// q, after [#forward] of order 1.
  ///
  /// @param forms n × K
  void forms(float[] forms, float[] directions, int n);

  /// Adds the gradient of Σ (s̄·s + Σ_k q̄_k·q_k) to a gradient buffer, after [#forward] of order 2
  /// (1 if K is 0) and [#forms].
  ///
  /// @param first whether the buffer is but cleared by [Packing#clear]
  /// @param scoreBar s̄, n × D
  /// @param formsBar q̄, n × K
  void backward(
      float[] input,
      float[] directions,
      float[] scoreBar,
      float[] formsBar,
      int n,
      boolean first,
      float[] gradient);

  /// x̄ = (∂s/∂x)ᵀw for each sample, after [#forward] of order 1 with K = 0.
  ///
  /// @param w n × D
  /// @param out n × D
  void inputCotangents(float[] w, float[] out, int n);
}
