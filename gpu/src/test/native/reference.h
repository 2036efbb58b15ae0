// What the kernels are held to: the CPU's arithmetic written down once more, as plain loops in its order, and the same in
// double with the spread that rounding gives it. Nothing here is shared with the kernels.
#pragma once
#include <algorithm>
#include <cmath>
#include <cstdint>
#include <cstring>
#include <string>
#include <vector>

typedef std::vector<float> Floats;
typedef std::vector<double> Doubles;
enum { TANH, SIGMOID, SOFTPLUS, SILU, GELU, RELU, ACTIVATIONS };
static const char* const ACTIVATION[] = {"tanh", "sigmoid", "softplus", "silu", "gelu", "relu"};
static const double U = 0x1p-24;

inline uint32_t bits(float x) { uint32_t i; std::memcpy(&i, &x, 4); return i; }
inline float real(uint32_t i) { float x; std::memcpy(&x, &i, 4); return x; }
inline bool same(float a, float b) { return bits(a) == bits(b) || (a != a && b != b); }
inline int pad(int n, int to) { return (n + to - 1) / to * to; }

// ---- Functions, ScalarKernels.activate
namespace cpu {
inline float expNonPositive(float y) {
  y = y < -86.0f ? -86.0f : y;
  float t = fmaf(y, 1.442695f, 12582912.0f), n = t - 12582912.0f;
  float r = fmaf(n, 2.1219444e-4f, fmaf(n, -0.6933594f, y));
  float p = 0.0013814539f;
  for (float c : {0.008368745f, 0.04166839f, 0.16666521f, 0.49999994f, 1.0f, 1.0f}) p = fmaf(p, r, c);
  return p * real((bits(t) << 23) + 0x3f800000u);
}
inline float logOnePlus(float e) {
  float p = -0.0033184723f;
  for (float c : {0.020204585f, -0.057664443f, 0.106805556f, -0.15355396f, 0.19695401f, -0.24958587f, 0.33330512f, -0.4999993f})
    p = fmaf(p, e, c);
  return fmaf(p * e, e, e);
}
inline float tanh(float z) {
  float x = z > 9.01f ? 9.01f : z;
  x = x < -9.01f ? -9.01f : x;
  float u = x * x, p = 1.3318897e-08f, q = 7.7619467e-07f;
  for (float c : {2.0583353e-05f, 0.0034940266f, 0.13379711f, 1.0f}) p = fmaf(p, u, c);
  for (float c : {0.000328308f, 0.025871044f, 0.46713027f, 1.0f}) q = fmaf(q, u, c);
  float a = x * p / q;
  a = a > 1.0f ? 1.0f : a;
  return a < -1.0f ? -1.0f : a;
}
inline float normalTail(float x) {
  float t = 1.0f / fmaf(0.35f, x, 1.0f), p = -0.029157886f;
  for (float c : {0.14403091f, -0.255839f, 0.1593197f, -0.023212353f, 0.1055525f, 0.11982129f, 0.13986352f, 0.1396213f}) p = fmaf(p, t, c);
  return p * t;
}
inline float activate(int kind, float x, float* d1 = nullptr, float* d2 = nullptr) {
  float a = 0, s1 = 0, s2 = 0;
  if (kind == TANH) {
    a = tanh(x);
    s1 = fmaf(-a, a, 1.0f);
    s2 = -2.0f * a * s1;
  } else if (kind == GELU) {
    float w = x > 40.0f ? 40.0f : x;
    w = w < -40.0f ? -40.0f : w;
    float g = expNonPositive(w * w * -0.5f), tail = g * normalTail(std::fabs(w)), cdf = x < 0 ? tail : 1.0f - tail, pdf = g * 0.3989423f;
    a = (x < 0 ? w : x) * cdf;
    s1 = fmaf(w, pdf, cdf);
    s2 = pdf * fmaf(-w, w, 2.0f);
  } else if (kind == RELU) {
    a = x <= 0 ? 0.0f : x;
    s1 = x > 0 ? 1.0f : a;
  } else {
    float e = expNonPositive(-std::fabs(x)), r = 1.0f / (1.0f + e), er = e * r, s = x < 0 ? er : r, slope = er * r, h = (1.0f - e) * r;
    if (kind == SIGMOID) {
      a = s;
      s1 = slope;
      s2 = slope * (x < 0 ? h : -h);
    } else if (kind == SOFTPLUS) {
      a = (x < 0 ? 0.0f : x) + logOnePlus(e);
      s1 = s;
      s2 = slope;
    } else {
      float w = x > 100.0f ? 100.0f : x;
      w = w < -100.0f ? -100.0f : w;
      a = (x < 0 ? w : x) * s;
      s1 = fmaf(w, slope, s);
      s2 = slope * fmaf(w, x < 0 ? h : -h, 2.0f);
    }
  }
  if (d1) *d1 = s1;
  if (d2) *d2 = s2;
  return a;
}

// ---- ScalarNoiseKernels, BoxMuller
inline void philox(uint32_t c[4], uint32_t k0, uint32_t k1) {
  for (int r = 0; r < 10; r++) {
    uint64_t p0 = 0xD2511F53ull * c[0], p1 = 0xCD9E8D57ull * c[2];
    uint32_t n[4] = {(uint32_t)(p1 >> 32) ^ c[1] ^ k0, (uint32_t)p1, (uint32_t)(p0 >> 32) ^ c[3] ^ k1, (uint32_t)p0};
    std::memcpy(c, n, sizeof n);
    k0 += 0x9E3779B9u;
    k1 += 0xBB67AE85u;
  }
}
inline float radius(uint32_t w0) {
  float u = fmaf((float)(int32_t)(w0 >> 1), 0x1p-31f, 0x1p-32f);
  int32_t b = (int32_t)bits(u), e = (b - 0x3F3504F3) >> 23;
  float t = real((uint32_t)(b - (int32_t)((uint32_t)e << 23))) - 1.0f, p = 0x1.1d8ea6p-4f;
  for (float c : {-0x1.d635bcp-4f, 0x1.dea282p-4f, -0x1.fcf4c6p-4f, 0x1.23d21ap-3f, -0x1.555b4ap-3f, 0x1.999d5ap-3f, -0x1.fffffcp-3f, 0x1.555554p-2f})
    p = fmaf(p, t, c);
  float tt = t * t, scale = (float)e, y = fmaf(scale, -0x1.bd0106p-13f, tt * t * p);
  y = fmaf(-0.5f, tt, y);
  return (float)std::sqrt((double)(-2.0f * fmaf(scale, 0x1.63p-1f, t + y)));
}
struct Address { uint64_t key; uint32_t step; uint64_t sample; };
inline float normal(Address at, int coordinate) {
  uint32_t c[4] = {(uint32_t)coordinate / 4, at.step, (uint32_t)at.sample, (uint32_t)(at.sample >> 32)};
  philox(c, (uint32_t)at.key, (uint32_t)(at.key >> 32));
  uint32_t w0 = c[coordinate & 2], w1 = c[(coordinate & 2) + 1];
  float f = (float)((int32_t)(w1 << 2) >> 8) * 0x1p-24f, g = f * f, p = fmaf(-0x1.2ee7bcp-8f, g, 0x1.4665e8p-4f);
  p = fmaf(p, g, -0x1.4abbccp-1f);
  float sine = fmaf(p * g, f, f * 0x1.921fb6p0f);
  p = fmaf(0x1.db6492p-11f, g, -0x1.55cb98p-6f);
  p = fmaf(p, g, 0x1.03c1eap-2f);
  p = fmaf(p, g, -0x1.3bd3ccp0f);
  float cosine = fmaf(p, g, 1.0f);
  uint32_t swap = (bits(sine) ^ bits(cosine)) & (uint32_t)((int32_t)(w1 << 1) >> 31);
  return radius(w0) * (coordinate & 1 ? real(bits(sine) ^ swap ^ (w1 & 0x80000000u)) : real(bits(cosine) ^ swap ^ ((w1 ^ (w1 << 1)) & 0x80000000u)));
}
}  // namespace cpu

