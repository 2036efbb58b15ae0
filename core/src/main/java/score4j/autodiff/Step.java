package score4j.autodiff;

import java.util.Arrays;
import score4j.internal.kernel.Kernels;
import score4j.internal.kernel.LaneKernels;

/// What the float executor does at a time: one kernel over the runs of a value. Steps hold no
/// numbers of their own, so that threads share them.
sealed interface Step {
  /// Does it for the samples of a frame.
  void run(Frame frame);

  /// y = f(x), number by number of a whole block.
  record Map(Call call, Block y, Block x) implements Step {
    /// A kernel for one run.
    @FunctionalInterface
    interface Call {
      void apply(Frame frame, float[] y, int yo, float[] x, int xo, int n);
    }

    @Override
    public void run(Frame f) {
      int n = Frame.padded(y.size() * f.unit(y));
      call.apply(f, f.floats(y), f.start(y), f.floats(x), f.start(x), n);
    }
  }

  /// y = f(a, b), y being contiguous; or y = f(y, b) where a is y.
  record Zip(LaneKernels.Pair pair, View y, View a, View b, Runs runs) implements Step {
    @Override
    public void run(Frame f) {
      int yu = f.unit(y.block());
      int au = f.unit(a.block());
      int bu = f.unit(b.block());
      float[] ys = f.floats(y.block());
      float[] as = f.floats(a.block());
      float[] bs = f.floats(b.block());
      int yo = f.start(y.block()) + y.start() * yu;
      int ao = f.start(a.block()) + a.start() * au;
      int bo = f.start(b.block()) + b.start() * bu;
      int am = runs.mask(1, au);
      int bm = runs.mask(2, bu);
      int n = Frame.padded(runs.length * yu);
      // a run of numbers is filled up to whole vectors, so nothing may follow it
      assert yu > 1 || runs.count() == 1;
      for (int r = 0; r < runs.count(); r++) {
        f.lane.zip(
            pair,
            ys,
            yo + runs.starts[0][r] * yu,
            as,
            ao + runs.starts[1][r] * au,
            am,
            bs,
            bo + runs.starts[2][r] * bu,
            bm,
            n);
      }
    }
  }

  /// y = c + a·b or c − a·b, y being contiguous.
  record MultiplyAdd(boolean negated, Block y, View a, View b, View c, Runs runs) implements Step {
    @Override
    public void run(Frame f) {
      int yu = f.unit(y);
      int au = f.unit(a.block());
      int bu = f.unit(b.block());
      int cu = f.unit(c.block());
      int yo = f.start(y);
      int ao = f.start(a.block()) + a.start() * au;
      int bo = f.start(b.block()) + b.start() * bu;
      int co = f.start(c.block()) + c.start() * cu;
      int n = Frame.padded(runs.length * yu);
      for (int r = 0; r < runs.count(); r++) {
        f.lane.multiplyAdd(
            negated,
            f.floats(y),
            yo + runs.starts[0][r] * yu,
            f.floats(a.block()),
            ao + runs.starts[1][r] * au,
            runs.mask(1, au),
            f.floats(b.block()),
            bo + runs.starts[2][r] * bu,
            runs.mask(2, bu),
            f.floats(c.block()),
            co + runs.starts[3][r] * cu,
            runs.mask(3, cu),
            n);
      }
    }
  }

  /// y = c ≠ 0 ? a : b, y being contiguous.
  record Select(Block y, View c, View a, View b, Runs runs) implements Step {
    @Override
    public void run(Frame f) {
      int yu = f.unit(y);
      int cu = f.unit(c.block());
      int au = f.unit(a.block());
      int bu = f.unit(b.block());
      int yo = f.start(y);
      int co = f.start(c.block()) + c.start() * cu;
      int ao = f.start(a.block()) + a.start() * au;
      int bo = f.start(b.block()) + b.start() * bu;
      int n = Frame.padded(runs.length * yu);
      for (int r = 0; r < runs.count(); r++) {
        f.lane.select(
            f.floats(y),
            yo + runs.starts[0][r] * yu,
            f.floats(c.block()),
            co + runs.starts[1][r] * cu,
            runs.mask(1, cu),
            f.floats(a.block()),
            ao + runs.starts[2][r] * au,
            runs.mask(2, au),
            f.floats(b.block()),
            bo + runs.starts[3][r] * bu,
            runs.mask(3, bu),
            n);
      }
    }
  }

