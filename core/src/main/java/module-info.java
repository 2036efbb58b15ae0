/// Score matching: learn the gradient of a log density from samples, then use it.
///
/// All requirements are optional: without `jdk.incubator.vector` the scalar kernels run,
/// `jdk.management` tells what the JVM can do, and `org.jspecify` is for compilers only.
module score4j.core {
  requires static jdk.incubator.vector;
  requires static jdk.management;
  requires static org.jspecify;

  exports score4j;
  exports score4j.array;
  exports score4j.autodiff;
  exports score4j.backend;
  exports score4j.data;
  exports score4j.dist;
  exports score4j.inverse;
  exports score4j.io;
  exports score4j.likelihood;
  exports score4j.metric;
  exports score4j.nn;
  exports score4j.objective;
  exports score4j.optim;
  exports score4j.process;
  exports score4j.rng;
  exports score4j.sample;
  exports score4j.solve;
  exports score4j.train;

  uses score4j.backend.BackendProvider;
}
