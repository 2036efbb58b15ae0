#!/usr/bin/env bash
# Builds the committed PTX, or says whether it is up to date.
#
#   build-ptx.sh              rebuilds all twelve files: after any change to a .cu or .cuh here, commit what comes out
#   build-ptx.sh --check [name …]      whether they were built from these sources, by their stamps; that reproducible files
#                             have no arithmetic that a driver may fuse or approximate; and, where nvcc is the one of the
#                             stamp, whether it builds the same bytes, of all files (a minute) or of those named, such as
#                             reproducible-tanh; none: of none. Needs bash and sha256sum
#   build-ptx.sh --assemble [file …]   assembles them with ptxas for sm_75, 80, 86 and 90 and prints registers; fails at a spill
#   JOBS=4 build-ptx.sh       so many at once; 2 if not said
#
# One file for each mode and activation. PTX for compute_75 runs on every card since Turing. nvcc 13 states ISA 9.0, which
# takes a driver of CUDA 13; nothing newer than 7.0 (CUDA 11.0, driver 450) is used, which ptxas verifies: it refuses newer
# instructions in a file that states an older ISA. One hint of 8.3 for loads whose bytes are not all used is dropped.
#
# The first line of a file has the SHA-256 of all sources one after another: first *.cu, then *.cuh, each in order of names.
set -euo pipefail
export LC_ALL=C
files=()
if [ "${1:-}" = --assemble ]; then for file in "${@:2}"; do files+=("$(realpath "$file")"); done; fi
cd "$(dirname "$0")"
out=${PTX_OUT:-../resources/score4j/gpu}
isa=7.0
activations=(tanh sigmoid softplus silu gelu relu)
declare -A flags=(
  [reproducible]="-O3 -std=c++17 -arch=compute_75 -fmad=false"
  [fast]="-O3 -std=c++17 -arch=compute_75 -DFAST -ftz=true"
)
hash=$(cat ./*.cu ./*.cuh | sha256sum | cut -d' ' -f1)

stamp() { echo "// sources sha256 $hash"; echo "// nvcc $3 ${flags[$1]} -DACT=$2, ISA version lowered to $isa"; }
version() { nvcc --version | grep -o 'V[0-9.]*$'; }
all() { for mode in reproducible fast; do for i in "${!activations[@]}"; do echo "$mode $i ${activations[$i]}"; done; done; }

one() { # mode, number, name
  local file=$out/$1-$3.ptx raw
  case ${PTX_ONLY:-} in "" | *" $1-$3 "*) ;; *) return ;; esac
  raw=$(mktemp)
  # shellcheck disable=SC2086
  nvcc ${flags[$1]} -DACT="$2" -ptx -o "$raw" kernels.cu
  { stamp "$1" "$2" "$(version)"; sed -E "s/^\.version [0-9.]+/.version $isa/; /^[[:space:]]*\.pragma \"used_bytes_mask/d; /^[[:space:]]*\/\//d; /^$/d" "$raw"; } > "$file.new"
  mv "$file.new" "$file"
  rm "$raw"
}

case ${1:-} in
  "")
    command -v nvcc > /dev/null || { echo "nvcc is not on the path: it comes with the CUDA toolkit" >&2; exit 1; }
    mkdir -p "$out"
    rm -f "$out"/*.ptx "$out"/*.ptx.new
    all | { n=0; while read -r mode i name; do one "$mode" "$i" "$name" & n=$((n + 1)); [ $((n % ${JOBS:-2})) = 0 ] && wait; done; wait; }
    [ -n "${PTX_ONLY:-}" ] || [ "$(find "$out" -name '*.ptx' | wc -l)" = 12 ] || { echo "not all files were built" >&2; exit 1; }
    ;;
  --check)
    while read -r mode i name; do
      file=$out/$mode-$name.ptx
      [ -f "$file" ] || { echo "$file is missing: run build-ptx.sh" >&2; exit 1; }
      built=$(sed -n '2s/^\/\/ nvcc \([^ ]*\) .*/\1/p' "$file")
      [ "$(head -2 "$file")" = "$(stamp "$mode" "$i" "$built")" ] || { echo "$file was not built from these sources: run build-ptx.sh" >&2; exit 1; }
    done < <(all)
    # what a driver may fuse or approximate has no .rn: none of it may be in the reproducible files
    if grep -lE '\.(approx|ftz|full)\b|\b(mul|add|sub|mad|div|sqrt|rcp)\.f(32|64)\b' "$out"/reproducible-*.ptx; then
      echo "these files have arithmetic that is not rounded as IEEE says" >&2; exit 1
    fi
    if ! command -v nvcc > /dev/null; then echo "PTX has the sources' hash; there is no nvcc to rebuild it"; exit 0; fi
    if [ "$(version)" != "$built" ]; then echo "PTX has the sources' hash; nvcc is $(version), not $built, so it is not rebuilt"; exit 0; fi
    # nvcc preprocesses with the host's compiler
    if ! nvcc -arch=compute_75 -ptx -x cu -o /dev/null /dev/null > /dev/null 2>&1; then
      echo "PTX has the sources' hash; nvcc does not work here (it needs a C++ compiler), so it is not rebuilt"; exit 0
    fi
    shift
    [ "$*" = none ] && { echo "PTX has the sources' hash"; exit 0; }
    fresh=$(mktemp -d)
    trap 'rm -r "$fresh"' EXIT
    PTX_OUT=$fresh PTX_ONLY=${*:+ $* } ./build-ptx.sh
    [ -n "$(ls "$fresh")" ] || { echo "there is no $*" >&2; exit 1; }
    for file in "$fresh"/*.ptx; do
      cmp -s "$file" "$out/$(basename "$file")" || { echo "nvcc builds another $(basename "$file") from these sources: run build-ptx.sh" >&2; exit 1; }
    done
    echo "PTX is what nvcc $built builds from these sources${*:+: $*}"
    ;;
  --assemble)
    [ ${#files[@]} -gt 0 ] || files=("$out"/*.ptx)
    for file in "${files[@]}"; do
      for arch in 75 80 86 90; do
        ptxas -v -arch=sm_$arch -o /dev/null "$file" 2>&1 | awk -v head="$(basename "$file" .ptx) sm_$arch:" '
          /Compiling entry/ { split($0, q, "\x27"); name = q[2] }
          /bytes stack frame/ { frame = $0 }
          / error | fatal / { print; bad = 1 }
          /Used [0-9]+ registers/ { match($0, /Used [0-9]+/); line = line " " name " " substr($0, RSTART + 5, RLENGTH - 5)
            if (frame !~ /^ *0 bytes stack frame, 0 bytes spill/) { line = line " SPILLS"; bad = 1 } }
          END { print head line; exit bad }'
      done
    done
    ;;
  *) sed -n '2,/^set/p' "$0" | grep '^#' >&2; exit 2 ;;
esac