  /// Every number of a block the same.
  record Fill(Block y, float value) implements Step {
    @Override
    public void run(Frame f) {
      int from = f.start(y);
      Arrays.fill(f.floats(y), from, from + y.size() * f.unit(y), value);
    }
  }

  /// Every row of lanes filled with a number that is the same for all samples.
  record FillRows(Block y, View x, Runs runs) implements Step {
    @Override
    public void run(Frame f) {
      int from = f.start(x.block()) + x.start();
      for (int r = 0; r < runs.count(); r++) {
        int to = f.start(y) + runs.starts[0][r] * f.lanes;
        Arrays.fill(f.tile, to, to + f.lanes, f.shared[from + runs.starts[1][r]]);
      }
    }
  }

  /// y += Σ x over `length` terms a stride apart, in order, for runs of y.
  record SumRows(Block y, View x, int length, int stride, Runs runs) implements Step {
    @Override
    public void run(Frame f) {
      int u = f.unit(y);
      int xo = f.start(x.block()) + x.start() * u;
      for (int r = 0; r < runs.count(); r++) {
        f.kernels.sumRows(
            f.floats(y),
            f.start(y) + runs.starts[0][r] * u,
            f.floats(x.block()),
            xo + runs.starts[1][r] * u,
            stride * u,
            length,
            runs.length * u);
      }
    }
  }

  /// A factor of a matrix product.
  ///
  /// @param outer distance of neighbours along what the product keeps: rows of the left factor,
  ///     columns of the right
  /// @param terms distance of neighbours along the sum
  record Factor(View view, int outer, int terms) {
    Block block() {
      return view.block();
    }
  }

  /// A matrix product for each instance, both factors having lanes.
  record Products(Block y, Factor a, Factor b, int rows, int cols, int terms, Runs runs)
      implements Step {
    @Override
    public void run(Frame f) {
      int yu = f.unit(y);
      int au = f.unit(a.block());
      int bu = f.unit(b.block());
      for (int r = 0; r < runs.count(); r++) {
        f.lane.products(
            !runs.isFirst(r),
            f.floats(y),
            f.start(y) + runs.starts[0][r] * yu,
            cols * yu,
            yu,
            f.floats(a.block()),
            f.start(a.block()) + (a.view().start() + runs.starts[1][r]) * au,
            a.outer() * au,
            a.terms() * au,
            runs.mask(1, au),
            f.floats(b.block()),
            f.start(b.block()) + (b.view().start() + runs.starts[2][r]) * bu,
            b.terms() * bu,
            b.outer() * bu,
            runs.mask(2, bu),
            rows,
            cols,
            terms,
            runs.length * yu);
      }
    }
  }

  /// A product with a matrix that all samples share, for each instance: y = shared·lanes, where a
  /// row of y has `width` numbers that lie one after the other.
  ///
  /// @param adds whether y holds what the product is added to
  /// @param yStep distance between rows of y
  record SharedProduct(
      boolean adds,
      Block y,
      int yStep,
      Factor shared,
      Factor lanes,
      int rows,
      int width,
      int terms,
      Runs runs)
      implements Step {
    @Override
    public void run(Frame f) {
      int u = f.lanes;
      for (int r = 0; r < runs.count(); r++) {
        int yo = f.start(y) + runs.starts[0][r] * u;
        boolean first = !adds && runs.isFirst(r);
        f.kernels.gemm(
            f.tile,
            yo,
            yStep * u,
            first ? f.zeros : f.tile,
            first ? 0 : yo,
            first ? 0 : yStep * u,
            f.shared,
            f.start(shared.block()) + shared.view().start() + runs.starts[1][r],
            shared.outer(),
            shared.terms(),
            f.tile,
            f.start(lanes.block()) + (lanes.view().start() + runs.starts[2][r]) * u,
            lanes.terms() * u,
            rows,
            width * u,
            terms);
      }
    }
  }

