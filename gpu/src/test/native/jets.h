// Tangents, forms and gradients to test the kernels with: what they are given, drawn at random, and what has to come out, by
// plain loops in double precision with the variance of a result's rounding errors.
#pragma once
#include "reference.h"

#include <random>

struct Case {
  std::vector<int> sizes;
  int n, K;                                        // K = −1: unit vectors
  int act;
  bool trace;
  bool tiles, layers;                              // which ways
  bool minus = false;                              // every term of the last layer is below the smallest float: a sum of −0
  int dim() const { return sizes.back(); }
  int count() const { return (int)sizes.size() - 1; }
  int tangents() const { return K < 0 ? dim() : K; }
  bool sampleOrder() const { return count() == 2 && sizes[0] == dim() && dim() <= 4 && (dim() == 1 || sizes[1] <= 16); }
  std::string name() const {
    std::string s;
    for (int w : sizes) s += (s.empty() ? "" : "-") + std::to_string(w);
    return s + " n=" + std::to_string(n) + " K=" + (K < 0 ? "D" : std::to_string(K)) + " " + ACTIVATION[act] + (trace ? " trace" : "") + (minus ? " minus zero" : "");
  }
};

struct Problem {
  Case c;
  Floats flat, x, v, scoreBar, formsBar;
  float weight;
  // results in double and their scales
  Doubles F, Fs, q, qs, gradient, gradients, implicit, implicits;
  double loss, losses;
};

static int parameters(const std::vector<int>& sizes) {
  int p = 0;
  for (size_t l = 1; l < sizes.size(); l++) p += sizes[l] * (sizes[l - 1] + 1);
  return p;
}

// One row: F, q and, where gradient is not null, the gradient of F̄·F + Σ q̄·q added to it; cotangents are those given, or with
// `implicit` those of ½‖F‖² + weight·Σ q. Names that end in s are variances of rounding errors in units of u², the errors taken
// as independent: a sum's partial sums s_k add Σ s_k², a product a·b adds a²·var b + b²·var a, φ and its derivatives 2 ulp and
// what a rounded z makes of them (|φ‴| ≤ 2 for all of them).
static double square(double x) { return x * x; }
static double ulps(double x) { return square(2 * (std::fabs(x) + 0.25)); }
static double product(double a, double as, double b, double bs) { return a * a * bs + b * b * as; }

