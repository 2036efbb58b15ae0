package score4j.nn;

import org.jspecify.annotations.Nullable;
import score4j.process.LinearSde;

/// What an objective asks of the [JetEngine], and what it makes of the answer.
///
/// The engine computes, for each sample, the score s and K quadratic forms q of its Jacobian, which
/// [#forms] chooses. The head turns (s, q) into a loss and says how the loss depends on them; the
/// engine sweeps back to the parameters. A head keeps no state between calls and is shared by
/// threads.
public interface Head {
  /// The number of quadratic forms K for samples of `dim` coordinates; 0 if the loss takes no
  /// derivative of the score.
  int tangents(int dim);

  /// Which forms: ask for no more than the loss needs, because a trace is cheaper than a diagonal.
  default Forms forms() {
    return Forms.DIRECTIONAL;
  }

  /// At how many points the loss of a sample takes the score: E, 1 for most.
  default int evaluations() {
    return 1;
  }

  /// Under which process the times are that [#prepare] writes; null if it writes none, and for a
  /// head that takes any network.
  default @Nullable LinearSde process() {
    return null;
  }

  /// w, if the loss of each sample is this and nothing else, so that whoever computes s and q needs
  /// not ask:
  ///
  /// ```text
  /// ½‖s‖² + w·Σ_k q_k
  /// ```
  /// 0 for any other loss, because without q this one has no data in it.
  default float implicitWeight() {
    return 0;
  }

  /// Fills in what [#evaluate] needs before the network runs: the directions if it has any,
  /// the input of the network where it is not the sample itself, and the times if it has any.
  ///
  /// @param tile its `x` is given and its `input` is a copy of `x`
  default void prepare(Tile tile) {}

  /// Writes the loss of each sample and its derivatives with respect to s and q.
  ///
  /// @param tile its `score` and `forms` are given; writes `losses`, `scoreBar` and `formsBar`
  void evaluate(Tile tile);
}
