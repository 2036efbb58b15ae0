package score4j.examples.command;

import java.util.Locale;
import score4j.examples.fit.SavedModel;
import score4j.process.LinearSde;
import score4j.process.SigmaLadder;
import score4j.process.TimeGrid;
import score4j.sample.Ancestral;
import score4j.sample.AnnealedLangevin;
import score4j.sample.DiffusionSampler;
import score4j.sample.PredictorCorrector;
import score4j.sample.ReverseSde;

/// The samplers that have a name on the command line.
enum SamplerKind {
  REVERSE_SDE(100),
  ANCESTRAL(500),
  PREDICTOR_CORRECTOR(500),
  ANNEALED(100),
  FLOW(100),
  LANGEVIN(2000);

  /// How many steps unless the user says.
  final long steps;

  SamplerKind(long steps) {
    this.steps = steps;
  }

  @Override
  public String toString() {
    return name().toLowerCase(Locale.ROOT).replace('_', '-');
  }

  /// The one to use unless the user says: that for which the network was taught what it needs.
  static SamplerKind of(SavedModel model) {
    return model.process() == null ? LANGEVIN : model.levels() > 0 ? ANNEALED : REVERSE_SDE;
  }

  /// The sampler.
  ///
  /// @throws IllegalArgumentException if it is not a diffusion led back from noise
  DiffusionSampler sampler(SavedModel model, LinearSde process, int steps) {
    return switch (this) {
      case REVERSE_SDE ->
          ReverseSde.of(process, grid(process, steps))
              .withScheme(ReverseSde.Scheme.STOCHASTIC_HEUN);
      case ANCESTRAL -> Ancestral.of(process, grid(process, steps));
      case PREDICTOR_CORRECTOR -> PredictorCorrector.of(process, grid(process, steps));
      case ANNEALED -> AnnealedLangevin.of(ladder(model, process), process, steps);
      case FLOW, LANGEVIN ->
          throw new IllegalArgumentException("%s is no diffusion sampler".formatted(this));
    };
  }

  /// Steps that shorten towards the data: what every scheme here takes least of for the same error.
  static TimeGrid grid(LinearSde process, int steps) {
    return TimeGrid.karras(process, 1, process.earliestTime(), steps, 7);
  }

  // many steps at less noise follow the errors of the network
  private static final double LEAST_LEVEL = 0.05;

  private static SigmaLadder ladder(SavedModel model, LinearSde process) {
    double most = process.marginal(1).noiseLevel();
    double earliest = process.marginal(process.earliestTime()).noiseLevel();
    if (model.levels() > 0) {
      return SigmaLadder.geometric(most, earliest, model.levels());
    }
    double least = Math.max(earliest, Math.min(LEAST_LEVEL, most / 2));
    int count = SigmaLadder.levels(model.columns().size(), most, least);
    return SigmaLadder.geometric(most, least, count);
  }
}