// The transform of the same words in double: u = ⌊w₀/2⌋·2⁻³¹ + 2⁻³², rounded to float as it is.
inline double exactNormal(cpu::Address at, int coordinate) {
  uint32_t c[4] = {(uint32_t)coordinate / 4, at.step, (uint32_t)at.sample, (uint32_t)(at.sample >> 32)};
  cpu::philox(c, (uint32_t)at.key, (uint32_t)(at.key >> 32));
  uint32_t w0 = c[coordinate & 2], w1 = c[(coordinate & 2) + 1];
  double u = fmaf((float)(w0 >> 1), 0x1p-31f, 0x1p-32f), f = ((int32_t)(w1 << 2) >> 8) * 0x1p-24;
  double angle = M_PI / 2 * ((w1 >> 30) + f), r = std::sqrt(-2 * std::log(u));
  return r * (coordinate & 1 ? std::sin(angle) : std::cos(angle));
}

// ---- Networks
struct Net {
  std::vector<int> sizes;
  std::vector<Floats> w, b;  // of layer l: [n_l][n_{l−1}] and [n_l]; index 0 is empty
  int layers() const { return (int)sizes.size() - 1; }
  int dim() const { return sizes.back(); }
  // As the kernels have them: transposed, outputs padded to a multiple of 4, or in a last layer of at most 4 outputs as they are,
  // inputs padded; and the bias behind.
  bool narrow(int l) const { return l == layers() && dim() <= 4; }
  size_t weights(int l) const { return narrow(l) ? (size_t)sizes[l] * pad(sizes[l - 1], 4) : (size_t)sizes[l - 1] * pad(sizes[l], 4); }
  Floats packed() const {
    Floats out;
    for (int l = 1; l <= layers(); l++) {
      int in = sizes[l - 1], n = sizes[l];
      if (narrow(l))
        for (int o = 0; o < n; o++)
          for (int i = 0; i < pad(in, 4); i++) out.push_back(i < in ? w[l][(size_t)o * in + i] : 0.0f);
      else
        for (int i = 0; i < in; i++)
          for (int o = 0; o < pad(n, 4); o++) out.push_back(o < n ? w[l][(size_t)o * in + i] : 0.0f);
      for (int o = 0; o < pad(n, 4); o++) out.push_back(o < n ? b[l][o] : 0.0f);
    }
    return out;
  }
  // Rows of a tile of activations.
  int rows() const {
    int most = sizes[0];
    for (int l = 1; l <= layers(); l++) if (!narrow(l)) most = std::max(most, pad(sizes[l], 4));
    return most;
  }
};