static void reference(const Problem& p, const Doubles& theta, int row, bool implicit, double* F, double* Fs, double* q, double* qs,
                      double* gradient, double* gradients) {
  const Case& c = p.c;
  const int L = c.count(), K = c.tangents(), D = c.dim();
  struct Layer { Doubles z, zs, a, as, d1, d2, d1s, d2s, zd, zds, ad, ads; };
  std::vector<Layer> layer(L + 1);
  Layer& first = layer[0];
  int in = c.sizes[0];
  for (int i = 0; i < in; i++) first.a.push_back(p.x[(size_t)row * in + i]);
  first.as.assign(in, 0.0);
  first.ad.assign((size_t)K * in, 0.0);
  first.ads.assign((size_t)K * in, 0.0);
  Doubles v((size_t)K * D);
  for (int k = 0; k < K; k++)
    for (int d = 0; d < D; d++)
      first.ad[(size_t)k * in + d] = v[(size_t)k * D + d] = c.K < 0 ? k == d : p.v[((size_t)row * K + k) * D + d];
  size_t at = 0;
  std::vector<size_t> offset(L + 1);
  for (int l = 1; l <= L; l++) {
    Layer &b = layer[l - 1], &t = layer[l];
    int n = c.sizes[l - 1], m = c.sizes[l];
    offset[l] = at;
    for (int k = -1; k < K; k++)                   // the value, then the tangents
      for (int o = 0; o < m; o++) {
        const double *w = &theta[at + (size_t)o * n], *x = k < 0 ? b.a.data() : &b.ad[(size_t)k * n];
        const double* xs = k < 0 ? b.as.data() : &b.ads[(size_t)k * n];
        double z = k < 0 ? theta[at + (size_t)m * n + o] : 0, zs = z * z;
        for (int i = 0; i < n; i++) { z += w[i] * x[i]; zs += square(w[i]) * xs[i] + z * z; }
        (k < 0 ? t.z : t.zd).push_back(z); (k < 0 ? t.zs : t.zds).push_back(zs);
      }
    at += (size_t)m * (n + 1);
    if (l == L) break;
    for (int o = 0; o < m; o++) {
      double e[3], zs = t.zs[o];
      e[0] = exactActivation(c.act, t.z[o], &e[1], &e[2]);
      t.a.push_back(e[0]); t.d1.push_back(e[1]); t.d2.push_back(e[2]);
      t.as.push_back(ulps(e[0]) + square(e[1]) * zs);
      t.d1s.push_back(c.act == 5 ? 0 : ulps(e[1]) + square(e[2]) * zs);
      t.d2s.push_back(c.act == 5 ? 0 : ulps(e[2]) + 4 * zs);
    }
    for (int k = 0; k < K; k++)
      for (int o = 0; o < m; o++) {
        double zd = t.zd[(size_t)k * m + o];
        t.ad.push_back(t.d1[o] * zd);
        t.ads.push_back(product(t.d1[o], t.d1s[o], zd, t.zds[(size_t)k * m + o]) + square(t.d1[o] * zd));
      }
  }
  Layer& last = layer[L];
  for (int d = 0; d < D; d++) { F[d] = last.z[d]; Fs[d] = last.zs[d]; }
  for (int k = 0; k < K; k++) {
    q[k] = qs[k] = 0;
    for (int d = 0; d < D; d++) {
      q[k] += v[(size_t)k * D + d] * last.zd[(size_t)k * D + d];
      qs[k] += square(v[(size_t)k * D + d]) * last.zds[(size_t)k * D + d] + square(q[k]);
    }
  }
  if (!gradient) return;
  Doubles y(D), ys(D), yd((size_t)K * D), yds((size_t)K * D, 0.0);
  for (int d = 0; d < D; d++) { y[d] = implicit ? F[d] : p.scoreBar[(size_t)row * D + d]; ys[d] = implicit ? Fs[d] : 0; }
  for (int k = 0; k < K; k++)
    for (int d = 0; d < D; d++) {
      double e = v[(size_t)k * D + d] * (implicit ? p.weight : p.formsBar[c.trace ? (size_t)row : (size_t)row * K + k]);
      yd[(size_t)k * D + d] = e;
      yds[(size_t)k * D + d] = e * e;
    }
  for (int l = L; l >= 1; l--) {
    Layer& b = layer[l - 1];
    int n = c.sizes[l - 1], m = c.sizes[l];
    double *g = gradient + offset[l], *gs = gradients + offset[l];
    for (int o = 0; o < m; o++) {
      for (int i = 0; i < n; i++) {
        double s = g[(size_t)o * n + i] + y[o] * b.a[i], ss = product(y[o], ys[o], b.a[i], b.as[i]) + s * s;
        for (int k = 0; k < K; k++) {
          double e = yd[(size_t)k * m + o], f = b.ad[(size_t)k * n + i];
          s += e * f;
          ss += product(e, yds[(size_t)k * m + o], f, b.ads[(size_t)k * n + i]) + s * s;
        }
        g[(size_t)o * n + i] = s; gs[(size_t)o * n + i] += ss;
      }
      g[(size_t)m * n + o] += y[o]; gs[(size_t)m * n + o] += ys[o] + square(g[(size_t)m * n + o]);
    }
    if (l == 1) break;
    Doubles u(n), us(n), ud((size_t)K * n), uds((size_t)K * n);
    for (int i = 0; i < n; i++) {
      double a = 0, as = 0, sum = 0, sums = 0;
      for (int o = 0; o < m; o++) {
        double w = theta[offset[l] + (size_t)o * n + i];
        a += w * y[o]; as += w * w * ys[o] + a * a;
      }
      for (int k = 0; k < K; k++) {
        double e = 0, es = 0, zd = b.zd[(size_t)k * n + i], zds = b.zds[(size_t)k * n + i];
        for (int o = 0; o < m; o++) {
          double w = theta[offset[l] + (size_t)o * n + i];
          e += w * yd[(size_t)k * m + o]; es += w * w * yds[(size_t)k * m + o] + e * e;
        }
        sum += zd * e; sums += product(zd, zds, e, es) + sum * sum;
        ud[(size_t)k * n + i] = b.d1[i] * e;
        uds[(size_t)k * n + i] = product(b.d1[i], b.d1s[i], e, es) + square(b.d1[i] * e);
      }
      u[i] = b.d1[i] * a + b.d2[i] * sum;
      us[i] = product(b.d1[i], b.d1s[i], a, as) + product(b.d2[i], b.d2s[i], sum, sums) + square(b.d1[i] * a) + square(u[i]);
    }
    y = u; ys = us; yd = ud; yds = uds;
  }
}

