// Arrays and launches for tests, on the CPU through the shim or, compiled by nvcc, on a card.
#pragma once
#include <cstdio>
#include <cstdlib>
#include <cstring>
#include <string>
#include <tuple>
#include <utility>
#include <vector>

static int failures = 0;
static std::string running;  // the case at hand, for whoever reports a fault
static void broken(const std::string& what) {
  if (failures++ < 20) std::printf("FAIL %s: %s\n", running.c_str(), what.c_str());
#ifdef FAULT  // planted.h: one is enough to notice a fault
  std::fflush(stdout);
  std::_Exit(1);
#endif
}

#ifdef __CUDACC__
#define CHECK(e)                                                                                              \
  do {                                                                                                        \
    cudaError_t r_ = (e);                                                                                     \
    if (r_ != cudaSuccess) {                                                                                  \
      std::printf("FAIL %s: line %d: %s\n", running.c_str(), __LINE__, cudaGetErrorString(r_));               \
      std::exit(2);                                                                                           \
    }                                                                                                         \
  } while (0)
static const unsigned ORDERS[] = {0};
static void useOrder(unsigned) {}
template <class T> class Array {
  T* d_ = nullptr;
  size_t n_;

 public:
  explicit Array(size_t n) : n_(n) {
    CHECK(cudaMalloc((void**)&d_, (n ? n : 1) * sizeof(T)));
    CHECK(cudaMemset(d_, 0xff, (n ? n : 1) * sizeof(T)));
  }
  explicit Array(const std::vector<T>& v) : Array(v.size()) {
    if (n_) CHECK(cudaMemcpy(d_, v.data(), n_ * sizeof(T), cudaMemcpyHostToDevice));
  }
  Array(const Array&) = delete;
  ~Array() { cudaFree(d_); }
  T* data() const { return d_; }
  std::vector<T> read() const {
    std::vector<T> v(n_);
    if (n_) CHECK(cudaMemcpy(v.data(), d_, n_ * sizeof(T), cudaMemcpyDeviceToHost));
    return v;
  }
};
static float milliseconds = 0;  // of the last launch
template <class... P, size_t... I>
static void launch(void (*kernel)(P...), dim3 grid, dim3 block, size_t shared, std::tuple<P...> a, std::index_sequence<I...>) {
  void* p[] = {(void*)&std::get<I>(a)...};
  static cudaEvent_t from = nullptr, to = nullptr;
  if (!from) { CHECK(cudaEventCreate(&from)); CHECK(cudaEventCreate(&to)); }
  if (shared > 49152) CHECK(cudaFuncSetAttribute((const void*)kernel, cudaFuncAttributeMaxDynamicSharedMemorySize, (int)shared));
  CHECK(cudaEventRecord(from));
  CHECK(cudaLaunchKernel((const void*)kernel, grid, block, p, shared, 0));
  CHECK(cudaEventRecord(to));
  CHECK(cudaDeviceSynchronize());
  CHECK(cudaEventElapsedTime(&milliseconds, from, to));
}
template <class... P> static void launch(void (*kernel)(P...), dim3 grid, dim3 block, size_t shared, std::tuple<P...> a) {
  launch(kernel, grid, block, shared, a, std::index_sequence_for<P...>{});
}
static void catchFaults() {}
#else
#include <csignal>
static const unsigned ORDERS[] = {0, 1, 12345};
static void useOrder(unsigned order) { cuda_cpu::order = order; }
template <class T> class Array {
  cuda_cpu::Guarded memory_;
  size_t n_;

 public:
  explicit Array(size_t n) : memory_(n * sizeof(T)), n_(n) {}
  explicit Array(const std::vector<T>& v) : Array(v.size()) { if (n_) std::memcpy(memory_.data(), v.data(), n_ * sizeof(T)); }
  Array(const Array&) = delete;
  ~Array() { if (memory_.underrun()) broken("something was written before the beginning of an array"); }
  T* data() const { return (T*)memory_.data(); }
  std::vector<T> read() const { return std::vector<T>(data(), data() + n_); }
};
template <class... P> static void launch(void (*kernel)(P...), dim3 grid, dim3 block, size_t shared, std::tuple<P...> a) {
  std::string error = cuda_cpu::launch(kernel, grid, block, shared, 1, a);
  if (!error.empty()) broken(error);
}
static void catchFaults() {
  auto report = [](int) {
    char text[256];
    int n = std::snprintf(text, sizeof text, "FAIL %s: an access beyond an array, or one that is not aligned\n", running.c_str());
    if (write(1, text, n) < 0) _exit(4);
    _exit(3);
  };
  std::signal(SIGSEGV, report);
  std::signal(SIGBUS, report);
}
#endif

// Launches with arguments converted to what the kernel takes.
template <class... P, class... A> static void run(void (*kernel)(P...), dim3 grid, dim3 block, size_t shared, A... a) {
  launch(kernel, grid, block, shared, std::tuple<P...>((P)a...));
}
