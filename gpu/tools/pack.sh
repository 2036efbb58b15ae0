#!/usr/bin/env bash
# Packs what a machine with a card and without Java, Maven or a network needs to check and measure the GPU backend:
# a Java runtime, the jars, the tests' classes, the CUDA sources and the scripts. Everything goes to gpu/target/card, which
# git ignores; copy that folder to the machine, and there
#
#   bash card/run.sh check       native tests, compute-sanitizer, JUnit
#   bash card/run.sh bench       times: kernels, score4j on card and processor, PyTorch, JAX
#
# pack.sh [--no-build]           needs a JDK 25 (JAVA_HOME, or where ./score4j looks), Maven, tar and unzip
# Fails if folder and sources together are larger than 64 MiB.
set -euo pipefail
cd "$(dirname "$0")/../.."
card=gpu/target/card
most=$((64 * 1024 * 1024))

fail() { echo "pack: $1" >&2; exit 1; }

# The first JDK 25 or newer, as in ./score4j.
version() { sed -n 's/^JAVA_VERSION="\([0-9]*\).*/\1/p' "$1/release" 2> /dev/null || true; }
find_jdk() {
  local java dir found
  java=$(command -v java || true)
  for dir in "${SCORE4J_JAVA_HOME:-}" "${JAVA_HOME:-}" "${java:+$(dirname "$(dirname "$(readlink -f "$java")")")}" /usr/lib/jvm/* \
    "${HOME:-}"/.sdkman/candidates/java/* "${HOME:-}"/.jdks/* /opt/*jdk* /opt/java/*; do
    if [ -n "$dir" ] && [ -x "$dir/bin/jlink" ]; then
      found=$(version "$dir")
      [ "${found:-0}" -ge 25 ] && { echo "$dir"; return; }
    fi
  done
}
jdk=$(find_jdk)
[ -n "$jdk" ] || fail "no JDK 25 or newer with jlink was found: install one or set JAVA_HOME"
export JAVA_HOME=$jdk

if [ "${1:-}" != --no-build ]; then
  echo "pack: building ..."
  mvn -B -ntp -q -pl gpu,bench -am package -DskipTests
  # what runs the tests, and what they check with, in the versions of the build
  junit=$(sed -n 's/.*<junit.version>\(.*\)<.*/\1/p' pom.xml)
  assertj=$(sed -n 's/.*<artifactId>assertj-core<.*<version>\(.*\)<.*/\1/p' pom.xml)
  rm -rf gpu/target/card-lib
  for jar in "org.junit.platform:junit-platform-console-standalone:$junit" "org.assertj:assertj-core:$assertj"; do
    mvn -B -ntp -q -N org.apache.maven.plugins:maven-dependency-plugin:3.9.0:copy -Dartifact="$jar" -DoutputDirectory="$PWD/gpu/target/card-lib"
  done
fi
for needed in bench/target/benchmarks.jar gpu/target/test-classes gpu/target/card-lib; do
  [ -e "$needed" ] || fail "there is no $needed: run without --no-build"
done

mkdir -p "$card"
find "$card" -mindepth 1 -maxdepth 1 ! -name 'jre-*.tgz' -exec rm -rf {} +
mkdir -p "$card/lib"

# A runtime from the JDK's own image, made once for each: 49 MB, 28 MB packed. Links of its licences stay inside the archive.
id=$("$jdk/bin/java" -version 2>&1 | sha256sum | cut -c1-12)
if [ ! -s "$card/jre-$id.tgz" ]; then
  echo "pack: linking a Java runtime ..."
  rm -f "$card"/jre-*.tgz
  tmp=$(mktemp -d)
  trap 'rm -rf "$tmp"' EXIT
  "$jdk/bin/jlink" --add-modules java.base,java.logging,java.management,java.xml,jdk.incubator.vector,jdk.management,jdk.unsupported \
    --strip-debug --no-header-files --no-man-pages --compress zip-9 --output "$tmp/jre" 2> /dev/null ||
    fail "jlink of $jdk failed"
  tar czf "$card/jre-$id.tgz" -C "$tmp" jre
fi

# benchmarks.jar holds core, gpu, their PTX, JCuda and, of its native libraries, the 0.3 MB of the driver's
cp bench/target/benchmarks.jar gpu/target/card-lib/*.jar "$card/lib/"
cp -r gpu/target/test-classes "$card/classes"
cp -r gpu/src/main/cuda "$card/cuda"
mkdir "$card/native"
cp gpu/src/test/native/*.h gpu/src/test/native/test_*.cpp gpu/src/test/native/time_*.cpp "$card/native/"
cp -r bench/src/main/python "$card/python"
rm -rf "$card/python/__pycache__"
cp gpu/tools/run.sh "$card/"

[ -z "$(find "$card" -type l)" ] || fail "there are links in $card, which may not arrive"
own=$(du -sb "$card" | cut -f1)
tree=0
if git rev-parse --git-dir > /dev/null 2>&1; then
  tree=$(git ls-files -z -co --exclude-standard | xargs -0 -r stat -c %s 2> /dev/null | awk '{ s += $1 } END { print s + 0 }')
fi
awk -v own="$own" -v tree="$tree" -v files="$(find "$card" -type f | wc -l)" 'BEGIN {
  printf "pack: %.1f MiB in %d files in '"$card"', %.1f MiB with all sources; 64 may travel\n", own / 1048576, files, (own + tree) / 1048576 }'
[ $((own + tree)) -le "$most" ] || fail "that is too large"
