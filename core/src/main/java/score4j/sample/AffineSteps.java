package score4j.sample;

import java.util.Arrays;

/// Steps that are affine in state, score and noise, with factors that are numbers: what most
/// samplers come down to once their process and grid are known, and all that a [ChainScore] needs
/// to know of them.
///
/// ```text
/// x ← keep·x + gain·s(x, time) + kick·z          as fma(kick, z, fma(gain, s, keep·x))
/// ```
/// Each fma rounds once, the product keep·x rounds first, and where kick is 0 no noise is drawn and
/// z is 0. The factors are computed in double when the list is made and rounded to float once.
/// Steps beyond the last are like the last, so a chain of equal steps is a list of one.
public final class AffineSteps {
  private final double[] time;
  private final float[] keep;
  private final float[] gain;
  private final float[] kick;

  private AffineSteps(Builder builder) {
    time = Arrays.copyOf(builder.time, builder.size);
    keep = Arrays.copyOf(builder.keep, builder.size);
    gain = Arrays.copyOf(builder.gain, builder.size);
    kick = Arrays.copyOf(builder.kick, builder.size);
  }

  /// An empty list to add to.
  public static Builder builder() {
    return new Builder();
  }

  /// How many steps are listed, at least 1.
  public int size() {
    return time.length;
  }

  private int row(long step) {
    return (int) Math.min(step, time.length - 1);
  }

  /// The time at which a step asks for the score.
  ///
  /// @param step its number, from 0
  public double time(long step) {
    return time[row(step)];
  }

  /// What the state is multiplied with.
  public float keep(long step) {
    return keep[row(step)];
  }

  /// What the score is multiplied with.
  public float gain(long step) {
    return gain[row(step)];
  }

  /// What the noise is multiplied with; 0 if there is none.
  public float kick(long step) {
    return kick[row(step)];
  }

  @Override
  public String toString() {
    return "AffineSteps[%d]".formatted(size());
  }

  /// Steps in the making.
  public static final class Builder {
    private double[] time = new double[16];
    private float[] keep = new float[16];
    private float[] gain = new float[16];
    private float[] kick = new float[16];
    private int size;

    private Builder() {}

    /// Appends a step.
    public Builder add(double time, double keep, double gain, double kick) {
      if (size == this.time.length) {
        this.time = Arrays.copyOf(this.time, 2 * size);
        this.keep = Arrays.copyOf(this.keep, 2 * size);
        this.gain = Arrays.copyOf(this.gain, 2 * size);
        this.kick = Arrays.copyOf(this.kick, 2 * size);
      }
      this.time[size] = time;
      this.keep[size] = (float) keep;
      this.gain[size] = (float) gain;
      this.kick[size] = (float) kick;
      size++;
      return this;
    }

    /// Appends a Langevin step, x + stepSize·s + √(2·stepSize)·z.
    public Builder addLangevin(double time, double stepSize) {
      return add(time, 1, stepSize, Math.sqrt(2 * stepSize));
    }

    /// The list.
    ///
    /// @throws IllegalStateException if it is empty
    public AffineSteps build() {
      if (size == 0) {
        throw new IllegalStateException("there are no steps: add at least one");
      }
      return new AffineSteps(this);
    }
  }
}
