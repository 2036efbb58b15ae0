package consumer;

import score4j.array.Batch;

/// A stranger's program: uses the library and prints one line, `bits` and a hash of all the
/// numbers.
public final class Consumer {
  private Consumer() {}

  public static void main(String[] args) {
    Batch batch = Batch.of(new float[] {1, 2}, new float[] {3, 4});
    System.out.println("bits " + Integer.toHexString(batch.hashCode()));
  }
}
