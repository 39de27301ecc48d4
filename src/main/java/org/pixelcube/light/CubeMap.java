package org.pixelcube.light;

import java.util.EnumMap;
import java.util.Map;
import org.pixelcube.image.Image;
import org.pixelcube.math.Vector3;

/**
 * An environment on the six faces of a cube about the subject, linear Rec.709 radiance.
 *
 * <p>Faces in the order +X, −X, +Y, −Y, +Z, −Z, each {@code (3, n, n)} as seen from the middle of
 * the cube: the four walls upright with +Y up, ceiling (+Y) and floor (−Y) joined to the −Z wall
 * (the bottom edge of the ceiling and the top edge of the floor touch it). On a wall the columns
 * run to the viewer's right: +Z on +X, −Z on −X, −X on +Z, +X on −Z; +X on ceiling and floor.
 */
public final class CubeMap {
  /** A face, with its outward axis and the axes its columns and rows run along. */
  @SuppressWarnings("ImmutableEnumChecker") // a Vector3 is a record of doubles
  public enum Face {
    POSITIVE_X(new Vector3(1, 0, 0), new Vector3(0, 0, 1), new Vector3(0, -1, 0)),
    NEGATIVE_X(new Vector3(-1, 0, 0), new Vector3(0, 0, -1), new Vector3(0, -1, 0)),
    POSITIVE_Y(new Vector3(0, 1, 0), new Vector3(1, 0, 0), new Vector3(0, 0, -1)),
    NEGATIVE_Y(new Vector3(0, -1, 0), new Vector3(1, 0, 0), new Vector3(0, 0, 1)),
    POSITIVE_Z(new Vector3(0, 0, 1), new Vector3(-1, 0, 0), new Vector3(0, -1, 0)),
    NEGATIVE_Z(new Vector3(0, 0, -1), new Vector3(1, 0, 0), new Vector3(0, -1, 0));

    private final Vector3 axis;
    private final Vector3 columns;
    private final Vector3 rows;

    Face(Vector3 axis, Vector3 columns, Vector3 rows) {
      this.axis = axis;
      this.columns = columns;
      this.rows = rows;
    }

    /** Unit direction of the place (s, t) of this face, both in [−1, 1], s right and t down. */
    public Vector3 direction(double s, double t) {
      return axis.plus(columns.times(s)).plus(rows.times(t)).normalized();
    }

    /** Unit vector from the middle of the cube to that of the face. */
    public Vector3 axis() {
      return axis;
    }

    /** Unit vector along a row, to the viewer's right. */
    public Vector3 columns() {
      return columns;
    }

    /** Unit vector along a column, downwards. */
    public Vector3 rows() {
      return rows;
    }

    /** The face a direction passes through. */
    public static Face of(Vector3 d) {
      double ax = Math.abs(d.x());
      double ay = Math.abs(d.y());
      double az = Math.abs(d.z());
      if (ax >= ay && ax >= az) {
        return d.x() >= 0 ? POSITIVE_X : NEGATIVE_X;
      }
      if (ay >= az) {
        return d.y() >= 0 ? POSITIVE_Y : NEGATIVE_Y;
      }
      return d.z() >= 0 ? POSITIVE_Z : NEGATIVE_Z;
    }
  }

  private static final int SUBSAMPLES = 4;

  private final int size;
  private final Map<Face, Image> faces;

  private CubeMap(int size, Map<Face, Image> faces) {
    this.size = size;
    this.faces = faces;
  }

  /**
   * Resamples a map: 4×4 samples in each texel, weighted by their solid angle, then one factor per
   * channel so that Σ L·Ω is that of the map.
   *
   * @param n texels along a side, ≥ 1
   */
  public static CubeMap of(EnvironmentMap map, int n) {
    if (n < 1) {
      throw new IllegalArgumentException("cube face of %d texels (expected ≥ 1)".formatted(n));
    }
    // Detail finer than the samples would be missed: gather it first, exactly.
    EnvironmentMap source = map.downsampled(4 * n * SUBSAMPLES, 2 * n * SUBSAMPLES);
    int fine = n * SUBSAMPLES;
    float[] dx = new float[fine];
    float[] dy = new float[fine];
    float[] dz = new float[fine];
    float[] line = new float[3 * fine];
    double[][] samples = new double[6][3 * n * n];
    double[] texels = new double[n * n];
    Face[] all = Face.values();
    for (int f = 0; f < 6; f++) {
      for (int j = 0; j < fine; j++) {
        double t = 2 * (j + 0.5) / fine - 1;
        for (int i = 0; i < fine; i++) {
          Vector3 d = all[f].direction(2 * (i + 0.5) / fine - 1, t);
          dx[i] = (float) d.x();
          dy[i] = (float) d.y();
          dz[i] = (float) d.z();
        }
        source.radiance(dx, dy, dz, line);
        for (int i = 0; i < fine; i++) {
          double omega = texelSolidAngle(i, j, fine);
          int texel = j / SUBSAMPLES * n + i / SUBSAMPLES;
          for (int c = 0; c < 3; c++) {
            samples[f][c * n * n + texel] += omega * line[c * fine + i];
          }
          if (f == 0) {
            texels[texel] += omega;
          }
        }
      }
    }
    Rgb exact = map.energy();
    double[] wanted = {exact.red(), exact.green(), exact.blue()};
    Map<Face, Image> faces = new EnumMap<>(Face.class);
    float[][] out = new float[6][3 * n * n];
    for (int c = 0; c < 3; c++) {
      double energy = 0;
      for (int f = 0; f < 6; f++) {
        for (int k = 0; k < n * n; k++) {
          energy += samples[f][c * n * n + k];
        }
      }
      double factor = energy > 0 ? wanted[c] / energy : 0;
      for (int f = 0; f < 6; f++) {
        for (int k = 0; k < n * n; k++) {
          out[f][c * n * n + k] = (float) (factor * samples[f][c * n * n + k] / texels[k]);
        }
      }
    }
    for (int f = 0; f < 6; f++) {
      faces.put(all[f], Image.rgb(n, n, out[f]));
    }
    return new CubeMap(n, faces);
  }

