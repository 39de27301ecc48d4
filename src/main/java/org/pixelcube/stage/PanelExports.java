package org.pixelcube.stage;

import java.nio.file.Path;
import java.util.List;
import java.util.function.DoubleUnaryOperator;
import org.pixelcube.color.CieLab;
import org.pixelcube.color.Primaries;
import org.pixelcube.math.Matrix3;
import org.pixelcube.math.Vector3;

/** A panel's correction in the forms that LED processors and colour pipelines read. */
public final class PanelExports {
  private static final int ENTRIES = 1024;

  /** Colours a side that are asked of files read back. */
  private static final int CHECKS = 6;

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

  /**
   * How far files that were written lead from the calibration they were made of.
   *
   * @param commonLut mean CIEDE2000 by the CLF
   * @param cubeLut mean CIEDE2000 by the .cube
   */
  public record Accuracy(double commonLut, double cubeLut) {}

  /**
   * Reads files back and asks them for colours of a grid that lies between their samples.
   *
   * @param nominal EOTF that codes for the .cube are made for
   * @throws org.pixelcube.config.UserError if one cannot be read
   */
  public static Accuracy check(
      Path commonLut,
      Path cubeLut,
      PanelResponse panel,
      double white,
      TransferCurve nominal,
      double peakNits) {
    CommonLut clf = CommonLut.read(commonLut);
    CubeLut cube = CubeLut.read(cubeLut);
    double byClf = 0;
    double byCube = 0;
    int n = CHECKS * CHECKS * CHECKS;
    for (int i = 0; i < n; i++) {
      Vector3 colour =
          new Vector3(
              (i % CHECKS + 0.37) / CHECKS,
              (i / CHECKS % CHECKS + 0.59) / CHECKS,
              (i / CHECKS / CHECKS + 0.43) / CHECKS);
      CieLab wanted = CieLab.ofRgb(colour, Primaries.BT709);
      Vector3 codes =
          new Vector3(
              nominal.fromLinear(colour.x(), peakNits),
              nominal.fromLinear(colour.y(), peakNits),
              nominal.fromLinear(colour.z(), peakNits));
      byClf += wanted.deltaE2000(shown(panel, clf.apply(colour), white)) / n;
      byCube += wanted.deltaE2000(shown(panel, cube.apply(codes), white)) / n;
    }
    return new Accuracy(byClf, byCube);
  }

  private static CieLab shown(PanelResponse panel, Vector3 code, double white) {
    return CieLab.ofRgb(panel.light(code).minus(panel.black()).times(1 / white), Primaries.BT709);
  }
}
