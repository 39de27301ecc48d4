package org.pixelcube.head;

import java.util.List;
import org.pixelcube.render.TriangleMesh;

/**
 * The outside of a head as a height field: above the brow a radius by direction from the middle of
 * the skull, below it a radius by azimuth from the vertical axis through that middle, down to the
 * shoulders. Good for keeping hair out of the head and for regions drawn in two coordinates.
 *
 * <p>Unrolled coordinates of a point: its azimuth about the axis (0 in front, π/2 at the subject's
 * left, which is +X), and its height along the meridian in metres: 0 at the brow, the arc length
 * over the skull above it, the drop below it.
 */
final class HeadShape {
  private static final int COLUMNS = 144;
  private static final int ROWS_UP = 44;
  private static final int ROWS_DOWN = 88;
  private static final int ROWS = ROWS_DOWN + ROWS_UP + 1;
  private static final double DEPTH_METRES = 0.33;
  private static final double REACH_METRES = 0.26;
  private static final double STEEPEST = 1.7;

  /** Middle of the skull. */
  final double cx;

  final double cy;
  final double cz;

  /** Mean horizontal radius of the skull, metres. */
  final double radius;

  /** Height of the skull above its middle, metres. */
  final double height;

  /** Size of the face against one whose outer eye corners are 90 mm apart. */
  final double scale;

  private final float[] landmarks;

  // Rows from the bottom up; for each cell the radius and its slopes around and along.
  private final float[] radii = new float[ROWS * COLUMNS];
  private final float[] slopesAround = new float[ROWS * COLUMNS];
  private final float[] slopesAlong = new float[ROWS * COLUMNS];

  /** Where a point is against the surface. Mutable, one per thread. */
  static final class Foot {
    /** Height over the surface, metres; negative inside. */
    double distance;

    /** Unit normal of the surface there. */
    double nx;

    double ny;
    double nz;
  }

  /**
   * @param skin at rest, world metres; parts other than the head, neck and shoulders are left out
   * @param landmarks 68 Multi-PIE points: 204 floats
   */
  HeadShape(TriangleMesh skin, float[] landmarks) {
    this(skin, landmarks, List.of());
  }

  /**
   * @param clothes what lies over the skin below the neck
   */
  HeadShape(TriangleMesh skin, float[] landmarks, List<TriangleMesh> clothes) {
    this.landmarks = landmarks.clone();
    scale = distance(landmarks, 36, 45) / 0.09;
    double browY = 0;
    for (int i = 17; i <= 26; i++) {
      browY += landmarks[3 * i + 1] / 10.0;
    }
    float[] p = skin.positions();
    double x0 = Double.MAX_VALUE;
    double x1 = -Double.MAX_VALUE;
    double z0 = Double.MAX_VALUE;
    double z1 = -Double.MAX_VALUE;
    double top = -Double.MAX_VALUE;
    double low = browY + 0.005 * scale;
    for (int i = 0; i < p.length; i += 3) {
      if (p[i + 1] > low && p[i + 1] < browY + 0.25 * scale && Math.abs(p[i]) < 0.15 * scale) {
        x0 = Math.min(x0, p[i]);
        x1 = Math.max(x1, p[i]);
        z0 = Math.min(z0, p[i + 2]);
        z1 = Math.max(z1, p[i + 2]);
        top = Math.max(top, p[i + 1]);
      }
    }
    if (top == -Double.MAX_VALUE) {
      throw new IllegalArgumentException("the mesh has no vertex above the brows");
    }
    radius = (x1 - x0 + z1 - z0) / 4;
    cx = (x0 + x1) / 2;
    cz = (z0 + z1) / 2;
    height = Math.min(0.95 * radius, top - browY);
    cy = top - height;
    splat(skin, cy + 1);
    for (TriangleMesh cloth : clothes) {
      splat(cloth, cy - 0.1 * scale);
    }
    closeHoles();
    slopes();
  }

  private static double distance(float[] points, int i, int j) {
    double dx = points[3 * i] - points[3 * j];
    double dy = points[3 * i + 1] - points[3 * j + 1];
    double dz = points[3 * i + 2] - points[3 * j + 2];
    return Math.sqrt(dx * dx + dy * dy + dz * dz);
  }

  double landmarkX(int i) {
    return landmarks[3 * i];
  }