static Problem problem(const Case& c, unsigned seed, bool solved = true) {
  Problem p;
  p.c = c;
  std::mt19937 random(seed);
  std::normal_distribution<float> normal;
  const int K = c.tangents(), D = c.dim(), P = parameters(c.sizes);
  for (size_t l = 1; l < c.sizes.size(); l++) {
    int in = c.sizes[l - 1], out = c.sizes[l];
    for (int e = 0; e < in * out; e++) p.flat.push_back(normal(random) / std::sqrt((float)in));
    for (int o = 0; o < out; o++) p.flat.push_back(0.3f * normal(random));
  }
  auto fill = [&](Floats& f, size_t n) { f.resize(n); for (float& e : f) e = normal(random); };
  fill(p.x, (size_t)c.n * c.sizes[0]);
  if (c.K > 0) fill(p.v, (size_t)c.n * K * D);
  fill(p.scoreBar, (size_t)c.n * D);
  fill(p.formsBar, (size_t)c.n * (c.trace ? 1 : K));
  if (c.minus) {                                   // a = φ(1e-25) > 0 and weights −1e-25
    p.flat.clear();
    for (size_t l = 1; l < c.sizes.size(); l++) {
      p.flat.insert(p.flat.end(), (size_t)c.sizes[l - 1] * c.sizes[l], -1e-25f);
      p.flat.insert(p.flat.end(), c.sizes[l], l + 1 < c.sizes.size() ? 1e-25f : -0.0f);
    }
    p.x.assign(p.x.size(), 1e-25f);
  }
  p.weight = 0.7f;
  Doubles theta(p.flat.begin(), p.flat.end());
  p.F.resize((size_t)c.n * D); p.Fs = p.F;
  p.q.resize((size_t)c.n * K); p.qs = p.q;
  p.gradient.assign(P, 0.0); p.gradients = p.implicit = p.implicits = p.gradient;
  p.loss = p.losses = 0;
  for (int r = 0; r < c.n && solved; r++) {
    double *F = &p.F[(size_t)r * D], *Fs = &p.Fs[(size_t)r * D], *q = p.q.data() + (size_t)r * K, *qs = p.qs.data() + (size_t)r * K;
    reference(p, theta, r, false, F, Fs, q, qs, p.gradient.data(), p.gradients.data());
    reference(p, theta, r, true, F, Fs, q, qs, p.implicit.data(), p.implicits.data());
    for (int d = 0; d < D; d++) { p.loss += F[d] * F[d] / 2; p.losses += square(F[d]) * Fs[d] + square(F[d] * F[d]); }
    for (int k = 0; k < K; k++) { p.loss += p.weight * q[k]; p.losses += square(p.weight) * qs[k]; }
  }
  return p;
}

// F in float in the CPU's order.
static Floats floatScore(const Problem& p) {
  const Case& c = p.c;
  Net net{c.sizes, {{}}, {{}}};
  const float* at = p.flat.data();
  for (int l = 1; l <= c.count(); l++) {
    size_t in = c.sizes[l - 1], out = c.sizes[l];
    net.w.push_back(Floats(at, at + out * in));
    net.b.push_back(Floats(at + out * in, at + out * (in + 1)));
    at += out * (in + 1);
  }
  Floats scores;
  for (int r = 0; r < c.n; r++) {
    const float* x = &p.x[(size_t)r * c.sizes[0]];
    Floats row(x, x + c.sizes[0]), F = c.sampleOrder() ? cpu::sampleJet(net, c.act, row) : cpu::unitJet(net, c.act, row);
    scores.insert(scores.end(), F.begin(), F.end());
  }
  return scores;
}
