/// Score matching: learn the gradient of a log density from samples, then use it.
///
/// Without `jdk.incubator.vector` the scalar kernels run; `org.jspecify` is for compilers only.
// run.
module score4j.core {
  requires static jdk.incubator.vector;
  requires static org.jspecify;

  exports score4j;
  exports score4j.array;
}
