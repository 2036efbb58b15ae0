// What cuda_cpu_shim.h promises: right kernels run in every order of fibers, and each fault is reported as what it is.
//   g++ -x c++ -std=c++17 -O1 -Wno-unknown-pragmas -I gpu/src/test/native gpu/src/test/native/test_shim.cpp -o test_shim -pthread
#include "cuda_cpu_shim.h"

#include <sys/wait.h>

static int failures = 0;
static void expect(const char* name, const std::string& got, const std::string& wanted) {
  bool ok = wanted.empty() ? got.empty() : got.find(wanted) != std::string::npos;
  if (!ok) { failures++; std::printf("FAIL %s: \"%s\" is not \"%s\"\n", name, got.c_str(), wanted.c_str()); }
}
// Whether the body ends in a signal, run in a process of its own.
template <class Body> static bool dies(Body body) {
  std::fflush(stdout);
  pid_t child = fork();
  if (child == 0) { body(); _exit(0); }
  int status = 0;
  waitpid(child, &status, 0);
  return WIFSIGNALED(status);
}

static void reversed(int* out) {
  int* s = (int*)dynamic_smem;
  int i = threadIdx.x, n = blockDim.x;
  for (int round = 0; round < 3; round++) {
    s[i] = round == 0 ? i : s[i] + 1;
    __syncthreads();
    int other = s[n - 1 - i];
    __syncthreads();
    s[i] = other;
  }
  out[blockIdx.x * n + i] = s[i];
}
static void unguarded(int* out) {  // the same with a barrier missing
  int* s = (int*)dynamic_smem;
  int i = threadIdx.x, n = blockDim.x;
  s[i] = i;
  __syncthreads();
  s[i] = s[n - 1 - i];
  __syncthreads();
  out[blockIdx.x * n + i] = s[i];
}
static void shuffled(long long* out) {
  int lane = threadIdx.x & 31;
  long long v = (long long)threadIdx.x << 33;
  for (int m = 16; m > 0; m >>= 1) v += __shfl_xor_sync(0xffffffffu, v, m);
  float f = __shfl_sync(0xffffffffu, (float)threadIdx.x, 5);
  int d = __shfl_down_sync(0xffffffffu, lane, 3);
  __syncwarp();
  out[threadIdx.x] = v + (long long)f * 1000 + d;
}
static void earlyReturn(int n) { if ((int)threadIdx.x >= n) return; __syncthreads(); }
static void divergent(int n) {
  if ((int)threadIdx.x < n) __syncthreads();
  else
    __syncthreads();
}
static void half(int n) {  // lanes of one warp wait for different things
  if ((int)threadIdx.x < n) __syncwarp();
  else
    __syncthreads();
  __syncthreads();
}
static void halfMask(int) { (void)__shfl_sync(0x0000ffffu, 1, 0); }
static void unwritten(float* out) { out[threadIdx.x] = ((float*)dynamic_smem)[threadIdx.x]; }
static void shared(int i) { ((float*)dynamic_smem)[i] = 0.0f; }
static void global(float* out) { out[blockIdx.x * blockDim.x + threadIdx.x] = 1.0f; }

int main() {
  for (unsigned order : {0u, 1u, 2u, 77u}) {
    cuda_cpu::order = order;
    for (unsigned workers : {1u, 3u}) {
      std::vector<int> out(4 * 96, -1);
      expect("barriers", cuda_cpu::launch(reversed, 4, 96, 384, workers, std::make_tuple(out.data())), "");
      for (int i = 0; i < 4 * 96; i++) if (out[i] != 95 - i % 96 + 2) { expect("barriers' values", "wrong", ""); break; }
    }
    std::vector<long long> sums(64);
    expect("shuffles", cuda_cpu::launch(shuffled, 1, 64, 0, 1, std::make_tuple(sums.data())), "");
    for (int i = 0; i < 64; i++) {
      long long first = i / 32 * 32, sum = 32 * first + 496, lane = i % 32;
      if (sums[i] != (sum << 33) + (first + 5) * 1000 + (lane + 3 > 31 ? lane : lane + 3)) { expect("shuffles' values", "wrong", ""); break; }
    }
    for (int n : {1, 33, 63}) expect("early return", cuda_cpu::launch(earlyReturn, 1, 64, 0, 1, std::make_tuple(n)), "return");
    expect("one barrier", cuda_cpu::launch(divergent, 1, 64, 0, 1, std::make_tuple(64)), "");
    expect("two barriers", cuda_cpu::launch(divergent, 1, 64, 0, 1, std::make_tuple(7)), "different __syncthreads");
    expect("a wait for ever", cuda_cpu::launch(half, 1, 64, 0, 1, std::make_tuple(40)), "deadlock");
    float nan[32];
    expect("unwritten", cuda_cpu::launch(unwritten, 1, 32, 128, 1, std::make_tuple((float*)nan)), "");
    for (float v : nan) if (v == v) { expect("unwritten memory is NaN", "it is not", ""); break; }
  }
  std::vector<std::vector<int>> results;
  for (unsigned order : {0u, 1u}) {
    cuda_cpu::order = order;
    results.emplace_back(64);
    expect("missing barrier", cuda_cpu::launch(unguarded, 1, 64, 256, 1, std::make_tuple(results.back().data())), "");
  }
  if (results[0] == results[1]) expect("a missing barrier shows between orders", "it does not", "");
  cuda_cpu::order = 0;
  expect("mask", cuda_cpu::launch(halfMask, 1, 32, 0, 1, std::make_tuple(0)), "mask");
  expect("block", cuda_cpu::launch(halfMask, 1, 48, 0, 1, std::make_tuple(0)), "block of 48");
  expect("shared", cuda_cpu::launch(shared, 1, 32, cuda_cpu::MOST_SHARED + 1, 1, std::make_tuple(0)), "shared memory");
  expect("in shared memory", cuda_cpu::launch(shared, 1, 32, 128, 1, std::make_tuple(31)), "");
  expect("before shared memory", cuda_cpu::launch(shared, 1, 32, 128, 1, std::make_tuple(-1)), "before the beginning");
  if (!dies([] { (void)cuda_cpu::launch(shared, 1, 32, 128, 1, std::make_tuple(32)); })) expect("beyond shared memory", "goes on", "");
  cuda_cpu::Guarded array(64 * sizeof(float));
  expect("in an array", cuda_cpu::launch(global, 2, 32, 0, 1, std::make_tuple((float*)array.data())), "");
  if (!dies([&] { (void)cuda_cpu::launch(global, 3, 32, 0, 1, std::make_tuple((float*)array.data())); })) expect("beyond an array", "goes on", "");
  std::printf("%d failures\n", failures);
  return failures != 0;
}
