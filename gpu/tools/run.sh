#!/usr/bin/env bash
# Checks and measures the GPU backend on the machine with the card; pack.sh puts it, and what it needs, into one folder.
#
#   bash card/run.sh check          = build native sanitizer junit
#   bash card/run.sh bench          = build-times kernels card peers processor table
#   bash card/run.sh STEP …         these steps; `sass` writes the machine code of the kernels, too
#
# Each of the two ends within 600 s (LIMIT): a step gets what is left at most, and what was finished is kept. Results go to
# $OUT (card-out if not set): summary.txt, log.txt, results.md, results.tar.gz with all JSON, junit.xml, sass.txt.gz.
# What had no time is had by a call of its own, such as `run.sh processor table`.
# SMALL=1 makes everything small, to see that it runs. Exit status 1 if a check failed.
set -uo pipefail
here=$(cd "$(dirname "$0")" && pwd)
OUT=${OUT:-$PWD/card-out}
LIMIT=${LIMIT:-570}
work=${TMPDIR:-/tmp}/score4j-card-$(id -u)
mkdir -p "$OUT" "$work/json"
log=$OUT/log.txt
: >> "$log"
bad=0

say() { echo "== $*" | tee -a "$log"; }
note() { echo "-- $*" | tee -a "$log" "$OUT/summary.txt"; }
left() { echo $((LIMIT - SECONDS)); }
# NAME SECONDS COMMAND…: runs it and notes how it went. Past its time it is ended.
part() {
  local name=$1 most=$2 begin=$SECONDS rc
  shift 2
  [ "$(left)" -lt "$most" ] && most=$(left)
  if [ "$most" -lt 5 ]; then note "$name: left out, no time"; return 1; fi
  say "$name"
  timeout -k 5 "$most" "$@" >> "$log" 2>&1
  rc=$?
  local how=ok
  [ $rc = 0 ] || how="exit $rc: $(grep -v '^[[:space:]]*$' "$log" | tail -n 1 | cut -c1-160)"
  [ $rc != 124 ] || how="ended, its time was over"
  note "$name, $((SECONDS - begin)) s: $how"
  return $rc
}
check() { part "$@" || bad=1; }
need() { command -v "$1" > /dev/null || { note "$2: left out, there is no $1"; return 1; }; }

java() {
  local packed home
  packed=$(echo "$here"/jre-*.tgz)
  home=$work/$(basename "$packed" .tgz)
  if [ ! -x "$home/jre/bin/java" ]; then mkdir -p "$home" && tar xzf "$packed" -C "$home" || exit 1; fi
  printf '%s' "$home/jre/bin/java"
}
jvm=(--add-modules jdk.incubator.vector --enable-native-access=ALL-UNNAMED --sun-misc-unsafe-memory-access=allow)

machine() {
  {
    date -u '+%F %R UTC'
    nvidia-smi --query-gpu=name,driver_version,memory.total,clocks.sm,clocks.max.sm,compute_cap --format=csv 2> /dev/null || echo "no nvidia-smi"
    nvcc --version 2> /dev/null | tail -n 2
    "$(java)" -version
    grep -m1 'model name' /proc/cpuinfo
    echo "$(nproc) processors"
  } 2>&1 | tee -a "$log" > "$work/machine.txt"
}

