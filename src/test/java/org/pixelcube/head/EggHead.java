package org.pixelcube.head;

import org.pixelcube.render.TriangleMesh;

/**
 * An ellipsoid with landmarks about where a face has them: a head whose inside is known exactly.
 */
final class EggHead {
  static final double CX = 0;
  static final double CY = 0.005;
  static final double CZ = -0.083;
  static final double RX = 0.078;
  static final double RY = 0.112;
  static final double RZ = 0.096;
  private static final double DEPTH = 0.4;

  private static final double[] JAW_X = {
    .074, .073, .069, .066, .057, .043, .031, .015, 0, -.015, -.031, -.043, -.057, -.066, -.069,
    -.073, -.074
  };
  private static final double[] JAW_Y = {
    .002, -.012, -.025, -.036, -.048, -.06, -.07, -.078, -.082, -.078, -.07, -.06, -.048, -.036,
    -.025, -.012, .002
  };
  private static final double[][] REST = {
    {-.058, .018},
    {-.049, .025},
    {-.038, .028},
    {-.024, .027},
    {-.012, .025},
    {.012, .025},
    {.024, .027},
    {.038, .028},
    {.049, .025},
    {.058, .018},
    {0, .003},
    {0, -.008},
    {0, -.018},
    {0, -.028},
    {-.013, -.036},
    {-.006, -.036},
    {0, -.036},
    {.006, -.036},
    {.013, -.036},
    {-.045, 0},
    {-.039, .004},
    {-.028, .005},
    {-.018, -.002},
    {-.027, -.004},
    {-.039, -.004},
    {.018, -.002},
    {.028, .005},
    {.039, .004},
    {.045, 0},
    {.039, -.004},
    {.027, -.004},
    {-.025, -.055},
    {-.017, -.048},
    {-.007, -.045},
    {0, -.045},
    {.007, -.045},
    {.017, -.048},
    {.025, -.055},
    {.018, -.06},
    {.01, -.062},
    {0, -.063},
    {-.01, -.062},
    {-.018, -.06},
    {-.022, -.054},
    {-.01, -.052},
    {0, -.053},
    {.01, -.052},
    {.022, -.054},
    {.011, -.053},
    {0, -.053},
    {-.011, -.053}
  };

  final TriangleMesh skin = mesh(96, 128);
  final float[] landmarks = landmarks();

  /** How far out a point is: 1 on the surface, less inside. */
  static double level(double x, double y, double z) {
    double a = (x - CX) / RX;
    double b = Math.max(0, y - CY) / RY;
    double c = (z - CZ) / RZ;
    return Math.sqrt(a * a + b * b + c * c);
  }

  private static TriangleMesh mesh(int rows, int columns) {
    float[] p = new float[3 * (rows + 1) * (columns + 1)];
    float[] uv = new float[2 * (rows + 1) * (columns + 1)];
    int[] t = new int[6 * rows * columns];
    for (int r = 0; r <= rows; r++) {
      for (int c = 0; c <= columns; c++) {
        double theta = Math.PI * Math.min(2.0 * r / rows, 1) / 2;
        double drop = Math.max(0, 2.0 * r / rows - 1) * DEPTH;
        double phi = 2 * Math.PI * c / columns;
        int v = r * (columns + 1) + c;
        p[3 * v] = (float) (CX + RX * Math.sin(theta) * Math.sin(phi));
        p[3 * v + 1] = (float) (CY + RY * Math.cos(theta) - drop);
        p[3 * v + 2] = (float) (CZ + RZ * Math.sin(theta) * Math.cos(phi));
      }
    }
    for (int r = 0; r < rows; r++) {
      for (int c = 0; c < columns; c++) {
        int a = r * (columns + 1) + c;
        int b = a + columns + 1;
        int i = 6 * (r * columns + c);
        t[i] = a;
        t[i + 1] = b;
        t[i + 2] = b + 1;
        t[i + 3] = a;
        t[i + 4] = b + 1;
        t[i + 5] = a + 1;
      }
    }
    return TriangleMesh.smooth(p, uv, t);
  }

  private static float[] landmarks() {
    float[] out = new float[204];
    for (int i = 0; i < 68; i++) {
      boolean jaw = i < 17;
      double x = jaw ? -JAW_X[i] : REST[i - 17][0];
      double y = jaw ? JAW_Y[i] : REST[i - 17][1];
      double a = (x - CX) / RX;
      double b = Math.max(0, y - CY) / RY;
      out[3 * i] = (float) x;
      out[3 * i + 1] = (float) y;
      out[3 * i + 2] = (float) (CZ + RZ * Math.sqrt(Math.max(0.02, 1 - a * a - b * b)));
    }
    return out;
  }
}
