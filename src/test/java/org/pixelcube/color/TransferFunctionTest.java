package org.pixelcube.color;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import com.carrotsearch.randomizedtesting.jupiter.Randomized;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.EnumSource;

@Randomized
class TransferFunctionTest {
  @ParameterizedTest
  @CsvSource({
    // IEC 61966-2-1: the knee, and middle grey.
    "SRGB, 0.04045, 0.0031308, 1e-7",
    "SRGB, 0.5, 0.21404114, 1e-8",
    "BT1886, 0.5, 0.18946457, 1e-8",
    "GAMMA22, 0.5, 0.21763764, 1e-8",
    "GAMMA28, 0.5, 0.14358729, 1e-8",
    "LINEAR, 0.5, 0.5, 0",
    // ST 2084: signals of 1, 100, 203, 1000 and 10000 cd/m², light in units of 203.
    "PQ, 0.149946, 0.0049261, 1e-7",
    "PQ, 0.508078, 0.4926108, 1e-5",
    "PQ, 0.580689, 1.0, 1e-5",
    "PQ, 0.751827, 4.9261084, 5e-5",
    "PQ, 1, 49.2610837, 1e-6",
    // BT.2100: 1/12 and 1 of scene light over that of the signal 0.75.
    "HLG, 0.5, 0.3145098, 1e-6",
    "HLG, 0.75, 1, 1e-12",
    "HLG, 1, 3.7741180, 1e-5",
  })
  void curvesMeetThePublishedValues(
      TransferFunction curve, double encoded, double linear, double tolerance) {
    assertEquals(linear, curve.toLinear(encoded), tolerance);
  }

  @Test
  void hlgWhiteIs203OfA1000NitDisplay() {
    float[] peak = {3.774118f, 3.774118f, 3.774118f};
    HlgOotf.toDisplay(peak, 1, Primaries.BT2020);
    assertEquals(1000 / TransferFunction.REFERENCE_WHITE_NITS, peak[0], 0.005);
    float[] white = {1, 1, 1};
    HlgOotf.toDisplay(white, 1, Primaries.BT2020);
    assertArrayEquals(new float[] {1, 1, 1}, white, 1e-6f);
  }

  @Test
  void hlgTransferKeepsTheRatiosOfTheChannels() {
    float[] red = {2, 0.5f, 0};
    HlgOotf.toDisplay(red, 1, Primaries.BT2020);
    double y = 0.2627 * 2 + 0.6780 * 0.5;
    assertEquals(2 * Math.pow(y, 0.2), red[0], 1e-4);
    assertEquals(0.25 * red[0], red[1], 1e-6);
    assertEquals(0, red[2]);
  }

  @ParameterizedTest
  @EnumSource
  void inverseUndoes(TransferFunction curve, Random random) {
    for (int i = 0; i < 1000; i++) {
      double v = random.nextDouble();
      assertEquals(v, curve.fromLinear(curve.toLinear(v)), 1e-7, () -> curve + " at " + v);
      if (curve != TransferFunction.PQ) {
        assertEquals(-1.4 * v, curve.fromLinear(curve.toLinear(-1.4 * v)), 1e-7);
      }
    }
  }

  @ParameterizedTest
  @EnumSource
  void allCodesComeBack(TransferFunction curve) {
    for (int bits : new int[] {1, 2, 8, 10, 12, 16}) {
      int n = 1 << bits;
      int[] codes = new int[n];
      for (int i = 0; i < n; i++) {
        codes[i] = i;
      }
      float[] linear = new float[n];
      curve.decode(codes, 0, bits, linear, 0, n);
      int[] back = new int[n];
      curve.encode(linear, 0, bits, back, 0, n);
      assertArrayEquals(codes, back);
      short[] shorts = new short[n];
      curve.encode(linear, 0, bits, shorts, 0, n);
      float[] again = new float[n];
      curve.decode(shorts, 0, bits, again, 0, n);
      assertArrayEquals(linear, again);
    }
  }

  @ParameterizedTest
  @EnumSource
  void tableRoundsAsTheFormula(TransferFunction curve, Random random) {
    for (int bits : new int[] {8, 10, 16}) {
      int max = (1 << bits) - 1;
      float[] light = new float[5000];
      for (int i = 0; i < light.length; i++) {
        light[i] = (float) (curve.toLinear(random.nextDouble()) * (1 + 0.1 * random.nextDouble()));
      }
      int[] codes = new int[light.length];
      curve.encode(light, 0, bits, codes, 0, codes.length);
      for (int i = 0; i < light.length; i++) {
        double exact = Math.clamp(curve.fromLinear(light[i]), 0, 1) * max;
        // Half a code, and what the published constants of sRGB leave open at the knee.
        assertEquals(exact, codes[i], 0.5 + 1e-3);
      }
    }
  }

  @ParameterizedTest
  @EnumSource
  void oddSamplesAreClamped(TransferFunction curve) {
    float[] odd = {
      Float.NaN, -1, Float.NEGATIVE_INFINITY, -0f, 1e9f, Float.POSITIVE_INFINITY, Float.MIN_VALUE
    };
    byte[] bytes = new byte[odd.length];
    curve.encode(odd, 0, bytes, 0, odd.length);
    assertArrayEquals(new byte[] {0, 0, 0, 0, -1, -1, 0}, bytes);
    short[] shorts = new short[odd.length];
    curve.encode(odd, 0, 16, shorts, 0, odd.length);
    assertArrayEquals(new short[] {0, 0, 0, 0, -1, -1, 0}, shorts);
  }

  @Test
  void rgbOfHlgComesBack(Random random) {
    int n = 500;
    short[] codes = new short[3 * n];
    for (int i = 0; i < codes.length; i++) {
      codes[i] = (short) random.nextInt(1024);
    }
    float[] linear = new float[3 * n];
    TransferFunction.HLG.decodeRgb(codes, 10, linear, n, Primaries.BT2020);
    float[] before = linear.clone();
    short[] back = new short[3 * n];
    TransferFunction.HLG.encodeRgb(linear, 10, back, n, Primaries.BT2020);
    assertArrayEquals(codes, back);
    assertArrayEquals(before, linear);
  }

  @Test
  void offsetsAreHonoured() {
    byte[] codes = {9, 0, (byte) 255, 9};
    float[] linear = {-5, -5, -5, -5, -5};
    TransferFunction.SRGB.decode(codes, 1, linear, 2, 2);
    assertArrayEquals(new float[] {-5, -5, 0, 1, -5}, linear);
    byte[] back = {1, 1, 1};
    TransferFunction.SRGB.encode(linear, 3, back, 1, 1);
    assertArrayEquals(new byte[] {1, -1, 1}, back);
    assertThrows(IllegalArgumentException.class, () -> TransferFunction.SRGB.decodeTable(17));
  }
}