# NAME SOURCE ACT FAST: an executable of nvcc
compile() {
  local flags=-fmad=false
  [ "$4" = 1 ] && flags="-DFAST -ftz=true"
  # shellcheck disable=SC2086
  nvcc -x cu -std=c++17 -O3 -arch=native $flags -DACT="$3" -Xptxas -v -I "$here/cuda" -I "$here/native" "$here/native/$2.cpp" \
    -o "$work/$1" > "$work/$1.log" 2>&1 || { echo "$1 was not built:"; grep -v '^ptxas info' "$work/$1.log" | head -20; return 1; }
  awk -v name="$1" '/Compiling entry/ { split($0, q, "\x27"); entry = q[2] }
    /bytes stack frame/ && !/ 0 bytes stack frame, 0 bytes spill stores, 0 bytes spill loads/ { print name, entry, $0 }' "$work/$1.log"
}
compile_all() { # lines of arguments of compile, as many at once as there are processors
  local pids=() failed=0 line pid
  while read -r line; do
    # shellcheck disable=SC2086
    compile $line &
    pids+=($!)
    while [ "$(jobs -rp | wc -l)" -ge "$(nproc)" ]; do sleep 0.2; done
  done
  for pid in "${pids[@]}"; do wait "$pid" || failed=1; done
  return $failed
}
tests() {
  local test act fast
  for fast in 0 1; do for act in 0 1 2 3 4 5; do for test in test_kernels test_jets; do
    echo "$test-$act-$fast $test $act $fast"
  done; done; done
}
native_all() { # each prints what it compared
  local failed=0 name rest
  while read -r name rest; do
    echo "$name:"
    "$work/$name" || { echo "$name: exit $?"; failed=1; }
  done < <(tests)
  return $failed
}
sanitize() {
  compute-sanitizer --tool "$1" --error-exitcode 9 "$work/test_kernels-0-0" quick && compute-sanitizer --tool "$1" --error-exitcode 9 "$work/test_jets-0-0"
}
export -f compile compile_all tests native_all sanitize
export here work

# NAME SECONDS PARAMETERS…: some benchmarks by JMH, as JSON
jmh() {
  local name=$1 most=$2
  shift 2
  part "JMH $name" "$most" "$(java)" "${jvm[@]}" -Dscore4j.kernels=vector -jar "$here/lib/benchmarks.jar" "$@" -p kernels=vector \
    -wi 3 -i 3 -w "${ROUND:-250ms}" -r "${ROUND:-250ms}" -foe true -rf json -rff "$work/json/$name.json" || { rm -f "$work/json/$name.json"; return 1; }
  [ -s "$work/json/$name.json" ] || { note "JMH $name: nothing was measured, as log.txt says"; return 1; }
}
if [ "${SMALL:-0}" = 1 ]; then
  ROUND=20ms
  few=1,100 wide=10 chains=10 loss=64 long=64 steps=4 small=small
else
  few=1,10,100,1000,10000,100000,1000000 wide=1,100,1000,10000,65536 chains=1,100,1000,10000,100000
  loss=1024,4096,16384,65536 long=10000,100000 steps=1000 small=
fi

