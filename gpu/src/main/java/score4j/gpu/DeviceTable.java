package score4j.gpu;

import java.util.ArrayList;
import java.util.List;

/// Rows of factors, features and biases on a card, in arrays that grow.
final class DeviceTable implements AutoCloseable {
  private final Session session;
  private final int extras;
  private final List<DeviceArray> arrays = new ArrayList<>();
  private int capacity;

  DeviceTable(Session session, int extras) {
    this.session = session;
    this.extras = extras;
  }

  /// Takes memory for so many rows.
  ///
  /// @param width biases of a row
  void reserve(int count, int width) {
    if (count <= capacity) {
      return;
    }
    close();
    String what = "a table of %,d times".formatted(count);
    try {
      arrays.add(session.allocate(what, (long) count * DeviceNetwork.FACTORS));
      arrays.add(session.allocate(what, Math.max(1, (long) count * extras)));
      arrays.add(session.allocate(what, Math.max(1, (long) count * width)));
      capacity = count;
    } catch (Throwable e) {
      close();
      throw e;
    }
  }

  /// How many bytes so many rows take.
  long bytes(int count, int width) {
    return Float.BYTES
        * ((long) count * DeviceNetwork.FACTORS
            + Math.max(1, (long) count * extras)
            + Math.max(1, (long) count * width));
  }

  /// Copies rows to the card.
  ///
  /// @param perRow whether each row of x has its own
  DeviceNetwork.Table upload(TimeRows rows, boolean perRow) {
    int count = rows.count();
    int width = rows.width();
    reserve(count, width);
    arrays.get(0).upload(rows.factors(), 0, 0, count * DeviceNetwork.FACTORS);
    arrays.get(1).upload(rows.extra(), 0, 0, count * extras);
    arrays.get(2).upload(rows.biases(), 0, 0, count * width);
    return new DeviceNetwork.Table(
        arrays.get(0).pointer(0),
        extras == 0 ? 0 : arrays.get(1).pointer(0),
        width == 0 ? 0 : arrays.get(2).pointer(0),
        perRow);
  }

  @Override
  public void close() {
    arrays.forEach(DeviceArray::close);
    arrays.clear();
    capacity = 0;
  }
}
