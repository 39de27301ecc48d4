package org.pixelcube.math;

import static org.junit.jupiter.api.Assertions.assertEquals;

import com.carrotsearch.randomizedtesting.jupiter.Randomized;
import java.util.Random;
import org.junit.jupiter.api.Test;

@Randomized
class Vector3Test {
  @Test
  void perpendicularMakesAnOrthonormalFrame(Random random) {
    for (int n = 0; n < 200; n++) {
      Vector3 d =
          n == 0
              ? new Vector3(0, 1, 0)
              : n == 1
                  ? new Vector3(0, -1, 0)
                  : new Vector3(random.nextGaussian(), random.nextGaussian(), random.nextGaussian())
                      .normalized();
      Vector3 p = d.perpendicular();
      assertEquals(1, p.length(), 1e-12);
      assertEquals(0, p.dot(d), 1e-12);
      Rotation frame = Rotation.ofAxes(p, d.cross(p), d);
      assertEquals(0, frame.apply(new Vector3(0, 0, 1)).minus(d).length(), 1e-12);
      assertEquals(0, frame.inverse().apply(p).minus(new Vector3(1, 0, 0)).length(), 1e-12);
    }
  }
}
