package org.pixelcube.stage;

import java.util.List;
import java.util.function.DoubleUnaryOperator;
import org.pixelcube.math.Matrix3;
import org.pixelcube.math.Vector3;

/** A panel's correction in the forms that LED processors and colour pipelines read. */
public final class PanelExports {
  private static final int ENTRIES = 1024;

  private PanelExports() {}

  /**
   * From linear Rec.709, 1.0 the common white, to the panel's code from 0 to 1. A power straightens
   * the light before the table, whose samples are then dense near black too.
   *
   * @param white light of the common white in the scale of the response
   */
  public static CommonLut commonLut(String id, PanelResponse panel, double white) {
    Matrix3 toDrive = panel.matrix().inverse().times(Matrix3.diagonal(white, white, white));
    double[] power = new double[3];
    double[][] table = new double[ENTRIES][3];
    for (int c = 0; c < 3; c++) {
      MonotoneTable eotf = panel.eotf().get(c);
      power[c] = 1 / eotf.exponent();
      for (int i = 0; i < ENTRIES; i++) {
        table[i][c] = eotf.code(Math.pow(i / (ENTRIES - 1.0), eotf.exponent()));
      }
    }
    return new CommonLut(
        id,
        "Linear Rec.709 to the panel's code; black level not subtracted",
        List.of(
            new CommonLut.MatrixOp(toDrive),
            new CommonLut.PowerOp(power[0], power[1], power[2]),
            new CommonLut.TableOp(table)));
  }

  /**
   * From the code that a panel without faults would get to the code that this one needs.
   *
   * @param nominal EOTF that the codes were made for
   */
  public static CubeLut cubeLut(
      String title, PanelResponse panel, double white, DoubleUnaryOperator nominal, int size) {
    Matrix3 toDrive = panel.matrix().inverse().times(Matrix3.diagonal(white, white, white));
    return CubeLut.of(
        title,
        size,
        code -> {
          Vector3 d =
              toDrive.apply(
                  new Vector3(
                      nominal.applyAsDouble(code.x()),
                      nominal.applyAsDouble(code.y()),
                      nominal.applyAsDouble(code.z())));
          return new Vector3(
              panel.eotf().get(0).code(d.x()),
              panel.eotf().get(1).code(d.y()),
              panel.eotf().get(2).code(d.z()));
        });
  }
}