  double landmarkY(int i) {
    return landmarks[3 * i + 1];
  }

  double landmarkZ(int i) {
    return landmarks[3 * i + 2];
  }

  /** Azimuth about the axis, radians in −π to π. */
  double azimuth(double x, double z) {
    return Math.atan2(x - cx, z - cz);
  }

  /** Height along the meridian, metres. */
  double meridian(double x, double y, double z) {
    double dy = y - cy;
    return dy <= 0 ? dy : radius * Math.atan2(dy, Math.hypot(x - cx, z - cz));
  }

  private static double row(double dy, double elevation) {
    return dy <= 0
        ? Math.max(0, ROWS_DOWN * (1 + dy / DEPTH_METRES))
        : ROWS_DOWN + elevation * (2 / Math.PI) * ROWS_UP;
  }

  /** Raises the field to a mesh, as far as that lies below a height. */
  private void splat(TriangleMesh mesh, double below) {
    float[] p = mesh.positions();
    int[] t = mesh.triangles();
    for (int i = 0; i < t.length; i += 3) {
      int a = 3 * t[i];
      int b = 3 * t[i + 1];
      int c = 3 * t[i + 2];
      if (Math.abs(p[a] - cx) > REACH_METRES || p[a + 1] < cy - DEPTH_METRES || p[a + 1] > below) {
        continue;
      }
      double edge = Math.max(length(p, a, b), Math.max(length(p, b, c), length(p, c, a)));
      int n = Math.min(40, 1 + (int) (edge / 0.0022));
      for (int j = 0; j <= n; j++) {
        for (int k = 0; k <= n - j; k++) {
          double u = (double) j / n;
          double v = (double) k / n;
          double w = 1 - u - v;
          splat(
              w * p[a] + u * p[b] + v * p[c],
              w * p[a + 1] + u * p[b + 1] + v * p[c + 1],
              w * p[a + 2] + u * p[b + 2] + v * p[c + 2]);
        }
      }
    }
  }

  /** Fills holes between the samples and beyond the mesh: the row above, column by column. */
  private void closeHoles() {
    for (int column = 0; column < COLUMNS; column++) {
      for (int row = ROWS - 2; row >= 0; row--) {
        int cell = row * COLUMNS + column;
        if (radii[cell] == 0) {
          int left = row * COLUMNS + (column + COLUMNS - 1) % COLUMNS;
          int right = row * COLUMNS + (column + 1) % COLUMNS;
          radii[cell] =
              radii[left] > 0 && radii[right] > 0
                  ? (radii[left] + radii[right]) / 2
                  : radii[cell + COLUMNS];
        }
      }
    }
    float pole = 0;
    for (int column = 0; column < COLUMNS; column++) {
      pole = Math.max(pole, radii[(ROWS - 1) * COLUMNS + column]);
    }
    if (pole == 0) {
      pole = (float) height;
    }
    for (int column = 0; column < COLUMNS; column++) {
      radii[(ROWS - 1) * COLUMNS + column] = pole;
      for (int row = ROWS - 2; row >= ROWS_DOWN && radii[row * COLUMNS + column] == 0; row--) {
        radii[row * COLUMNS + column] = pole;
      }
    }
    smooth();
  }

  private static double length(float[] p, int a, int b) {
    double dx = p[a] - p[b];
    double dy = p[a + 1] - p[b + 1];
    double dz = p[a + 2] - p[b + 2];
    return Math.sqrt(dx * dx + dy * dy + dz * dz);
  }

  private void splat(double x, double y, double z) {
    double dx = x - cx;
    double dy = y - cy;
    double dz = z - cz;
    double rho = Math.hypot(dx, dz);
    if (rho > REACH_METRES || dy < -DEPTH_METRES) {
      return;
    }
    double r = dy <= 0 ? rho : Math.hypot(rho, dy);
    int row = Math.min(ROWS - 1, (int) Math.round(row(dy, Math.atan2(dy, rho))));
    int column = Math.floorMod(Math.round(Math.atan2(dx, dz) / (2 * Math.PI) * COLUMNS), COLUMNS);
    int cell = row * COLUMNS + column;
    radii[cell] = Math.max(radii[cell], (float) r);
  }

