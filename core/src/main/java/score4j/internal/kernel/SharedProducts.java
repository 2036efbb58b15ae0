package score4j.internal.kernel;

import java.util.function.IntConsumer;
import org.jspecify.annotations.Nullable;

/// Products whose columns threads share, a panel at a time, and where panels are few, pieces of its
/// rows. Every number is one sum in the order of p, so the bits are those of one thread.
///
/// Loops over rows go out in a few ranges for each thread. One product or loop at a time. Allocates
/// nothing.
public final class SharedProducts implements Products {
  /// Columns of a panel: as many as a register block is wide at 512 bits, two of them at 256.
  private static final int PANEL = 64;

  /// Rows come in multiples of the tallest register block.
  private static final int BLOCK = 12;

  /// Fewer rows are not worth a panel's way to the cache.
  private static final int LEAST = 96;

  /// How many parts each thread should find, so that none waits long for another.
  private static final int PARTS = 4;

  private final Kernels kernels;
  private final int threads;
  private final IntConsumer loop;
  // the loop at hand, or the product, its panels and the rows of a part
  private @Nullable Rows body;
  private float[] c = {};
  private int co;
  private int ldc;
  private float[] init = {};
  private int io;
  private int is;
  private float[] a = {};
  private int ao;
  private int ar;
  private int ac;
  private float[] b = {};
  private int bo;
  private int ldb;
  private int m;
  private int n;
  private int k;
  private int panels;
  private int rows;

  /// @param loop calls [#part] for each number below the one it is given, on any of `threads`
  ///     threads
  public SharedProducts(Kernels kernels, int threads, IntConsumer loop) {
    this.kernels = kernels;
    this.threads = threads;
    this.loop = loop;
  }

  @Override
  public void gemm(
      float[] c,
      int co,
      int ldc,
      float[] init,
      int io,
      int is,
      float[] a,
      int ao,
      int ar,
      int ac,
      float[] b,
      int bo,
      int ldb,
      int m,
      int n,
      int k) {
    this.c = c;
    this.co = co;
    this.ldc = ldc;
    this.init = init;
    this.io = io;
    this.is = is;
    this.a = a;
    this.ao = ao;
    this.ar = ar;
    this.ac = ac;
    this.b = b;
    this.bo = bo;
    this.ldb = ldb;
    this.m = m;
    this.n = n;
    this.k = k;
    assert n > 0;
    body = null;
    panels = Math.ceilDiv(n, PANEL);
    int pieces = Math.clamp(Math.ceilDiv(PARTS * threads, panels), 1, Math.max(1, m / LEAST));
    rows = Math.max(BLOCK, BLOCK * Math.ceilDiv(m, BLOCK * pieces));
    loop.accept(panels * Math.ceilDiv(m, rows));
  }

  @Override
  public void rows(int n, Rows body) {
    this.body = body;
    m = n;
    rows = Math.max(1, Math.ceilDiv(n, PARTS * threads));
    loop.accept(Math.ceilDiv(n, rows));
  }

  /// Does a part of the product or loop at hand.
  public void part(int index) {
    Rows body = this.body;
    if (body != null) {
      body.run(index * rows, Math.min(m, (index + 1) * rows));
      return;
    }
    int i = index / panels * rows;
    int j = index % panels * PANEL;
    kernels.gemm(
        c,
        co + i * ldc + j,
        ldc,
        init,
        io + i * is + j,
        is,
        a,
        ao + i * ar,
        ar,
        ac,
        b,
        bo + j,
        ldb,
        Math.min(rows, m - i),
        Math.min(PANEL, n - j),
        k);
  }
}