  /// Adds, over the samples of the tile, to sums of the chunk: 16 virtual lanes and a fixed tree
  /// for each number.
  record SumSamples(int sums, View x, Runs runs) implements Step {
    @Override
    public void run(Frame f) {
      int u = f.lanes;
      for (int r = 0; r < runs.count(); r++) {
        int to = sums + runs.starts[0][r];
        f.kernels.dot(
            f.sums,
            to,
            1,
            f.sums,
            to,
            1,
            f.tile,
            f.start(x.block()) + (x.start() + runs.starts[1][r]) * u,
            runs.repeats(1) ? 0 : u,
            f.ones,
            0,
            0,
            runs.length,
            u);
      }
    }
  }

  /// Adds `Σ a[i]·b[j]` over the samples of the tile to sums of the chunk, in the order of the
  /// samples: what gradients of matrices are.
  ///
  /// @param width of a row of sums: columns and padding
  record OuterSamples(int sums, int width, Factor a, Factor b, int rows, int cols, Runs runs)
      implements Step {
    @Override
    public void run(Frame f) {
      int u = f.lanes;
      for (int r = 0; r < runs.count(); r++) {
        f.lane.transpose(
            f.scratch,
            0,
            width,
            f.tile,
            f.start(b.block()) + (b.view().start() + runs.starts[2][r]) * u,
            b.outer() * u,
            cols,
            f.samples);
        for (int t = 0; t < f.samples && cols < width; t++) {
          Arrays.fill(f.scratch, t * width + cols, (t + 1) * width, 0f);
        }
        int to = sums + runs.starts[0][r];
        f.kernels.gemm(
            f.sums,
            to,
            width,
            f.sums,
            to,
            width,
            f.tile,
            f.start(a.block()) + (a.view().start() + runs.starts[1][r]) * u,
            a.outer() * u,
            1,
            f.scratch,
            0,
            width,
            rows,
            width,
            f.samples);
      }
    }
  }

  /// One number after the other as rows of equal lanes.
  record Widen(Block y, View x, Runs runs) implements Step {
    @Override
    public void run(Frame f) {
      int from = f.start(x.block()) + x.start();
      for (int i = 0; i < runs.count(); i++) {
        int to = f.start(y) + i * Frame.WIDTH;
        Arrays.fill(f.shared, to, to + Frame.WIDTH, f.shared[from + runs.starts[0][i]]);
      }
    }
  }

  /// One number after the other, from wherever they lie.
  record Collect(Block y, View x, Runs runs) implements Step {
    @Override
    public void run(Frame f) {
      int unit = f.unit(x.block());
      int from = f.start(x.block()) + x.start() * unit;
      for (int i = 0; i < runs.count(); i++) {
        f.shared[f.start(y) + i] = f.shared[from + runs.starts[0][i] * unit];
      }
    }
  }

  /// Writes a result that differs by sample, sample by sample.
  record Store(int output, Block x) implements Step {
    @Override
    public void run(Frame f) {
      f.lane.transpose(
          f.outputs[output],
          f.first * x.size(),
          x.size(),
          f.tile,
          f.start(x),
          f.lanes,
          x.size(),
          f.samples);
    }
  }

  /// The activation of each number.
  static Map.Call activation(Kernels.Function function) {
    return (f, y, yo, x, xo, n) ->
        f.kernels.activate(function, 0, x, xo, y, yo, n, y, yo, y, yo, n, 1, n);
  }

  /// An elementary function of each number.
  static Map.Call elementary(LaneKernels.Elementary function) {
    return (f, y, yo, x, xo, n) -> f.lane.map(function, y, yo, x, xo, n);
  }

  /// A power of each number.
  static Map.Call power(double exponent) {
    return (f, y, yo, x, xo, n) -> f.lane.power(y, yo, x, xo, exponent, n);
  }
}
