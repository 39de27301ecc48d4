package org.pixelcube.head;

import org.pixelcube.math.Vector3;

/**
 * A MakeHuman body at rest in the world: metres, the origin between the eyes, arms let down, facing
 * +Z; and how it follows a pose. Kept by base vertex, helpers included, so that proxies can be
 * fitted to it.
 *
 * @param positions x, y, z of every base vertex
 * @param neck where the head ends and the shoulders begin
 * @param leftEye centre and radius of the person's left eyeball
 * @param rightEye of the right one
 */
record MakeHumanBody(float[] positions, NeckBend neck, Eye leftEye, Eye rightEye) {

  /** An eyeball, metres. */
  record Eye(Vector3 centre, double radius) {}

  /** The 68 points of the Multi-PIE mark-up as base vertices. */
  static final int[] LANDMARKS = {
    859, 866, 997, 998, 741, 743, 921, 5292, 5296, 11898, 7623, 7463, 7461, 7692, 7691, 7571, 7564,
    716, 3745, 896, 5318, 5265, 11873, 11923, 7598, 10413, 7439, 133, 5063, 291, 5054, 360, 314,
    317, 7077, 7121, 24, 0, 54, 63, 47, 41, 6847, 6838, 6784, 6808, 6825, 6831, 402, 410, 456, 455,
    7215, 7170, 7162, 7165, 7235, 492, 480, 405, 416, 470, 474, 7226, 7176, 7237, 494, 482
  };

  /** How far the arms are let down from MakeHuman's own pose. */
  private static final double ARMS_DEGREES = 28;

  /** First of the eight corners of a joint's cube. */
  private static final int LEFT_SHOULDER_JOINT = 14046;

  private static final int NOTCH_OF_THE_COLLAR_BONES = 1522;
  private static final int THROAT = 797;
  private static final int NAPE_ABOVE = 853;
  private static final int NAPE_BELOW = 1496;

  /** Places a shaped body, in decimetres, in the world. */
  static MakeHumanBody of(MakeHuman model, float[] shape) {
    float[] p = shape.clone();
    Eye left = eye(p, model.base().verticesOf("helper-l-eye"));
    Eye right = eye(p, model.base().verticesOf("helper-r-eye"));
    Vector3 origin = left.centre().plus(right.centre()).times(0.5);
    for (int i = 0; i < p.length; i += 3) {
      p[i] = (float) (0.1 * (p[i] - origin.x()));
      p[i + 1] = (float) (0.1 * (p[i + 1] - origin.y()));
      p[i + 2] = (float) (0.1 * (p[i + 2] - origin.z()));
    }
    letArmsDown(p);
    return new MakeHumanBody(
        p,
        NeckBend.between(
            point(p, THROAT), point(p, NAPE_ABOVE),
            point(p, NOTCH_OF_THE_COLLAR_BONES), point(p, NAPE_BELOW)),
        new Eye(left.centre().minus(origin).times(0.1), 0.1 * left.radius()),
        new Eye(right.centre().minus(origin).times(0.1), 0.1 * right.radius()));
  }

  static Vector3 point(float[] p, int vertex) {
    return new Vector3(p[3 * vertex], p[3 * vertex + 1], p[3 * vertex + 2]);
  }

  /** The ball of an eye's helper mesh: its cornea bulges forwards, so the back tells the centre. */
  private static Eye eye(float[] p, int[] vertices) {
    double[] low = {1e9, 1e9, 1e9};
    double[] high = {-1e9, -1e9, -1e9};
    for (int v : vertices) {
      for (int k = 0; k < 3; k++) {
        low[k] = Math.min(low[k], p[3 * v + k]);
        high[k] = Math.max(high[k], p[3 * v + k]);
      }
    }
    double radius = (high[0] - low[0] + high[1] - low[1]) / 4;
    return new Eye(
        new Vector3((low[0] + high[0]) / 2, (low[1] + high[1]) / 2, low[2] + radius), radius);
  }

  private static void letArmsDown(float[] p) {
    double sx = 0;
    double sy = 0;
    for (int i = 0; i < 8; i++) {
      sx += p[3 * (LEFT_SHOULDER_JOINT + i)] / 8;
      sy += p[3 * (LEFT_SHOULDER_JOINT + i) + 1] / 8;
    }
    double wide = sx / 0.1677;
    for (int i = 0; i < p.length; i += 3) {
      double side = p[i] < 0 ? -1 : 1;
      double x = side * p[i] - sx;
      double y = p[i + 1] - sy;
      // Along the shoulder the turn sets in slowly; below the armpit trunk and arm are apart.
      double below = ExpressionUnits.smoothStep(-0.04f, -0.09f, (float) y);
      double from = (-0.045 * (1 - below) - 0.012 * below) * wide;
      double to = (0.03 * (1 - below) + 0.012 * below) * wide;
      from += below * 0.12 * Math.max(0, -y - 0.09);
      to += below * 0.12 * Math.max(0, -y - 0.09);
      double angle =
          -Math.toRadians(ARMS_DEGREES)
              * ExpressionUnits.smoothStep((float) from, (float) to, (float) x);
      double cos = Math.cos(angle);
      double sin = Math.sin(angle);
      p[i] = (float) (side * (sx + cos * x - sin * y));
      p[i + 1] = (float) (sy + sin * x + cos * y);
    }
  }
}
