package score4j.gpu;

import java.util.Objects;
import score4j.Threads;
import score4j.backend.Backend;
import score4j.nn.Conditioning;
import score4j.nn.DeviceEngine;
import score4j.nn.Head;
import score4j.nn.LossEngine;
import score4j.nn.Mlp;
import score4j.nn.ScoreNetwork;

/// A card as a [Backend]: scores, samples, losses and gradients of networks.
///
/// In [Arithmetic#REPRODUCIBLE], scores and samples have the bits of a processor that has a fused
/// multiply-add. Losses and gradients are sums in another order than the processor's: a loss
/// differs from its by at most 2⁻¹⁸·max(1, |loss|) and a component of a gradient by at most 2⁻¹⁶ of
/// the largest one, on the networks and batches of the tests. They are the same every time.
public final class GpuBackend implements Backend {
  private final Session session;
  private final Arithmetic arithmetic;
  private final Threads threads;

  private GpuBackend(Session session, Arithmetic arithmetic, Threads threads) {
    this.session = Objects.requireNonNull(session, "session");
    this.arithmetic = Objects.requireNonNull(arithmetic, "arithmetic");
    this.threads = Objects.requireNonNull(threads, "threads");
  }

  /// A backend over a session, which it closes when it is closed.
  ///
  /// @param arithmetic [Arithmetic#REPRODUCIBLE] for the processor's bits
  /// @param threads what does the processor's part of losses
  public static GpuBackend of(Session session, Arithmetic arithmetic, Threads threads) {
    return new GpuBackend(session, arithmetic, threads);
  }

  @Override
  public String name() {
    return GPU;
  }

  /// The session.
  public Session session() {
    return session;
  }

  @Override
  public GpuScore score(ScoreNetwork network) {
    return session.score(network, arithmetic);
  }

  @Override
  public LossEngine lossEngine(Mlp mlp, Conditioning conditioning, Head head) {
    return DeviceEngine.of(
        mlp,
        conditioning,
        head,
        threads,
        (net, forms, tangents) ->
            session.make(() -> new GpuJet(session, net, forms, tangents, arithmetic, true)));
  }

  /// Which kernels make the losses of a network and their gradients: what an engine's `toString`
  /// says, and the log, if a limit keeps them from the faster way.
  public JetPlan lossPlan(Mlp mlp) {
    return JetPlan.of(mlp, true, session.device());
  }

  @Override
  public void close() {
    session.close();
  }

  @Override
  public String toString() {
    return "gpu: %s%s, %d %s"
        .formatted(
            session.device().name(),
            arithmetic == Arithmetic.FAST ? " in fast arithmetic" : "",
            threads.count(),
            threads.count() == 1 ? "thread" : "threads");
  }
}
