// All kernels: one translation unit, of which build-ptx.sh makes a PTX file for each activation and mode.
#include "layers.cu"
#include "noise.cu"
#include "score_chain.cu"
#include "shallow_chain.cu"
