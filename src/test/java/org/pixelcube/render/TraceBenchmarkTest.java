package org.pixelcube.render;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Optional;
import org.junit.jupiter.api.Assumptions;
import org.junit.jupiter.api.Test;

class TraceBenchmarkTest {
  @Test
  void measuresEveryKindOfRay() {
    TriangleMesh mesh = TestMeshes.sphere(1, 60, 30);
    TraceBenchmark.Report report = TraceBenchmark.run(mesh, 1);
    assertEquals(mesh.triangleCount(), report.triangles());
    assertEquals(8, report.measures().size());
    for (TraceBenchmark.Measure m : report.measures()) {
      assertTrue(m.raysPerSecond() > 0);
      assertEquals(m.embreeRaysPerSecond().isPresent(), m.ratio().isPresent());
      if (m.coherent()) {
        // From 7 radii away it covers π / 48 of a picture whose sides are 2 / 6, both at distance
        // 1.
        assertEquals(Math.PI / 48 * 9, m.hitShare(), 0.01);
      } else {
        // π / 6 of the points of its box lie inside, and their rays all meet it.
        assertTrue(m.hitShare() > Math.PI / 6 && m.hitShare() < 0.9, m.toString());
      }
      // Edges seen from the side are all that two ways of computing may see differently.
      assertTrue(m.agreement().orElse(1) > 0.999, m.toString());
    }
  }

  @Test
  void anEmptyMeshHasNothingToMeasure() {
    TraceBenchmark.Report report =
        TraceBenchmark.run(TriangleMesh.smooth(new float[0], new float[0], new int[0]), 1);
    assertEquals(0, report.triangles());
    assertTrue(report.measures().isEmpty());
  }

  @Test
  void embreeGivesBackItsMemory() {
    TriangleMesh mesh = TestMeshes.sphere(1, 200, 100);
    Optional<EmbreePeer> first = EmbreePeer.over(mesh);
    Assumptions.assumeTrue(first.isPresent());
    first.get().close();
    long before = residentBytes();
    Assumptions.assumeTrue(before > 0);
    for (int i = 0; i < 30; i++) {
      EmbreePeer.over(mesh).orElseThrow().close();
    }
    // Each takes several megabytes while it lives.
    long grown = residentBytes() - before;
    assertTrue(grown < 60 << 20, grown + " bytes");
  }

  /** Memory of this process that is in use; 0 where the system does not say. */
  private static long residentBytes() {
    try {
      String sizes = Files.readString(Path.of("/proc/self/statm"));
      int second = sizes.indexOf(' ') + 1;
      return 4096 * Long.parseLong(sizes.substring(second, sizes.indexOf(' ', second)));
    } catch (IOException e) {
      return 0;
    }
  }
}
