package score4j.gpu;

import jcuda.driver.CUdeviceptr;

/// A place in the memory of a card, whose number can be read.
final class Address extends CUdeviceptr {
  long value() {
    return getNativePointer();
  }
}
