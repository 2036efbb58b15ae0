package score4j.tests;

import score4j.internal.kernel.KernelChoice;

/// Prints which kernels this virtual machine runs.
final class KernelNameProgram {
  private KernelNameProgram() {}

  public static void main(String[] args) {
    System.out.println(KernelChoice.kernels().name());
  }
}
