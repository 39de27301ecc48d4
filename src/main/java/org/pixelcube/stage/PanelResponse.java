package org.pixelcube.stage;

import java.util.ArrayList;
import java.util.List;
import org.pixelcube.math.LeastSquares;
import org.pixelcube.math.Matrix3;
import org.pixelcube.math.Vector3;

/**
 * What a panel shines for its code values: {@code light = matrix · eotf(code) + black}, in linear
 * Rec.709 as the camera measures it, 1.0 being any common scale.
 *
 * @param matrix columns are the light of red, green and blue at full code
 * @param eotf of red, green, blue
 * @param black light at code 0
 */
public record PanelResponse(Matrix3 matrix, List<MonotoneTable> eotf, Vector3 black) {
  private static final int ROUNDS = 3;

  public PanelResponse {
    eotf = List.copyOf(eotf);
    if (eotf.size() != 3) {
      throw new IllegalArgumentException(eotf.size() + " curves (expected 3)");
    }
  }

  /**
   * A patch as it was shown and measured.
   *
   * @param code red, green, blue from 0 to 1
   * @param light linear Rec.709
   */
  public record Measurement(Vector3 code, Vector3 light) {
    private boolean isGrey() {
      return code.x() == code.y() && code.y() == code.z();
    }
  }

  /**
   * Fits to patches. The grey ones, black and white among them, give each primary's curve through
   * the inverse matrix; all give the matrix through the curves by plain least squares; a few rounds
   * of both.
   *
   * @throws ArithmeticException if there is no black, no grey between, or the primaries cannot be
   *     told apart
   */
  public static PanelResponse fit(List<Measurement> patches) {
    Vector3 black = mean(patches, Vector3.ZERO);
    List<Measurement> greys = new ArrayList<>();
    for (Measurement patch : patches) {
      if (patch.isGrey() && greys.stream().noneMatch(g -> g.code().equals(patch.code()))) {
        greys.add(new Measurement(patch.code(), mean(patches, patch.code()).minus(black)));
      }
    }
    greys.sort((a, b) -> Double.compare(a.code().x(), b.code().x()));
    if (greys.size() < 3 || greys.getLast().code().x() != 1) {
      throw new ArithmeticException("greys from black to white are missing");
    }
    Matrix3 matrix =
        Matrix3.columns(
            mean(patches, new Vector3(1, 0, 0)).minus(black),
            mean(patches, new Vector3(0, 1, 0)).minus(black),
            mean(patches, new Vector3(0, 0, 1)).minus(black));
    List<MonotoneTable> eotf = List.of();
    for (int round = 0; round < ROUNDS; round++) {
      eotf = curves(greys, matrix);
      LeastSquares system = new LeastSquares(3, 3);
      for (Measurement patch : patches) {
        Vector3 d = linear(eotf, patch.code());
        Vector3 m = patch.light().minus(black);
        system.add(new double[] {d.x(), d.y(), d.z()}, new double[] {m.x(), m.y(), m.z()}, 1);
      }
      double[] x = system.solve(0);
      matrix = new Matrix3(x[0], x[3], x[6], x[1], x[4], x[7], x[2], x[5], x[8]);
    }
    return new PanelResponse(matrix, eotf, black);
  }

  private static List<MonotoneTable> curves(List<Measurement> greys, Matrix3 matrix) {
    Matrix3 inverse = matrix.inverse();
    int n = greys.size();
    double[] codes = new double[n];
    double[][] drives = new double[3][n];
    for (int i = 0; i < n; i++) {
      Vector3 d = inverse.apply(greys.get(i).light());
      codes[i] = greys.get(i).code().x();
      drives[0][i] = d.x();
      drives[1][i] = d.y();
      drives[2][i] = d.z();
    }
    return List.of(
        MonotoneTable.fit(codes, drives[0]),
        MonotoneTable.fit(codes, drives[1]),
        MonotoneTable.fit(codes, drives[2]));
  }

  private static Vector3 mean(List<Measurement> patches, Vector3 code) {
    Vector3 sum = Vector3.ZERO;
    int n = 0;
    for (Measurement patch : patches) {
      if (patch.code().equals(code)) {
        sum = sum.plus(patch.light());
        n++;
      }
    }
    if (n == 0) {
      throw new ArithmeticException("no patch of code " + code);
    }
    return sum.times(1.0 / n);
  }

  private static Vector3 linear(List<MonotoneTable> eotf, Vector3 code) {
    return new Vector3(
        eotf.get(0).light(code.x()), eotf.get(1).light(code.y()), eotf.get(2).light(code.z()));
  }

  /** The light of a code. */
  public Vector3 light(Vector3 code) {
    return matrix.apply(linear(eotf, code)).plus(black);
  }

  /** The linear drive of each primary that a light needs; outside [0, 1] it cannot be had. */
  public Vector3 drive(Vector3 light) {
    return matrix.inverse().apply(light.minus(black));
  }

  /** The code for a light, as near as the panel gets by clamping each primary. */
  public Vector3 code(Vector3 light) {
    Vector3 d = drive(light);
    return new Vector3(eotf.get(0).code(d.x()), eotf.get(1).code(d.y()), eotf.get(2).code(d.z()));
  }

  /**
   * The largest scale s at which all colours s · (r, g, b), r, g, b from 0 to 1 in linear Rec.709,
   * need no drive above 1: by the largest sum of a row of the inverse, as OpenVPCal does it.
   */
  public double commonWhite() {
    Matrix3 m = matrix.inverse();
    double most =
        Math.max(
            positive(m.m00(), m.m01(), m.m02()),
            Math.max(positive(m.m10(), m.m11(), m.m12()), positive(m.m20(), m.m21(), m.m22())));
    return 1 / most;
  }

  private static double positive(double a, double b, double c) {
    return Math.max(0, a) + Math.max(0, b) + Math.max(0, c);
  }
}
