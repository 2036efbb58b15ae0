#!/usr/bin/env bash
# Plants faults in the kernels of tangents and gradients, one at a time, and says whether test_jets notices them.
# A fault goes unnoticed: exit 1. Needs g++ and python3. Arguments: names of faults, all without.
set -u
cd "$(dirname "$0")"
cuda=$PWD/../../main/cuda; work=$(mktemp -d); trap 'rm -r "$work"' EXIT; unnoticed=0; wanted=" $* "
try() { # name, file, cases, old text, new text
  case $wanted in "  "|*" $1 "*) ;; *) return ;; esac
  rm -rf "$work/cuda"; cp -r "$cuda" "$work/cuda"
  python3 - "$work/cuda/$2" "$4" "$5" <<'P' || { echo "$1: the text is not there once"; unnoticed=1; return; }
import sys
path, old, new = sys.argv[1:]
text = open(path).read()
if text.count(old) != 1: sys.exit(1)
open(path, 'w').write(text.replace(old, new))
P
  g++ -x c++ -std=c++17 -O1 -mfma -ffp-contract=off -Wno-unknown-pragmas -I"$work/cuda" -I. test_jets.cpp -o "$work/test" -pthread 2> "$work/log" \
    || { echo "$1: does not compile"; head -3 "$work/log"; unnoticed=1; return; }
  timeout 120 "$work/test" "$3" > "$work/log" 2>&1; rc=$?
  if [ $rc = 0 ]; then echo "$1: NOT NOTICED"; unnoticed=1; else echo "$1: noticed (exit $rc), $(grep -c FAIL "$work/log") lines; $(grep -m1 FAIL "$work/log" | cut -c1-120)"; fi
}
try product-reads-and-writes jet_tile.cuh "2-64-128-64-2 n=65" '  __syncthreads();                               // src has been read
' ''
try load-without-barrier gradient.cu "2-64-128-64-2 n=65" 'tangents, from, slots);
      __syncthreads();
      // forward' 'tangents, from, slots);
      // forward'
try pullback-without-barrier gradient.cu "2-64-128-64-2 n=65" 'part += forms;
          __syncthreads();' 'part += forms;'
try layer-without-barrier gradient.cu "2-64-128-64-2 n=65" '        }
        __syncthreads();
      }
      loss += part;' '        }
      }
      loss += part;'
try loss-tree-without-barrier gradient.cu "2-64-128-64-2 n=65" '      __syncthreads();
      if ((int)threadIdx.x < half)' '      if ((int)threadIdx.x < half)'
try curvature-sign jet_tile.cuh "2-64-128-64-2 n=65" 'fmaf(curvature, sum, slope * bar[at])' 'fmaf(-curvature, sum, slope * bar[at])'
try curvature-sign-by-layers gradient_layers.cu "2-64-128-64-2 n=65" 'fmaf(curvature, sum,' 'fmaf(-curvature, sum,'
try tile-of-the-tail gradient.cu "2-64-128-64-2 n=65" 'tile * particles < n; tile' '(tile + 1) * particles <= n; tile'
try tangents-of-the-tail gradient.cu "2-68-2" 'column.slot < slots && k < tangents && row < n;
      float bar' 'column.slot < slots && row < n;
      float bar'
try columns-of-nobody jet_tile.cuh "2-64-128-64-2 n=65" 'a[at + c] = 0.0f;' 'a[at + c] = a[at];'
try value-in-every-group gradient.cu "2-68-2" 'if (value && g == 0)' 'if (value)'
try trace-of-one gradient.cu "1-17-1" 'scoreBar ? formsBar[trace ? (size_t)row : (size_t)row * tangents + k] : weight' 'scoreBar ? formsBar[row] : 0.5f'
try order-of-lanes jet_tile.cuh "2-64-128-64-2 n=65" 'i == 1 ? 8 : i == 2 ? 4' 'i == 1 ? 4 : i == 2 ? 8'
try outer-beyond jet_tile.cuh "5-128-17-5" 'if (from + rb + 8 * j < others)' 'if (true)'
try dense-without-barrier jet_layers.cu "3-200-129-1" '      }
    }
    __syncthreads();
  }' '      }
    }
  }'
try columns-of-the-tail jet_layers.cu "5-128-17-5" 'for (int c = n * (1 + tangents) + p; c < ld; c += n) a[row + c] = 0.0f;' ''
try span-of-the-tail gradient_layers.cu "6-5-4-3" 'to = min(from + span, ld)' 'to = min(from + span, ld - 4)'
try biases-of-tangents gradient_layers.cu "6-5-4-3" 'to = min(from + span, n)' 'to = min(from + span, ld)'
try weights-without-barrier gradient_layers.cu "2-200-16-2" '        xs[e + 3 * stride] = xn[h].w;
      }
    }
    __syncthreads();' '        xs[e + 3 * stride] = xn[h].w;
      }
    }'
try outer-forgets-a-heap jet_tile.cuh "2-64-128-64-2 n=65" 'old[i - h][j] + acc[i][j]' '(h == 0 ? old[i - h][j] : 0.0f) + acc[i][j]'
try weights-of-the-tail gradient_layers.cu "2-200-16-2" 'o0 + (r & ~31) < out' 'o0 + (r & ~31) + 31 < out'
try dense-of-the-tail jet_layers.cu "2-200-16-2" 'o0 + (r & ~31) < out' 'o0 + (r & ~31) + 31 < out'
try reduce-drops-a-part reduce.cu "6-5-4-3" 'b < parts; b' 'b < parts - 1; b'
exit $unnoticed
