package org.pixelcube.head;

import org.pixelcube.math.Vector3;
import org.pixelcube.render.Pose;

/**
 * How skin and collar follow head and shoulders: wholly with the head above a slanting plane under
 * jaw and skull, wholly with the shoulders below one through the collar bones, a soft share
 * between. Works on any point at rest, metres, so that every mesh of a person bends alike.
 */
record NeckBend(Plane head, Plane body, double reach) {

  /** A plane that contains the X axis' direction: height = y + slope · z − offset. */
  record Plane(double slope, double offset) {
    static Plane through(Vector3 front, Vector3 back) {
      double slope = -(front.y() - back.y()) / (front.z() - back.z());
      return new Plane(slope, front.y() + slope * front.z());
    }

    double height(double y, double z) {
      return y + slope * z - offset;
    }
  }

  /** The planes through a point at the front and one at the back each. */
  static NeckBend between(
      Vector3 throat, Vector3 skullBase, Vector3 collarBones, Vector3 napeBase) {
    return new NeckBend(
        Plane.through(throat, skullBase), Plane.through(collarBones, napeBase), 0.06);
  }

  /** Share of the head in the motion of a point, 0 to 1. */
  float share(double x, double y, double z) {
    double above = body.height(y, z);
    double under = -head.height(y, z);
    if (under <= 0) {
      return 1;
    }
    if (above <= 0) {
      return 0;
    }
    float share = ExpressionUnits.smoothStep(0, 1, (float) (above / (above + under)));
    // The slope of the shoulders beside the neck stays with the body.
    float aside =
        1 - ExpressionUnits.smoothStep((float) reach, (float) (1.6 * reach), (float) Math.abs(x));
    return share * aside;
  }

  /** The shares of all points of an array of x, y, z. */
  float[] shares(float[] positions) {
    float[] out = new float[positions.length / 3];
    for (int i = 0; i < out.length; i++) {
      out[i] = share(positions[3 * i], positions[3 * i + 1], positions[3 * i + 2]);
    }
    return out;
  }

  /**
   * Bends points.
   *
   * @param positions x, y, z at rest; not changed
   * @param shares of the head, one per point
   * @return x, y, z in the world
   */
  static float[] bend(float[] positions, float[] shares, FramePose frame) {
    float[] h = matrix(frame.head());
    float[] b = matrix(frame.body());
    // The chest rises and widens a little with the breath.
    float breath = (float) frame.breath();
    float[] out = new float[positions.length];
    for (int i = 0; i < shares.length; i++) {
      float w = shares[i];
      float x = positions[3 * i];
      float y = positions[3 * i + 1];
      float z = positions[3 * i + 2];
      float chest = (1 - w) * breath;
      float by = y + 0.0025f * chest;
      float depth = ExpressionUnits.smoothStep(-0.16f, -0.34f, y) * chest;
      float bz = z + 0.004f * depth;
      for (int k = 0; k < 3; k++) {
        int r = 4 * k;
        float ph = h[r] * x + h[r + 1] * y + h[r + 2] * z + h[r + 3];
        float pb = b[r] * x + b[r + 1] * by + b[r + 2] * bz + b[r + 3];
        out[3 * i + k] = pb + w * (ph - pb);
      }
    }
    return out;
  }

  private static float[] matrix(Pose pose) {
    var r = pose.rotation();
    Vector3 t = pose.translation();
    return new float[] {
      (float) r.m00(), (float) r.m01(), (float) r.m02(), (float) t.x(),
      (float) r.m10(), (float) r.m11(), (float) r.m12(), (float) t.y(),
      (float) r.m20(), (float) r.m21(), (float) r.m22(), (float) t.z()
    };
  }
}
