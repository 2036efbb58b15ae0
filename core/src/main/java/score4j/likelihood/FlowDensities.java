package score4j.likelihood;

import score4j.array.Batch;

/// Points, the noise that they correspond to, and how likely they are.
public final class FlowDensities {
  private final Batch data;
  private final Batch noise;
  private final double[] logDensity;
  private final double[] integrationError;
  private final double[] standardError;
  private final int[] evaluations;

  FlowDensities(
      Batch data,
      Batch noise,
      double[] logDensity,
      double[] integrationError,
      double[] standardError,
      int[] evaluations) {
    this.data = data;
    this.noise = noise;
    this.logDensity = logDensity;
    this.integrationError = integrationError;
    this.standardError = standardError;
    this.evaluations = evaluations;
  }

  /// The points x, B × D.
  public Batch data() {
    return data;
  }

  /// Where they are at t = 1, B × D.
  public Batch noise() {
    return noise;
  }

  /// log p(x) of each, in nats, in a new array.
  public double[] logDensity() {
    return logDensity.clone();
  }

  /// How far a run at twice the tolerance was from this, in nats, in a new array: about how large
  /// the error of integration is. NaN if that was not asked for.
  public double[] integrationError() {
    return integrationError.clone();
  }

  /// The standard error of each log p(x) from the spread of the probes, in nats, in a new array: 0
  /// for the exact divergence, NaN for a single probe.
  ///
  /// ```text
  /// √(Σₘ (ℓₘ − ℓ)²/(M − 1)/M),   ℓₘ by probe m alone along the same path, ℓ their mean
  /// ```
  public double[] standardError() {
    return standardError.clone();
  }

  /// How often score and divergence were evaluated for each, in all runs, in a new array.
  public int[] evaluations() {
    return evaluations.clone();
  }

  /// The mean of log p(x), in nats; NaN for no points.
  public double meanLogDensity() {
    double sum = 0;
    for (double value : logDensity) {
      sum += value;
    }
    return sum / logDensity.length;
  }

  /// The length of each in bits per dimension, in a new array; see the other method.
  public double[] bitsPerDimension(double binWidth) {
    double[] bits = new double[logDensity.length];
    for (int i = 0; i < bits.length; i++) {
      bits[i] = bitsPerDimension(logDensity[i], data.cols(), binWidth);
    }
    return bits;
  }

  /// How many bits a dimension it takes to write down a point that was rounded to bins.
  ///
  /// ```text
  /// −(log p(x) + D·log w)/(D·log 2),   p(x)·wᴰ ≈ the probability of the bin
  /// ```
  ///
  /// @param logDensity log p(x) in nats
  /// @param dim D
  /// @param binWidth w, in the units of x: 1/256 for images of 256 levels scaled to [0, 1], which
  ///     adds 8 bits
  public static double bitsPerDimension(double logDensity, int dim, double binWidth) {
    if (!(binWidth > 0) || Double.isInfinite(binWidth)) {
      throw new IllegalArgumentException(
          "binWidth must be finite and above 0 but was %s: it is the distance of two values that data can take"
              .formatted(binWidth));
    }
    return -(logDensity / dim + Math.log(binWidth)) / Math.log(2);
  }

  @Override
  public String toString() {
    return "FlowDensities[%d points, mean log density %.6g nats]"
        .formatted(logDensity.length, meanLogDensity());
  }
}