  /**
   * One pass of a 3 × 3 binomial filter that never sinks below the surface by more than it must.
   */
  private void smooth() {
    float[] old = radii.clone();
    for (int row = 1; row < ROWS - 1; row++) {
      for (int column = 0; column < COLUMNS; column++) {
        int l = (column + COLUMNS - 1) % COLUMNS;
        int r = (column + 1) % COLUMNS;
        double sum = 0;
        for (int k = -1; k <= 1; k++) {
          int base = (row + k) * COLUMNS;
          sum += (2 - Math.abs(k)) * (old[base + l] + 2.0 * old[base + column] + old[base + r]);
        }
        radii[row * COLUMNS + column] = (float) (sum / 16);
      }
    }
  }

  private void slopes() {
    double around = 2 * Math.PI / COLUMNS;
    for (int row = 0; row < ROWS; row++) {
      int below = Math.max(0, row - 1);
      int above = Math.min(ROWS - 1, row + 1);
      for (int column = 0; column < COLUMNS; column++) {
        int cell = row * COLUMNS + column;
        double r = radii[cell];
        double elevation = Math.max(0, (row - ROWS_DOWN) * (Math.PI / 2) / ROWS_UP);
        double ring = Math.max(0.01, r * Math.cos(elevation));
        double dColumn =
            radii[row * COLUMNS + (column + 1) % COLUMNS]
                - radii[row * COLUMNS + (column + COLUMNS - 1) % COLUMNS];
        slopesAround[cell] = (float) Math.clamp(dColumn / (2 * around * ring), -STEEPEST, STEEPEST);
        double step = row < ROWS_DOWN ? DEPTH_METRES / ROWS_DOWN : r * (Math.PI / 2) / ROWS_UP;
        double dRow = radii[above * COLUMNS + column] - radii[below * COLUMNS + column];
        slopesAlong[cell] =
            (float) Math.clamp(dRow / ((above - below) * step), -STEEPEST, STEEPEST);
      }
    }
  }

  /** Finds how far a point is from the surface, and the surface's normal under it. */
  void foot(double x, double y, double z, Foot out) {
    double dx = x - cx;
    double dy = y - cy;
    double dz = z - cz;
    double rho = Math.max(1e-6, Math.sqrt(dx * dx + dz * dz));
    double column = Math.atan2(dx, dz) / (2 * Math.PI) * COLUMNS;
    if (column < 0) {
      column += COLUMNS;
    }
    double row = Math.min(ROWS - 1.001, dy <= 0 ? row(dy, 0) : row(dy, Math.atan2(dy, rho)));
    int c0 = (int) column;
    double fc = column - c0;
    c0 %= COLUMNS;
    int c1 = (c0 + 1) % COLUMNS;
    int r0 = (int) row;
    double fr = row - r0;
    int a = r0 * COLUMNS;
    int b = a + COLUMNS;
    double w00 = (1 - fr) * (1 - fc);
    double w01 = (1 - fr) * fc;
    double w10 = fr * (1 - fc);
    double w11 = fr * fc;
    double r =
        w00 * radii[a + c0] + w01 * radii[a + c1] + w10 * radii[b + c0] + w11 * radii[b + c1];
    double sa =
        w00 * slopesAround[a + c0]
            + w01 * slopesAround[a + c1]
            + w10 * slopesAround[b + c0]
            + w11 * slopesAround[b + c1];
    double sl =
        w00 * slopesAlong[a + c0]
            + w01 * slopesAlong[a + c1]
            + w10 * slopesAlong[b + c0]
            + w11 * slopesAlong[b + c1];
    double hx = dx / rho;
    double hz = dz / rho;
    // Unit vectors outwards, around and up the meridian.
    double ex = hx;
    double ey = 0;
    double ez = hz;
    double ux = 0;
    double uy = 1;
    double uz = 0;
    double length = rho;
    if (dy > 0) {
      length = Math.sqrt(rho * rho + dy * dy);
      double cos = rho / length;
      double sin = dy / length;
      ex = hx * cos;
      ey = sin;
      ez = hz * cos;
      ux = -hx * sin;
      uy = cos;
      uz = -hz * sin;
    }
    double norm = 1 / Math.sqrt(1 + sa * sa + sl * sl);
    out.distance = (length - r) * norm;
    out.nx = (ex - sa * hz - sl * ux) * norm;
    out.ny = (ey - sl * uy) * norm;
    out.nz = (ez + sa * hx - sl * uz) * norm;
  }
}
