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

  /// Copies rows to the card.
  ///
  /// @param perRow whether each row of x has its own
  DeviceNetwork.Table upload(TimeRows rows, boolean perRow) {
    int count = rows.count();
    int width = rows.width();
    if (count > capacity) {
      close();
      String what = "a table of %,d times".formatted(count);
      arrays.add(session.allocate(what, (long) count * DeviceNetwork.FACTORS, -1));
      arrays.add(session.allocate(what, Math.max(1, (long) count * extras), -1));
      arrays.add(session.allocate(what, Math.max(1, (long) count * width), -1));
      capacity = count;
    }
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
