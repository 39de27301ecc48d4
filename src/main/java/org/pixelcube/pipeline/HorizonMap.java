package org.pixelcube.pipeline;

import java.util.Arrays;

/**
 * For every pixel of the subject and a ring of azimuths, the elevation below which the subject
 * itself hides the light (horizon mapping, Max 1988), on half the geometry grid.
 *
 * <p>Depends on the shape alone: one map serves any number of lights.
 */
final class HorizonMap {
  static final int AZIMUTHS = 16;

  /** Steps along each azimuth, as shares of the face's width. */
  private static final double[] REACH = {
    0.03, 0.06, 0.09, 0.13, 0.18, 0.24, 0.32, 0.42, 0.55, 0.72, 0.95, 1.3
  };

  /** An occluder must rise this far above the tangent plane, per distance, to count. */
  private static final float MARGIN = 0.12f;

  /** Elevation of "nothing in the way". */
  static final float CLEAR = (float) (-Math.PI / 2);

  private final int width;
  private final int height;
  private final float[][] elevation;
  private final boolean[] inside;

  private HorizonMap(int width, int height, float[][] elevation, boolean[] inside) {
    this.width = width;
    this.height = height;
    this.elevation = elevation;
    this.inside = inside;
  }

  int width() {
    return width;
  }

  int height() {
    return height;
  }

  /** Whether the half-grid pixel is on the subject. */
  boolean inside(int i) {
    return inside[i];
  }

  static HorizonMap of(Geometry g) {
    int w = (g.width() + 1) / 2;
    int h = (g.height() + 1) / 2;
    float[] depth = new float[w * h];
    boolean[] inside = new boolean[w * h];
    // The tangent plane: ∂z/∂x and ∂z/∂y with y down, and n_z, which turns height over it into
    // distance from it.
    float[] gx = new float[w * h];
    float[] gy = new float[w * h];
    float[] facing = new float[w * h];
    float[] smoothDepth = smoothDepth(g);
    for (int y = 0; y < h; y++) {
      for (int x = 0; x < w; x++) {
        int n = 0;
        float sum = 0;
        float nx = 0;
        float ny = 0;
        float nz = 0;
        float ox = 0;
        float oy = 0;
        for (int k = 0; k < 4; k++) {
          int i =
              Math.min(g.height() - 1, 2 * y + (k >> 1)) * g.width()
                  + Math.min(g.width() - 1, 2 * x + (k & 1));
          if (g.depth()[i] > Float.NEGATIVE_INFINITY) {
            n++;
            sum += smoothDepth[i];
            nx += g.nx()[i];
            ny += g.ny()[i];
            nz += g.nz()[i];
            ox += (k & 1) - 0.5f;
            oy += (k >> 1) - 0.5f;
          }
        }
        float length = (float) Math.sqrt(nx * nx + ny * ny + nz * nz);
        float towards = Math.max(0.15f * length, nz);
        if (length > 0) {
          gx[y * w + x] = -nx / towards;
          gy[y * w + x] = ny / towards;
          facing[y * w + x] = towards / length;
        }
        inside[y * w + x] = n > 0;
        // Depth in half-grid pixels. On the silhouette the mean is that of the pixels inside: it
        // is carried to the middle along the tangent plane.
        int i = y * w + x;
        depth[i] = n > 0 ? (sum - gx[i] * ox - gy[i] * oy) / n / 2 : Float.NEGATIVE_INFINITY;
      }
    }
    double face = g.faceWidthPixels() / 2;
    float[][] elevation = new float[AZIMUTHS][w * h];
    for (float[] plane : elevation) {
      Arrays.fill(plane, CLEAR);
    }
    for (int a = 0; a < AZIMUTHS; a++) {
      double angle = 2 * Math.PI * a / AZIMUTHS;
      int[] dx = new int[REACH.length];
      int[] dy = new int[REACH.length];
      float[] distance = new float[REACH.length];
      int steps = 0;
      for (double reach : REACH) {
        double t = Math.max(1.5, reach * face);
        int sx = (int) Math.round(t * Math.cos(angle));
        int sy = (int) Math.round(-t * Math.sin(angle));
        if (steps == 0 || sx != dx[steps - 1] || sy != dy[steps - 1]) {
          dx[steps] = sx;
          dy[steps] = sy;
          distance[steps++] = (float) Math.hypot(sx, sy);
        }
      }
      for (int y = 0; y < h; y++) {
        for (int x = 0; x < w; x++) {
          int i = y * w + x;
          if (!inside[i]) {
            continue;
          }
          float z = depth[i];
          float highest = Float.NEGATIVE_INFINITY;
          for (int s = 0; s < steps; s++) {
            int sx = x + dx[s];
            int sy = y + dy[s];
            if (sx < 0 || sy < 0 || sx >= w || sy >= h) {
              break;
            }
            float rise = depth[sy * w + sx] - z;
            float above = rise - gx[i] * dx[s] - gy[i] * dy[s];
            if (above * facing[i] > MARGIN * distance[s] && rise > highest * distance[s]) {
              highest = rise / distance[s];
            }
          }
          if (highest > Float.NEGATIVE_INFINITY) {
            elevation[a][i] = (float) Math.atan(highest);
          }
        }
      }
    }
    return new HorizonMap(w, h, elevation, inside);
  }

  private static float[] smoothDepth(Geometry g) {
    float[] inside = new float[g.size()];
    float[] z = new float[g.size()];
    for (int i = 0; i < inside.length; i++) {
      if (g.depth()[i] > Float.NEGATIVE_INFINITY) {
        inside[i] = 1;
        z[i] = g.depth()[i];
      }
    }
    return Planes.smooth(z, inside, g.width(), g.height(), 0.8, 0);
  }

  /** The azimuth of a direction in units of the ring: 0 is +X, counter-clockwise. */
  static float azimuth(float x, float y) {
    double turn = Math.atan2(y, x) / (2 * Math.PI);
    return (float) ((turn - Math.floor(turn)) * AZIMUTHS);
  }

  /**
   * How much of a light is seen, in [0, 1].
   *
   * @param i half-grid pixel
   * @param azimuth of the light in turns of {@link #AZIMUTHS}: 0 is +X, counter-clockwise
   * @param lightElevation over the picture plane, radians
   * @param softness half the width of the penumbra, radians
   */
  float visibility(int i, float azimuth, float lightElevation, float softness) {
    int a0 = (int) azimuth;
    float f = azimuth - a0;
    a0 = Math.floorMod(a0, AZIMUTHS);
    int a1 = (a0 + 1) % AZIMUTHS;
    float v0 = open(elevation[a0][i], lightElevation, softness);
    float v1 = open(elevation[a1][i], lightElevation, softness);
    return v0 + f * (v1 - v0);
  }

  private static float open(float horizon, float lightElevation, float softness) {
    if (horizon <= CLEAR) {
      return 1;
    }
    return Planes.smoothstep(-softness, softness, lightElevation - horizon);
  }
}
