package score4j.bench.report;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/// The counted floors at 236 GFLOP/s, beside the rounded ones of the plan.
class FloorTest {
  // in ms: counted, plan
  @ParameterizedTest
  @CsvSource({
    "W1, 0.670, 0.67",
    "W4-2-exact, 0.230, 0.2",
    "W4-784-exact, 1.64, 1.6",
    "W4-2-m1, 0.232, 0.23",
    "W4-8-m1, 0.247, 0.24",
    "W4-32-m1, 0.307, 0.30",
    "W4-128-m1, 0.547, 0.57",
    "W4-2-m4, 0.559, 0.55",
    "W4-8-m4, 0.594, 0.58",
    "W4-32-m4, 0.734, 0.72",
    "W5a, 0.242, 0.24",
    "W5b, 6.11, 6.1",
    "W6b, 1922, 1900",
    "W7a, 12.6, 13"
  })
  void countedFloorIsThatOfThePlan(String workload, double counted, double plan) {
    double millis = Floor.of(workload).nanos(236) / 1e6;
    assertEquals(counted, millis, 2e-3 * counted, workload);
    // the plan has one or two digits: half a unit of the last is up to 25%, for 0.2
    double tolerance = plan == 0.2 ? 0.25 : 0.05;
    assertEquals(plan, millis, tolerance * plan, workload);
  }

  // where the plan counts otherwise, as the class explains
  @ParameterizedTest
  @CsvSource({
    "W2, 0.544, 0.6",
    "W3, 0.002125, 0.003",
    "W3r, 0.002194, 0.003",
    "W4-8-exact, 0.241, 0.2",
    "W4-32-exact, 0.284, 0.25",
    "W4-128-exact, 0.457, 0.4",
    "W4-784-m1, 2.19, 2.4",
    "W4-128-m4, 1.294, 1.4",
    "W4-784-m4, 5.12, 6",
    "W6a, 2222, 2000",
    "W7b, 195.4, 185"
  })
  void countedFloorDiffers(String workload, double counted, double plan) {
    double millis = Floor.of(workload).nanos(236) / 1e6;
    assertEquals(counted, millis, 2e-3 * counted, workload);
    assertEquals(1, millis / plan, 0.31, workload);
  }

  @Test
  void everyWorkloadHasAGoalAboveItsFloor() {
    assertEquals(25, Floor.workloads().size());
    for (String workload : Floor.workloads()) {
      Floor floor = Floor.of(workload);
      assertTrue(floor.goalNanos(236) > floor.nanos(236), workload);
      assertEquals(floor.goalNanos(), floor.goalNanos(236), 1e-6 * floor.goalNanos(), workload);
      assertTrue(floor.intensity() > 0, workload);
    }
  }
}