namespace cpu {
// UnitJet: units padded to groups of 16, whose weights are 0; a last layer of at most 4 outputs through ScalarKernels.dot.
inline Floats unitJet(const Net& net, int kind, const Floats& input) {
  Floats a = input;
  for (int l = 1; l <= net.layers(); l++) {
    int in = net.sizes[l - 1], out = net.sizes[l];
    bool last = l == net.layers();
    if (last && out <= 4) {
      Floats F(out);
      a.resize(pad(in, 16), 0.0f);  // in a net of one layer; else they are the padded units
      for (int o = 0; o < out; o++) {
        float s[16] = {};
        for (size_t j = 0; j < a.size(); j++) s[j % 16] = fmaf(a[j], (int)j < in ? net.w[l][(size_t)o * in + j] : 0.0f, s[j % 16]);
        float even = ((s[0] + s[8]) + (s[4] + s[12])) + ((s[2] + s[10]) + (s[6] + s[14]));
        float odd = ((s[1] + s[9]) + (s[5] + s[13])) + ((s[3] + s[11]) + (s[7] + s[15]));
        F[o] = net.b[l][o] + (even + odd);
      }
      return F;
    }
    Floats z(pad(out, 16));
    for (int o = 0; o < (int)z.size(); o++) {
      z[o] = o < out ? net.b[l][o] : 0.0f;
      for (int i = 0; i < in; i++) z[o] = fmaf(a[i], o < out ? net.w[l][(size_t)o * in + i] : 0.0f, z[o]);
      if (!last) z[o] = activate(kind, z[o]);
    }
    a = z;
  }
  a.resize(net.dim());
  return a;
}
// SampleJet: one hidden layer, its bias last, its units in the order of their index.
inline Floats sampleJet(const Net& net, int kind, const Floats& x) {
  int d = net.dim(), hidden = net.sizes[1];
  Floats F = net.b[2];
  for (int j = 0; j < hidden; j++) {
    float z = 0;
    for (int i = 0; i < d; i++) z = fmaf(net.w[1][(size_t)j * d + i], x[i], z);
    float a = activate(kind, fmaf(net.b[1][j], 1.0f, z));
    for (int i = 0; i < d; i++) F[i] = fmaf(net.w[2][(size_t)i * hidden + j], a, F[i]);
  }
  return F;
}
}  // namespace cpu

