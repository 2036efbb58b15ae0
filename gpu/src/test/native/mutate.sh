#!/usr/bin/env bash
# Plants faults in the kernels of scores, chains and layers, one at a time, and says whether test_kernels notices them.
# A fault goes unnoticed: exit 1. Needs g++ and python3. Arguments: names of faults, all without. Five minutes.
set -u
cd "$(dirname "$0")"
cuda=$PWD/../../main/cuda; work=$(mktemp -d); trap 'rm -r "$work"' EXIT; unnoticed=0; wanted=" $* "
try() { # name, file, old text, new text
  case $wanted in "  "|*" $1 "*) ;; *) return ;; esac
  rm -rf "$work/cuda"; cp -r "$cuda" "$work/cuda"
  python3 - "$work/cuda/$2" "$3" "$4" <<'P' || { echo "$1: the text is not there once"; unnoticed=1; return; }
import sys
path, old, new = sys.argv[1:]
text = open(path).read()
if text.count(old) != 1: sys.exit(1)
open(path, 'w').write(text.replace(old, new))
P
  g++ -x c++ -std=c++17 -O1 -ffp-contract=off -mfma -Wno-unknown-pragmas -I "$work/cuda" -I . test_kernels.cpp -o "$work/test" -pthread 2> "$work/log" \
    || { echo "$1: does not compile"; head -3 "$work/log"; unnoticed=1; return; }
  timeout 120 "$work/test" quick > "$work/log" 2>&1; rc=$?
  if [ $rc = 0 ]; then echo "$1: NOT NOTICED"; unnoticed=1; else echo "$1: noticed (exit $rc); $(grep -m1 FAIL "$work/log" | cut -c1-150)"; fi
}
# barriers
try layer-reads-and-writes dense_tile.cuh '  __syncthreads();  // every thread has read the layer'"'"'s input
' ''
try layer-without-its-end dense_tile.cuh '    *e = make_float4(activate(v.x), activate(v.y), activate(v.z), activate(v.w));
  }
  __syncthreads();' '    *e = make_float4(activate(v.x), activate(v.y), activate(v.z), activate(v.w));
  }'
try inputs-without-barrier score_chain.cu '    }
    __syncthreads();
    const float* w = w0;' '    }
    const float* w = w0;'
try state-without-barrier score_chain.cu ': 0.0f;
  __syncthreads();' ': 0.0f;'
try step-without-barrier score_chain.cu '    __syncthreads();
  }
  for (int i = tid; i < count' '  }
  for (int i = tid; i < count'
try shallow-weights-without-barrier shallow_chain.cu '4 * hidden + threadIdx.x];
  __syncthreads();' '4 * hidden + threadIdx.x];'
try units-read-early shallow_chain.cu '      __syncthreads();
      if (warp ==' '      if (warp =='
try units-overwritten shallow_chain.cu '      __syncthreads();
    }
  }
  if (tid < 16' '    }
  }
  if (tid < 16'
try dense-without-barrier layers.cu '    __syncthreads();
  }
  // half' '  }
  // half'
try tile-without-barrier layers.cu '* ld + p0 + lane] : 0.0f;
  __syncthreads();' '* ld + p0 + lane] : 0.0f;'
try divergent-barrier dense_tile.cuh '  const int mine =' '  if (on) __syncthreads();
  const int mine ='
try early-return score_chain.cu '  const float* w0 = params;' '  const float* w0 = params;
  if (row >= n) return;'
# bounds
try shared-beyond shallow_chain.cu 'if (threadIdx.x < 4) rows' 'if (threadIdx.x < 8) rows'
try state-too-wide score_chain.cu '#define STATE 65' '#define STATE 67'
try rows-beyond score_chain.cu 'min(TILE, n - (int)first) * d' 'TILE * d'
try columns-beyond layers.cu 'p0 + lc < ld ? __ldg' 'p0 < ld ? __ldg'
try factors-beyond chain.cuh 'min(firstFactor + k, lastFactor)' 'firstFactor + k'
# order of sums and roundings
try tree-of-sums dense_tile.cuh '((s[0] + s[8]) + (s[4] + s[12]))' '((s[0] + s[4]) + (s[8] + s[12]))'
try bias-first dense_tile.cuh 'return bias + (even + odd);' 'return bias + even + odd;'
try bias-last layers.cu 'float4 b = bias && o < stride ? *(const float4*)(bias + o) : zero;' 'float4 b = zero;'
try terms-backwards dense_tile.cuh 'multiply<RO, SHARED>(acc, ac + (k + i) * TILE, wr + (k + i) * stride, second);' 'multiply<RO, SHARED>(acc, ac + (k + 3 - i) * TILE, wr + (k + 3 - i) * stride, second);'
try contracted-score chain.cuh 'factor[4] * x + factor[5] * F' 'fmaf(factor[4], x, factor[5] * F)'
try other-contraction chain.cuh 'fmaf(factor[1], score, factor[0] * x)' 'fmaf(factor[0], x, factor[1] * score)'
try not-fused dense_tile.cuh 'acc[i][j] = fmaf(ww[i], a[j], acc[i][j]);' 'acc[i][j] += ww[i] * a[j];'
try approximate-division activation.cuh 'float a = z * p / q;' 'float a = z * p * (1.0f / q);'
try padding-is-plus-zero layers.cu 'make_float4(-0.0f, -0.0f, -0.0f, -0.0f)' 'make_float4(0.0f, 0.0f, 0.0f, 0.0f)'
# noise
try sample-without-carry philox.cuh 'return ((unsigned long long)sampleHi << 32 | sampleLo) + (unsigned)row;' 'return (unsigned long long)sampleHi << 32 | (sampleLo + (unsigned)row);'
try noise-of-first-step shallow_chain.cu 'firstStep + k' 'firstStep'
try wrong-component normal.cuh 'return (i & 2) ? high : low;' 'return (i & 1) ? high : low;'
try slow-consumer shallow_chain.cu 'noise[16 * (k & 7) + lane]' 'noise[16 * (k & 3) + lane]'
exit $unnoticed
