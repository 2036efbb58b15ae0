package score4j.backend;

import score4j.DifferentiableScore;
import score4j.Threads;
import score4j.nn.Conditioning;
import score4j.nn.Head;
import score4j.nn.LossEngine;
import score4j.nn.Mlp;
import score4j.nn.ScoreNetwork;

/// What computes scores and losses of networks: the processor, or a device such as a graphics card.
/// Samplers, likelihoods and trainers take what it makes as they take any score and any engine, so
/// a program switches by one argument:
///
/// ```java
/// try (Backend backend = Backend.open("auto", Threads.available())) {
///   Batch rows = sampler.sample(backend.score(network), 100_000, key);
/// }
/// ```
/// Scores are the same on every backend, bit for bit, and with them samples, unless a backend was
/// told to be faster than that; losses and gradients are the same within rounding, as sums over a
/// batch may be taken in another order.
public interface Backend extends AutoCloseable {
  /// The processor.
  String CPU = "cpu";

  /// A card, through the module `score4j.gpu`.
  String GPU = "gpu";

  /// A device if there is one, or else the processor.
  String AUTO = "auto";

  /// Its short name, such as `cpu` or `gpu`.
  String name();

  /// What exactly it is, in one line: name, kernels or card, threads.
  @Override
  String toString();

  /// A network whose scores and derivatives are computed here, with a copy of its parameters.
  ///
  /// @return a score that is of use until the backend is closed
  DifferentiableScore score(ScoreNetwork network);

  /// The loss of a network that is told the time, or a context, beside x, as its parameters change.
  ///
  /// @throws IllegalArgumentException if network, conditioning and head do not fit together
  LossEngine lossEngine(Mlp mlp, Conditioning conditioning, Head head);

  /// Gives back what it holds, scores included. Engines are closed by themselves.
  @Override
  void close();

  /// The processor.
  ///
  /// @param threads what engines compute with; scores are computed by whoever calls them
  static Backend cpu(Threads threads) {
    return new CpuBackend(threads);
  }

  /// The backend of a name: `cpu`, that of a [BackendProvider] on the path, such as `gpu`, or
  /// `auto`, which is the first provider that is available, or else the processor, and says which
  /// in one line of the log.
  ///
  /// @param threads what work on the processor is done with
  /// @throws IllegalArgumentException if there is no such name
  /// @throws IllegalStateException if the backend cannot be had here; says why
  static Backend open(String name, Threads threads) {
    return Backends.open(name, threads, BackendProvider.all());
  }
}
