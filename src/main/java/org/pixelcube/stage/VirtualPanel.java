package org.pixelcube.stage;

import java.util.random.RandomGenerator;
import org.pixelcube.math.Matrix3;
import org.pixelcube.math.Rotation;
import org.pixelcube.math.Vector3;
import org.pixelcube.render.Pose;

/**
 * A panel as it is, which the rig knows only roughly.
 *
 * @param geometry where it stands; its panel and type are the rig's
 * @param matrix linear Rec.709 light for the linear drive of each primary, 1 being the type's peak
 * @param power of each primary over the type's EOTF; 1 is as the type says
 * @param black light at code 0, of every channel
 */
public record VirtualPanel(PanelGeometry geometry, Matrix3 matrix, Vector3 power, double black) {
  private static final double CROSSTALK = 0.03;
  private static final double POWER = 0.06;

  /** A panel that is as the rig says. */
  public static VirtualPanel exact(PanelGeometry g) {
    double black = g.type().blackNits() / g.type().peakNits();
    return new VirtualPanel(g, g.type().toRec709(), new Vector3(1, 1, 1), black);
  }

  /**
   * A panel that is not quite as the rig says: primaries stronger or weaker and leaking into each
   * other, EOTFs of other powers, another place; all evenly distributed.
   *
   * @param colour most that a primary's strength is off by, for instance 0.2
   * @param metres most that its middle is moved along each axis
   * @param degrees most that it is turned about each axis
   */
  public static VirtualPanel disturbed(
      PanelGeometry g, RandomGenerator random, double colour, double metres, double degrees) {
    double spread = colour > 0 ? 1 : 0;
    double[] m = new double[9];
    for (int i = 0; i < 9; i++) {
      m[i] = i % 4 == 0 ? 1 + even(random, colour) : even(random, spread * CROSSTALK);
    }
    Matrix3 mixed = new Matrix3(m[0], m[1], m[2], m[3], m[4], m[5], m[6], m[7], m[8]);
    Vector3 power = new Vector3(1, 1, 1).plus(vector(random, spread * POWER));
    Pose moved =
        CalibrationSolver.nominal(g)
            .after(
                new Pose(
                    Rotation.aboutVector(vector(random, Math.toRadians(degrees))),
                    vector(random, metres)));
    Vector3 right = moved.rotation().apply(new Vector3(g.right().length(), 0, 0));
    Vector3 up = moved.rotation().apply(new Vector3(0, g.up().length(), 0));
    Vector3 corner = moved.translation().minus(right.plus(up).times(0.5));
    PanelGeometry there =
        new PanelGeometry(g.panel(), g.type(), corner, right, up, right.cross(up).normalized());
    VirtualPanel exact = exact(g);
    return new VirtualPanel(there, exact.matrix.times(mixed), power, exact.black + spread * 5e-4);
  }

  private static double even(RandomGenerator random, double most) {
    return most * (2 * random.nextDouble() - 1);
  }

  private static Vector3 vector(RandomGenerator random, double most) {
    return new Vector3(even(random, most), even(random, most), even(random, most));
  }

  /** The light, straight ahead, of a code from 0 to 1: linear Rec.709, 1 being the type's peak. */
  public Vector3 light(Vector3 code) {
    PanelType type = geometry.type();
    Vector3 drive =
        new Vector3(
            Math.pow(type.eotf().toLinear(code.x(), type.peakNits()), power.x()),
            Math.pow(type.eotf().toLinear(code.y(), type.peakNits()), power.y()),
            Math.pow(type.eotf().toLinear(code.z(), type.peakNits()), power.z()));
    return matrix.apply(drive).plus(new Vector3(black, black, black));
  }
}