  /**
   * Solid angle of the texel in column {@code x}, row {@code y} of a face of n×n, exact:
   * differences of atan2(st, √(s² + t² + 1)) at its corners.
   */
  public static double texelSolidAngle(int x, int y, int n) {
    double s0 = 2.0 * x / n - 1;
    double s1 = 2.0 * (x + 1) / n - 1;
    double t0 = 2.0 * y / n - 1;
    double t1 = 2.0 * (y + 1) / n - 1;
    return corner(s1, t1) - corner(s0, t1) - corner(s1, t0) + corner(s0, t0);
  }

  private static double corner(double s, double t) {
    return Math.atan2(s * t, Math.sqrt(s * s + t * t + 1));
  }

  /** Texels along a side. */
  public int size() {
    return size;
  }

  /** The picture of one face, {@code (3, n, n)}. */
  public Image face(Face face) {
    return faces.get(face);
  }

  /** Σ L·Ω over the six faces. */
  public Rgb energy() {
    double[] sum = new double[3];
    for (int y = 0; y < size; y++) {
      for (int x = 0; x < size; x++) {
        double omega = texelSolidAngle(x, y, size);
        for (Image face : faces.values()) {
          for (int c = 0; c < 3; c++) {
            sum[c] += omega * face.at(c, y, x);
          }
        }
      }
    }
    return new Rgb(sum[0], sum[1], sum[2]);
  }

  /** Radiance from a direction of any length but 0: bilinear within its face. */
  public Rgb radiance(Vector3 direction) {
    Face face = Face.of(direction);
    double along = direction.dot(face.axis);
    double fx = (direction.dot(face.columns) / along + 1) * 0.5 * size - 0.5;
    double fy = (direction.dot(face.rows) / along + 1) * 0.5 * size - 0.5;
    int x0 = (int) Math.floor(fx);
    int y0 = (int) Math.floor(fy);
    double ax = fx - x0;
    double ay = fy - y0;
    int xa = Math.clamp(x0, 0, size - 1);
    int xb = Math.clamp(x0 + 1, 0, size - 1);
    int ya = Math.clamp(y0, 0, size - 1) * size;
    int yb = Math.clamp(y0 + 1, 0, size - 1) * size;
    float[] s = faces.get(face).samples();
    double[] out = new double[3];
    for (int c = 0, o = 0; c < 3; c++, o += size * size) {
      out[c] =
          (1 - ay) * ((1 - ax) * s[o + ya + xa] + ax * s[o + ya + xb])
              + ay * ((1 - ax) * s[o + yb + xa] + ax * s[o + yb + xb]);
    }
    return new Rgb(out[0], out[1], out[2]);
  }

  /**
   * Back to an equirectangular map of w×h, w = 2h: 4×4 samples in each pixel, then one factor per
   * channel so that Σ L·Ω is kept.
   */
  public EnvironmentMap toMap(int w, int h) {
    double[] samples = new double[3 * w * h];
    for (int y = 0; y < h; y++) {
      double total = 0;
      for (int j = 0; j < SUBSAMPLES; j++) {
        double v = (y + (j + 0.5) / SUBSAMPLES) / h;
        double weight = Math.sin(Math.PI * v);
        total += weight * SUBSAMPLES;
        for (int i = 0; i < w * SUBSAMPLES; i++) {
          Rgb l = radiance(EnvironmentMap.direction((i + 0.5) / (w * SUBSAMPLES), v));
          int k = y * w + i / SUBSAMPLES;
          samples[k] += weight * l.red();
          samples[w * h + k] += weight * l.green();
          samples[2 * w * h + k] += weight * l.blue();
        }
      }
      for (int c = 0; c < 3; c++) {
        for (int k = (c * h + y) * w; k < (c * h + y + 1) * w; k++) {
          samples[k] /= total;
        }
      }
    }
    float[] out = new float[samples.length];
    for (int k = 0; k < out.length; k++) {
      out[k] = (float) samples[k];
    }
    EnvironmentMap map = EnvironmentMap.of(Image.rgb(w, h, out));
    Rgb wanted = energy();
    Rgb found = map.energy();
    return map.scaled(
        ratio(wanted.red(), found.red()),
        ratio(wanted.green(), found.green()),
        ratio(wanted.blue(), found.blue()));
  }

  private static double ratio(double wanted, double found) {
    return found > 0 ? wanted / found : 1;
  }
}
