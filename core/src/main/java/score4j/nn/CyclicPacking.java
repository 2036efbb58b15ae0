package score4j.nn;

import score4j.internal.kernel.Kernels;
import score4j.internal.kernel.Products;

/// The weights for lanes that are units, and what a [Cycle] folds from them.
final class CyclicPacking extends Packing {
  private final UnitPacking net;
  private final Cycle cycle;

  CyclicPacking(Mlp mlp, Memory memory) {
    super(mlp, memory);
    net = new UnitPacking(mlp, memory);
    cycle = Cycle.of(net);
  }

  @Override
  int parts() {
    return net.parts();
  }

  @Override
  boolean sharesTiles() {
    return UnitPacking.sharesTiles(gradientLength());
  }

  @Override
  int chunk() {
    return UnitPacking.chunk(gradientLength());
  }

  @Override
  int gradientLength() {
    return cycle.gradientLength();
  }

  @Override
  void clear(float[] gradient) {
    net.clear(gradient);
    cycle.clear(gradient);
  }

  @Override
  void pack(float[] parameters, int part) {
    net.pack(parameters, part);
  }

  @Override
  boolean folds() {
    return true;
  }

  @Override
  void fold(Kernels kernels, int part) {
    cycle.fold(kernels, part);
  }

  @Override
  void combine(Kernels kernels, float[][] buffers, int count, int part) {
    cycle.combine(kernels, buffers, count, part);
  }

  @Override
  void unpack(
      Kernels kernels, float[][] buffers, int count, float scale, float[] gradient, int part) {
    cycle.unfold(kernels, buffers[0], part);
    net.unpack(kernels, buffers, count, scale, gradient, part);
  }

  @Override
  int capacity(int tangents, Forms forms) {
    return UnitJet.capacity(net, cycle.tangents(), gradientLength());
  }

  @Override
  Jet jet(Kernels kernels, Products products, int capacity, int tangents, Forms forms) {
    return new UnitJet(net, kernels, products, capacity, 0, false, cycle);
  }
}
