// What a library of kernels compiled for the CPU offers the driver in fake_cuda.cpp.
#pragma once
#include <cstddef>

struct FakeKernel {
    const char* name;
    int count;             // of parameters
    const size_t* sizes;   // of each, in bytes
    // what went wrong, or null
    const char* (*run)(void** arguments, const unsigned grid[3], const unsigned block[3], size_t shared);
};
// fake_kernels(&count): all of them; fake_activation(a): which function the next launches use
typedef const FakeKernel* (*FakeKernels)(int* count);
typedef void (*FakeActivation)(int activation);
