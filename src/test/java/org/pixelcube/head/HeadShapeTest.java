package org.pixelcube.head;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.carrotsearch.randomizedtesting.jupiter.Randomized;
import java.util.Random;
import org.junit.jupiter.api.Test;

@Randomized
class HeadShapeTest {
  private final EggHead egg = new EggHead();
  private final HeadShape head = new HeadShape(egg.skin, egg.landmarks);
  private final HeadShape.Foot foot = new HeadShape.Foot();

  @Test
  void theSkullIsMeasured() {
    assertEquals(EggHead.CX, head.cx, 1e-3);
    assertEquals(EggHead.CZ, head.cz, 1e-3);
    assertEquals((EggHead.RX + EggHead.RZ) / 2, head.radius, 3e-3);
    assertEquals(1, head.scale, 0.02);
  }

  @Test
  void heightsOverAnEllipsoidAreRight(Random random) {
    for (int i = 0; i < 4000; i++) {
      double x = random.nextGaussian();
      double y = random.nextDouble() * 2;
      double z = random.nextGaussian();
      boolean trunk = i % 3 == 0;
      double l = trunk ? Math.hypot(x, z) : Math.sqrt(x * x + y * y + z * z);
      double px = EggHead.RX * x / l;
      double py = trunk ? -0.14 * y : EggHead.RY * y / l;
      double pz = EggHead.RZ * z / l;
      double nx = px / (EggHead.RX * EggHead.RX);
      double ny = trunk ? 0 : py / (EggHead.RY * EggHead.RY);
      double nz = pz / (EggHead.RZ * EggHead.RZ);
      double n = Math.sqrt(nx * nx + ny * ny + nz * nz);
      double h = 0.015 * random.nextDouble() - 0.003;
      head.foot(
          EggHead.CX + px + h * nx / n,
          EggHead.CY + py + h * ny / n,
          EggHead.CZ + pz + h * nz / n,
          foot);
      assertEquals(h, foot.distance, 0.0016, "height at " + px + " " + py + " " + pz);
      double cosine = (foot.nx * nx + foot.ny * ny + foot.nz * nz) / n;
      assertTrue(cosine > 0.97, "normal at " + px + " " + py + " " + pz + ": " + cosine);
      assertEquals(1, foot.nx * foot.nx + foot.ny * foot.ny + foot.nz * foot.nz, 1e-9);
    }
  }

  @Test
  void unrolledCoordinatesMeetAtTheBrow() {
    assertEquals(0, head.azimuth(0, 1), 1e-6);
    assertEquals(Math.PI / 2, head.azimuth(1 + head.cx, head.cz), 1e-9);
    double above = head.meridian(0.05, head.cy + 1e-6, 0);
    double below = head.meridian(0.05, head.cy - 1e-6, 0);
    assertEquals(above, below, 1e-5);
    assertEquals(head.radius * Math.PI / 2, head.meridian(head.cx, head.cy + 0.1, head.cz), 1e-6);
  }
}