// ---- The same in double. Each number comes with the variance of its rounding errors, taken as independent:
//   a sum of n terms: (n + 1)·U²·(Σ|terms|)²/n, as each of the n roundings is at most U times a partial sum, of which
//   Σ|terms| is a bound, and their squares' mean is a third of it;  φ: the greatest error E that its table states, squared;
//   and what comes from below times the squares of weights and of φ's greatest slope.
// A result is allowed 8 standard deviations, which independent errors exceed once in 10¹⁵.
struct Value { double x, variance; };
inline double exactActivation(int kind, double x, double* d1 = nullptr, double* d2 = nullptr) {
  double s = 1 / (1 + std::exp(-x)), a = 0, s1 = 0, s2 = 0;
  double cdf = 0.5 * std::erfc(-x / std::sqrt(2.0)), pdf = std::exp(-x * x / 2) / std::sqrt(2 * M_PI);
  switch (kind) {
    case TANH: a = std::tanh(x); s1 = 1 - a * a; s2 = -2 * a * s1; break;
    case SIGMOID: a = s; s1 = s * (1 - s); s2 = s1 * (1 - 2 * s); break;
    case SOFTPLUS: a = std::max(x, 0.0) + std::log1p(std::exp(-std::fabs(x))); s1 = s; s2 = s * (1 - s); break;
    case SILU: a = x * s; s1 = s + x * s * (1 - s); s2 = s * (1 - s) * (2 + x * (1 - 2 * s)); break;
    case GELU: a = x * cdf; s1 = cdf + x * pdf; s2 = pdf * (2 - x * x); break;
    default: a = std::max(x, 0.0); s1 = x > 0;
  }
  if (d1) *d1 = s1;
  if (d2) *d2 = s2;
  return a;
}
// In units of 2⁻²⁴·max(1, |value|), for the order of the derivative: Kernels.activate has them, but a walk through all floats finds
// 6.0 for tanh (at 7.05), of which the derivatives make 12 and 24, and 2.5 for softplus (at 0.004). The fast
// bounds are those of activation.cuh.
inline double activationError(int kind, int order, double z, double value) {
#ifdef FAST
  (void)kind;
  (void)value;
  return (order == 0 ? 1e-6 : 2e-6) * std::max(1.0, std::fabs(z));
#else
  static const double UNITS[][3] = {{6, 12, 24}, {4, 4, 2}, {3, 4, 4}, {4, 4, 6}, {4, 4, 4}, {0, 0, 0}};
  (void)z;
  return UNITS[kind][order] * U * std::max(1.0, std::fabs(value));
#endif
}
static const double STEEPEST[] = {1, 0.25, 1, 1.1, 1.13, 1};
inline std::vector<Value> exactScore(const Net& net, int kind, std::vector<Value> a) {
  for (int l = 1; l <= net.layers(); l++) {
    int in = net.sizes[l - 1];
    std::vector<Value> z(net.sizes[l]);
    for (int o = 0; o < net.sizes[l]; o++) {
      double sum = net.b[l][o], size = std::fabs(sum), variance = 0;
      const float* w = &net.w[l][(size_t)o * in];
      for (int i = 0; i < in; i++) {
        double term = w[i] * a[i].x;
        sum += term;
        size += std::fabs(term);
        variance += (double)w[i] * w[i] * a[i].variance;
      }
      variance += (in + 1) * U * U * size * size / in;
      if (l < net.layers()) {
        double value = exactActivation(kind, sum), E = activationError(kind, 0, sum, value);
        variance = variance * STEEPEST[kind] * STEEPEST[kind] + E * E;
        sum = value;
      }
      z[o] = {sum, variance};
    }
    a = z;
  }
  return a;
}
