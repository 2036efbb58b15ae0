// What the host does with the kernels of tangents and gradients, both ways, as jet.cuh tells it to. The kernels are included before.
#pragma once
#include "device.h"
#include "jets.h"

#include <map>
#include <memory>

struct Result { Floats F, forms, gradient, implicit; double loss; };
static unsigned blocks_of(int a, int b) { return (unsigned)((a + b - 1) / b); }

// On a card, milliseconds of each kernel's launches.
static std::map<std::string, double> spent;
#ifdef __CUDACC__
#define GO(kernel, ...) (run(kernel, __VA_ARGS__), spent[#kernel] += milliseconds)
#else
#define GO(kernel, ...) run(kernel, __VA_ARGS__)
#endif

struct Host {
  const Problem& p;
  const Case& c;
  const int n, K, D, L, P;
  unsigned most = 3;                               // blocks of jet_gradient: so few that they have more than one tile
  std::vector<size_t> f, b, w, at;                 // where each layer begins
  Array<int> sizes;
  Array<float> flat, x, v, scoreBar, formsBar, packed;
  Host(const Problem& q)
      : p(q), c(q.c), n(c.n), K(c.tangents()), D(c.dim()), L(c.count()), P(parameters(c.sizes)), sizes(c.sizes), flat(q.flat), x(q.x), v(q.v),
        scoreBar(q.scoreBar), formsBar(q.formsBar), packed(length()) {
    GO(jet_pack, dim3(7), dim3(256), 0, packed.data(), flat.data(), sizes.data(), L);
  }
  size_t length() {
    size_t to = 0, from = 0;
    f.assign(L + 1, 0); b = w = at = f;
    for (int l = 1; l <= L; l++) {
      f[l] = to; b[l] = to + (size_t)c.sizes[l - 1] * jet_pad(c.sizes[l]); to = b[l] + jet_pad(c.sizes[l]);
      at[l] = from; from += (size_t)c.sizes[l] * (c.sizes[l - 1] + 1);
    }
    for (int l = 1; l <= L; l++) { w[l] = to; to += (size_t)c.sizes[l] * jet_pad(c.sizes[l - 1]); }
    return to;
  }
  const float* directions() const { return c.K < 0 ? nullptr : v.data(); }
  int widest() const {
    int m = c.sizes[0] + 1;
    for (int l = 1; l < L; l++) m = std::max(m, jet_pad(c.sizes[l]));
    return m;
  }
  size_t forms() const { return K == 0 ? 0 : (size_t)n * (c.trace ? 1 : K); }
  // in two steps, to see `add`
  Floats reduced(const Array<float>& partials, int parts) {
    Array<float> out(P);
    GO(reduce, dim3(blocks_of(P, 32)), dim3(256), 1024, partials.data(), P, parts, 0.25f, 0, out.data());
    GO(reduce, dim3(blocks_of(P, 32)), dim3(256), 1024, partials.data(), P, parts, 0.75f, 1, out.data());
    return out.read();
  }

  Result tiles() {
    Result r;
    Array<float> F((size_t)n * D), q(forms());
    size_t rows = widest() + jet_pad(D), hidden = 0;
    for (int l = 1; l < L; l++) hidden += jet_pad(c.sizes[l]);
    const unsigned blocks = blocks_of(n, jet_particles(K));
    GO(jet_forward, dim3(blocks), dim3(128), rows * 272, packed.data(), sizes.data(), L, x.data(), n,
        directions(), K, (int)c.trace, (int)c.sampleOrder(), F.data(), K == 0 ? nullptr : q.data());
    r.F = F.read(); r.forms = q.read();
    const unsigned grid = std::min(blocks, most);
    for (int implicit = 0; implicit < 2; implicit++) {
      Array<float> partials((size_t)grid * P);
      Array<double> losses(grid);
      GO(jet_gradient, dim3(grid), dim3(128), (rows + hidden) * 272, packed.data(), sizes.data(), L,
          x.data(), n, directions(), K, (int)c.trace, implicit ? nullptr : scoreBar.data(),
          implicit ? nullptr : formsBar.data(), p.weight, (int)c.sampleOrder(), partials.data(), P,
          implicit ? losses.data() : nullptr);
      (implicit ? r.implicit : r.gradient) = reduced(partials, (int)grid);
      if (implicit) {
        r.loss = 0;
        for (double e : losses.read()) r.loss += e;
        Array<double> alone(grid);
        GO(jet_gradient, dim3(grid), dim3(128), (rows + hidden) * 272, packed.data(), sizes.data(), L, x.data(), n, directions(), K,
            (int)c.trace, nullptr, nullptr, p.weight, (int)c.sampleOrder(), nullptr, P, alone.data());
        if (std::memcmp(alone.read().data(), losses.read().data(), grid * sizeof(double)) != 0) broken("a loss without its gradient is another");
      }
    }
    return r;
  }

