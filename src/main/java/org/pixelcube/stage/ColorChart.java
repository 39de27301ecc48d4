package org.pixelcube.stage;

import java.util.Arrays;
import java.util.List;
import org.pixelcube.color.TransferFunction;
import org.pixelcube.math.LeastSquares;
import org.pixelcube.math.Matrix3;
import org.pixelcube.math.Vector3;

/** The 24 patches of the Macbeth chart (McCamy, Marcus and Davidson 1976), and what it solves. */
public final class ColorChart {
  /** 8-bit sRGB of the patches, row by row, dark skin first, as commonly published. */
  private static final int[] SRGB = {
    0x735244, 0xc29682, 0x627a9d, 0x576c43, 0x8580b1, 0x67bdaa,
    0xd67e2c, 0x505ba6, 0xc15a63, 0x5e3c6c, 0x9dbc40, 0xe0a32e,
    0x383d96, 0x469449, 0xaf363c, 0xe7c71f, 0xbb5695, 0x0885a1,
    0xf3f3f2, 0xc8c8c8, 0xa0a0a0, 0x7a7a79, 0x555555, 0x343434,
  };

  /** Which patch is white. */
  public static final int WHITE = 18;

  private ColorChart() {}

  /** Linear Rec.709 of each patch under its white. */
  public static List<Vector3> linear() {
    return Arrays.stream(SRGB)
        .mapToObj(code ->
            new Vector3(
                TransferFunction.SRGB.toLinear((code >> 16) / 255.0),
                TransferFunction.SRGB.toLinear((code >> 8 & 0xFF) / 255.0),
                TransferFunction.SRGB.toLinear((code & 0xFF) / 255.0)))
        .toList();
  }

  /**
   * The matrix that carries what the camera sees of a chart under the LEDs to what it sees under
   * the light they stand for: least squares over the patches, with one of them, the white, met
   * exactly (Finlayson and Drew 1997). RGB LEDs leave gaps in the spectrum, so skin goes red or
   * green under a white that looks right; this takes back what a matrix can.
   *
   * @param underLeds linear camera colour of each patch, black subtracted
   * @param wanted the same under the wanted light
   * @param weights ≥ 0 of each patch; more for skin
   * @param white the patch that must come out exactly
   * @throws ArithmeticException if the patches do not determine a matrix
   */
  public static Matrix3 matrix(
      List<Vector3> underLeds, List<Vector3> wanted, List<Double> weights, int white) {
    int n = underLeds.size();
    if (wanted.size() != n || weights.size() != n) {
      throw new IllegalArgumentException(
          "%d patches, %d wanted, %d weights".formatted(n, wanted.size(), weights.size()));
    }
    Vector3 w = underLeds.get(white);
    Vector3 t = wanted.get(white);
    if (!(weights.get(white) > 0)) {
      throw new IllegalArgumentException("white has no weight");
    }
    // A fourth right side that is the white alone: it solves to N⁻¹ w, the multiplier's direction.
    LeastSquares system = new LeastSquares(3, 4);
    for (int i = 0; i < n; i++) {
      Vector3 a = underLeds.get(i);
      Vector3 b = wanted.get(i);
      double weight = weights.get(i);
      system.add(
          new double[] {a.x(), a.y(), a.z()},
          new double[] {b.x(), b.y(), b.z(), i == white ? 1 / weight : 0},
          weight);
    }
    double[] x = system.solve(0);
    Vector3 d = new Vector3(x[3], x[7], x[11]);
    Vector3[] rows = new Vector3[3];
    double[] goal = {t.x(), t.y(), t.z()};
    for (int c = 0; c < 3; c++) {
      Vector3 q = new Vector3(x[c], x[4 + c], x[8 + c]);
      rows[c] = q.plus(d.times((goal[c] - q.dot(w)) / d.dot(w)));
    }
    return Matrix3.columns(rows[0], rows[1], rows[2]).transpose();
  }
}