step() {
  case $1 in
    build) need nvcc build && check "build of the native tests" 220 bash -c 'tests | compile_all' ;;
    native) need nvcc native && check "kernels against double precision and the processor's bits" 120 bash -c native_all ;;
    sanitizer)
      need compute-sanitizer sanitizer || return
      local tool pids=()
      for tool in memcheck racecheck initcheck synccheck; do
        part "compute-sanitizer $tool" 200 bash -c "sanitize $tool > $work/$tool.log 2>&1; rc=\$?; tail -n 12 $work/$tool.log; exit \$rc" &
        pids+=($!)
      done
      for tool in "${pids[@]}"; do wait "$tool" || bad=1; done
      ;;
    junit)
      rm -rf "$work/junit"
      check "JUnit, tag gpu" 200 "$(java)" "${jvm[@]}" -Dscore4j.require=gpu -cp "$here/classes:$(printf '%s:' "$here"/lib/*.jar)" \
        org.junit.platform.console.ConsoleLauncher execute --scan-classpath "$here/classes" --include-tag gpu --fail-if-no-tests \
        --disable-banner --disable-ansi-colors --details tree --reports-dir "$work/junit"
      cp "$work/junit/TEST-junit-jupiter.xml" "$OUT/junit.xml" 2> /dev/null
      ;;
    build-times)
      need nvcc build-times && check "build of the timing programs" 120 bash -c \
        'printf "%s\n" "time-0-0 time_kernels 0 0" "time-2-0 time_kernels 2 0" "time-0-1 time_kernels 0 1" "time-2-1 time_kernels 2 1" | compile_all'
      ;;
    kernels)
      [ -x "$work/time-0-0" ] || { note "kernels: left out, build-times did not build them"; bad=1; }
      for one in 0-0 2-0 0-1 2-1; do
        [ -x "$work/time-$one" ] && part "kernels by events, $one" 40 "$work/time-$one" "$work/json/kernels-$one.json" $small
      done
      [ -x "$work/test_jets-0-0" ] && part "kernels of gradients by events" 30 "$work/test_jets-0-0" speed
      ;;
    card) # in one process: what is timed is the card
      jmh card-score 110 BackendScoreBench -f 0 -p backend=gpu -p "batch=$few" -p network=2-64-128-64-2,1-1024-1 || bad=1
      jmh card-wide 40 BackendScoreBench -f 0 -p backend=gpu -p "batch=$wide" -p network=64-512-512-64 || bad=1
      jmh card-loss 60 BackendLossBench -f 0 -p backend=gpu,gpu-fast -p "batch=$loss" -p network=2-64-128-64-2 || bad=1
      jmh card-chain 60 BackendChainBench -f 0 -p backend=gpu -p "batch=$chains" || bad=1
      jmh card-long 60 BackendChainBench -f 0 -p backend=gpu,gpu-fast -p "batch=$long" -p "steps=$steps" -e chains || bad=1
      ;;
    peers)
      for one in torch jax; do
        need python3 "$one" && part "$one" 110 python3 "$here/python/${one}_card.py" --out "$work/json/$one.json" ${small:+--device cpu --small}
      done
      ;;
    processor) # what matters most first, as time may run out
      jmh processor-loss 60 BackendLossBench -f 1 -p backend=cpu -p threads=2 -p "batch=$loss" -p network=2-64-128-64-2
      jmh processor-score 90 BackendScoreBench -f 1 -p backend=cpu -p threads=1,2 -p "batch=$few" -p network=2-64-128-64-2 -e resident
      jmh processor-chain 90 BackendChainBench -f 1 -p backend=cpu -p threads=2 -p "batch=$chains" -p network=2-64-128-64-2 -e resident
      jmh processor-wide 60 BackendScoreBench -f 1 -p backend=cpu -p threads=2 -p "batch=$wide" -p network=64-512-512-64 -e resident
      jmh processor-steps 90 BackendChainBench -f 1 -p backend=cpu -p threads=2 -p "batch=$chains" -p network=1-1024-1 -e resident
      jmh processor-shallow 90 BackendScoreBench -f 1 -p backend=cpu -p threads=2 -p "batch=$few" -p network=1-1024-1 -e resident
      ;;
    table)
      if ls "$work"/json/*.json > /dev/null 2>&1; then
        { echo "# Times"; echo; echo '```'; cat "$work/machine.txt"; echo '```'
          "$(java)" -Dstdout.encoding=UTF-8 -jar "$here/lib/benchmarks.jar" card "$work"/json/*.json; } > "$OUT/results.md" 2>> "$log" || bad=1
        tar czf "$OUT/results.tar.gz" -C "$work" json
        cat "$OUT/results.md"
      else
        note "table: left out, nothing was measured"
      fi
      ;;
    sass)
      need cuobjdump sass && for one in "$work"/time-0-0; do [ -x "$one" ] && cuobjdump --dump-sass "$one" 2>> "$log" | gzip -9 > "$OUT/sass.txt.gz"; done
      ;;
    *) echo "run.sh: there is no step $1; steps are check, bench, or of those" >&2; exit 2 ;;
  esac
}

[ $# -gt 0 ] || { sed -n '2,/^set/p' "$0" | grep '^#' >&2; exit 2; }
: > "$OUT/summary.txt"
machine
for asked in "$@"; do
  case $asked in
    check) steps_of="build native sanitizer junit" ;;
    bench)
      rm -f "$work"/json/*
      steps_of="build-times kernels card peers processor table sass"
      ;;
    *) steps_of=$asked ;;
  esac
  for one_step in $steps_of; do step "$one_step"; done
done
echo
cat "$OUT/summary.txt"
exit $bad
