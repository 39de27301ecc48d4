package org.pixelcube.color;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertSame;
import static org.junit.jupiter.api.Assertions.assertThrows;

import com.carrotsearch.randomizedtesting.jupiter.Randomized;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.pixelcube.math.Matrix3;
import org.pixelcube.math.Vector3;

@Randomized
class ColorTransformTest {
  private static void assertMatrix(Matrix3 m, double tolerance, double... expected) {
    double[] got = {
      m.m00(), m.m01(), m.m02(), m.m10(), m.m11(), m.m12(), m.m20(), m.m21(), m.m22()
    };
    for (int i = 0; i < 9; i++) {
      assertEquals(expected[i], got[i], tolerance, "element " + i);
    }
  }

  @Test
  void rec709ToXyzIsThePublishedMatrix() {
    assertMatrix(
        Primaries.BT709.toXyz(),
        1e-9,
        0.4123907993,
        0.3575843394,
        0.1804807884,
        0.2126390059,
        0.7151686788,
        0.0721923154,
        0.0193308187,
        0.1191947798,
        0.9505321522);
  }

  @Test
  void acesAp1ToXyzIsThePublishedMatrix() {
    assertMatrix(
        Primaries.ACES_AP1.toXyz(),
        1e-9,
        0.6624541811,
        0.1340042065,
        0.1561876870,
        0.2722287168,
        0.6740817658,
        0.0536895174,
        -0.0055746495,
        0.0040607335,
        1.0103391003);
  }

  @Test
  void rec2020LuminanceIsThatOfTheStandard() {
    Vector3 w = ColorSpace.LINEAR_REC2020.luminanceWeights();
    assertEquals(0.2627, w.x(), 5e-5);
    assertEquals(0.6780, w.y(), 5e-5);
    assertEquals(0.0593, w.z(), 5e-5);
  }

  @Test
  void rec709ToRec2020IsThatOfBt2087() {
    assertMatrix(
        ColorTransform.between(ColorSpace.LINEAR_REC709, ColorSpace.LINEAR_REC2020).matrix(),
        5e-5,
        0.6274,
        0.3293,
        0.0433,
        0.0691,
        0.9195,
        0.0114,
        0.0164,
        0.0880,
        0.8956);
  }

  @Test
  void rec709ToAcesCgIsBradfordAdapted() {
    // ACES, Bradford from D65 to the ACES white.
    assertMatrix(
        ColorTransform.between(ColorSpace.LINEAR_REC709, ColorSpace.ACESCG).matrix(),
        1e-7,
        0.61309741,
        0.33952315,
        0.04737945,
        0.07019373,
        0.91635388,
        0.01345240,
        0.02061559,
        0.10956977,
        0.86981463);
  }

  @Test
  void adaptationFromD65ToD50IsTheKnownMatrix() {
    Vector3 d65 = new Vector3(0.95047, 1, 1.08883);
    Vector3 d50 = new Vector3(0.96422, 1, 0.82521);
    assertMatrix(
        ColorTransform.adaptation(d65, d50),
        5e-6,
        1.0478112,
        0.0228866,
        -0.0501270,
        0.0295424,
        0.9904844,
        -0.0170491,
        -0.0092345,
        0.0150436,
        0.7521316);
  }

  @Test
  void whiteStaysWhiteAndTheWayBackUndoes(Random random) {
    for (ColorSpace a : ColorSpace.values()) {
      for (ColorSpace b : ColorSpace.values()) {
        if (a == ColorSpace.DATA || b == ColorSpace.DATA) {
          continue;
        }
        ColorTransform there = ColorTransform.between(a, b);
        Vector3 white = there.apply(new Vector3(1, 1, 1));
        assertEquals(0, white.minus(new Vector3(1, 1, 1)).length(), 1e-12);
        Vector3 c = new Vector3(random.nextDouble(), random.nextDouble(), random.nextDouble());
        Vector3 back = ColorTransform.between(b, a).apply(there.apply(c));
        assertEquals(0, back.minus(c).length(), 1e-12);
      }
    }
  }

  @Test
  void planesGoThroughTheSameMatrix(Random random) {
    int n = 1 + random.nextInt(50);
    float[] in = new float[4 * n];
    for (int i = 0; i < in.length; i++) {
      in[i] = random.nextFloat(-1, 3);
    }
    ColorTransform t = ColorTransform.between(ColorSpace.LINEAR_P3, ColorSpace.LINEAR_REC709);
    float[] out = in.clone();
    t.apply(out, out, n);
    for (int i = 0; i < n; i++) {
      Vector3 e = t.apply(new Vector3(in[i], in[n + i], in[2 * n + i]));
      assertEquals(e.x(), out[i], 1e-5);
      assertEquals(e.y(), out[n + i], 1e-5);
      assertEquals(e.z(), out[2 * n + i], 1e-5);
      assertEquals(in[3 * n + i], out[3 * n + i]);
    }
  }

  @Test
  void dataHasNoColour() {
    assertSame(ColorTransform.IDENTITY, ColorTransform.between(ColorSpace.DATA, ColorSpace.DATA));
    assertThrows(
        IllegalStateException.class,
        () -> ColorTransform.between(ColorSpace.DATA, ColorSpace.ACESCG));
    Primaries line = new Primaries(0.1, 0.1, 0.2, 0.2, 0.3, 0.3, 0.3, 0.3);
    assertThrows(ArithmeticException.class, line::toXyz);
  }
}
