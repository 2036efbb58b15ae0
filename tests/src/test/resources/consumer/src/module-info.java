/// A stranger's application.
module consumer {
  requires score4j.core;
}