  Result layers() {
    Result r;
    const int columns = n * (1 + K), ld = jet_pad(columns);
    Array<float> F((size_t)n * D), q(forms()), a((size_t)widest() * ld), bars((size_t)widest() * ld), y((size_t)jet_pad(D) * ld);
    std::vector<std::unique_ptr<Array<float>>> z(L);
    for (int l = 1; l < L; l++) z[l] = std::make_unique<Array<float>>((size_t)jet_pad(c.sizes[l]) * ld);
    int most = 1;
    for (int l = 1; l <= L; l++) most = std::max(most, (int)(blocks_of(c.sizes[l], 128) * blocks_of(c.sizes[l - 1], 128)));
    const int span = jet_span(ld, most), splits = jet_splits(ld, most);
    auto product = [&](size_t m, long bias, const Array<float>& from, const Array<float>& to, int inner, int out, int biased) {
      GO(dense, dim3(blocks_of(out, 128), blocks_of(ld, 128)), dim3(256), 32768, packed.data() + m, bias < 0 ? nullptr : packed.data() + bias,
          from.data(), to.data(), inner, out, ld, biased, 0);
    };
    auto inputs = [&] {
      GO(jet_inputs, dim3(blocks_of(ld, 256) * ((unsigned)c.sizes[0] + 1)), dim3(256), 0, x.data(), n, c.sizes[0], D, directions(), K, a.data(), ld);
    };
    auto activates = [&](int l) {
      GO(jet_activate, dim3(blocks_of(n, 128) * (unsigned)c.sizes[l]), dim3(128), 0, z[l]->data(), a.data(), n, K, ld);
    };
    for (int implicit = 0; implicit < 2; implicit++) {
      inputs();
      for (int l = 1; l < L; l++) {
        if (l == 1 && c.sampleOrder()) product(f[l], -1, a, *z[l], c.sizes[0] + 1, c.sizes[l], 0);
        else product(f[l], (long)b[l], a, *z[l], c.sizes[l - 1], c.sizes[l], n);
        activates(l);
      }
      product(f[L], (long)b[L], a, y, c.sizes[L - 1], D, n);
      if (D <= 4 && !c.sampleOrder())
        GO(dense_narrow, dim3(blocks_of(n, 128), (unsigned)D), dim3(128), 0, packed.data() + w[L], packed.data() + b[L],
            a.data(), y.data(), c.sizes[L - 1], ld, n);
      GO(jet_outputs, dim3(blocks_of(n, 128)), dim3(128), 0, y.data(), n, D, directions(), K, (int)c.trace, ld, F.data(),
          K == 0 ? nullptr : q.data());
      const unsigned grid = std::min(blocks_of(n, 128), (unsigned)JET_BLOCKS);
      Array<double> losses(grid);
      GO(jet_cotangents, dim3(grid), dim3(128), 1024, y.data(), n, D, directions(), K, (int)c.trace,
          implicit ? nullptr : scoreBar.data(), implicit ? nullptr : formsBar.data(), p.weight,
          ld, implicit ? losses.data() : nullptr);
      if (implicit) { r.loss = 0; for (double e : losses.read()) r.loss += e; }
      Array<float> partials((size_t)splits * P);
      for (int l = L; l >= 1; l--) {
        const Array<float>& g = l == L ? y : *z[l];
        int in = c.sizes[l - 1], out = c.sizes[l];
        GO(jet_weights, dim3(blocks_of(in, 128), blocks_of(out, 128), (unsigned)splits), dim3(256), 33792, g.data(), a.data(), out, in, ld, span,
            partials.data() + at[l], P);
        GO(jet_biases, dim3((unsigned)out, (unsigned)splits), dim3(128), 512, g.data(), n, ld, span,
            partials.data() + at[l] + (size_t)out * in, P);
        if (l == 1) break;
        product(w[l], -1, g, bars, out, in, 0);
        GO(jet_pullback, dim3(blocks_of(n, 128) * (unsigned)in), dim3(128), 0, z[l - 1]->data(), bars.data(), n, K, ld);
        if (l > 2) activates(l - 2);
        else inputs();
      }
      (implicit ? r.implicit : r.gradient) = reduced(partials, splits);
    }
    r.F = F.read(); r.forms = q.read();
    return r;
  }
};
