package score4j.nn;

import score4j.array.Parameters;
import score4j.rng.Key;
import score4j.rng.Noise;

/// How the weights of a layer with `in` inputs and `out` outputs are drawn before training.
public enum Init {
  /// Weights uniform on ±√(6/(in + out)), biases 0. Glorot & Bengio 2010, equation 16.
  GLOROT_UNIFORM,
  /// Weights normal with variance 2/(in + out), biases normal with standard deviation 0.01.
  /// Glorot & Bengio 2010, equation 12.
  GLOROT_NORMAL,
  /// Weights and biases uniform on ±1/√in, as PyTorch draws a `Linear` layer.
  FAN_IN,
  /// Weights and biases standard normal, whatever the width. Wide layers then start with large
  /// outputs.
  STANDARD_NORMAL;

  void fill(Parameters parameters, int weightIndex, Key key) {
    Parameters.Slice weight = parameters.slices().get(weightIndex);
    int out = weight.rows();
    int in = weight.cols();
    double glorot = 2.0 / (in + out);
    switch (this) {
      case GLOROT_UNIFORM -> uniform(parameters, weightIndex, key, Math.sqrt(3 * glorot));
      case GLOROT_NORMAL -> {
        normal(parameters, weightIndex, key, Math.sqrt(glorot));
        normal(parameters, weightIndex + 1, key, 0.01);
      }
      case FAN_IN -> {
        uniform(parameters, weightIndex, key, 1 / Math.sqrt(in));
        uniform(parameters, weightIndex + 1, key, 1 / Math.sqrt(in));
      }
      case STANDARD_NORMAL -> {
        normal(parameters, weightIndex, key, 1);
        normal(parameters, weightIndex + 1, key, 1);
      }
    }
  }

  private static void uniform(Parameters parameters, int index, Key key, double bound) {
    Parameters.Slice slice = parameters.slices().get(index);
    float[] data = parameters.data();
    Noise.uniforms(key.fold(index), 0, 0, slice.rows(), slice.cols(), data, slice.offset());
    for (int i = slice.offset(); i < slice.offset() + slice.size(); i++) {
      data[i] = (float) ((2.0 * data[i] - 1) * bound);
    }
  }

  private static void normal(Parameters parameters, int index, Key key, double std) {
    Parameters.Slice slice = parameters.slices().get(index);
    float[] data = parameters.data();
    Noise.normals(key.fold(index), 0, 0, slice.rows(), slice.cols(), data, slice.offset());
    for (int i = slice.offset(); i < slice.offset() + slice.size(); i++) {
      data[i] = (float) (data[i] * std);
    }
  }
}
