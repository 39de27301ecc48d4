package org.pixelcube.pipeline;

/**
 * Blows a silhouette up to a rounded surface: solves Δu = −1 inside the matte with u = 0 outside
 * and takes the height 2√u, which for a disc is exactly the hemisphere over it.
 *
 * <p>The picture's borders do not bound the subject: the surface runs on across them (∂u/∂n = 0).
 */
final class Inflation {
  /** Sweeps of red-black successive over-relaxation on each level of the pyramid. */
  private static final int SWEEPS = 24;

  private static final float RELAXATION = 1.7f;

  private Inflation() {}

  /**
   * Height over the picture plane, in grid pixels.
   *
   * @param alpha coverage in [0, 1], {@code (h, w)}; inside is where it exceeds ½
   * @return heights {@code (h, w)}, 0 outside
   */
  static float[] height(float[] alpha, int width, int height) {
    boolean[] inside = new boolean[alpha.length];
    for (int i = 0; i < alpha.length; i++) {
      inside[i] = alpha[i] > 0.5f;
    }
    float[] u = solve(inside, width, height, 1);
    float[] z = new float[u.length];
    for (int i = 0; i < u.length; i++) {
      z[i] = (float) (2 * Math.sqrt(Math.max(0, u[i])));
    }
    return z;
  }

  /** The potential u, where a pixel of this level is {@code pitch} grid pixels wide. */
  private static float[] solve(boolean[] inside, int width, int height, float pitch) {
    float[] u = new float[inside.length];
    if (Math.min(width, height) > 12) {
      // The coarse solution, interpolated, is where the fine one starts.
      int cw = (width + 1) / 2;
      int ch = (height + 1) / 2;
      boolean[] coarse = new boolean[cw * ch];
      for (int y = 0; y < ch; y++) {
        for (int x = 0; x < cw; x++) {
          int n = 0;
          for (int k = 0; k < 4; k++) {
            int sx = Math.min(width - 1, 2 * x + (k & 1));
            int sy = Math.min(height - 1, 2 * y + (k >> 1));
            n += inside[sy * width + sx] ? 1 : 0;
          }
          coarse[y * cw + x] = n >= 2;
        }
      }
      float[] cu = solve(coarse, cw, ch, 2 * pitch);
      for (int y = 0; y < height; y++) {
        for (int x = 0; x < width; x++) {
          if (inside[y * width + x]) {
            u[y * width + x] = bilinear(cu, cw, ch, (x + 0.5f) / 2 - 0.5f, (y + 0.5f) / 2 - 0.5f);
          }
        }
      }
    }
    float source = pitch * pitch;
    int sweeps = Math.min(width, height) > 12 ? SWEEPS : 200;
    for (int sweep = 0; sweep < sweeps; sweep++) {
      for (int colour = 0; colour < 2; colour++) {
        for (int y = 0; y < height; y++) {
          int up = y > 0 ? -width : 0;
          int down = y < height - 1 ? width : 0;
          for (int x = (y + colour) & 1; x < width; x += 2) {
            int i = y * width + x;
            if (inside[i]) {
              float left = u[x > 0 ? i - 1 : i];
              float right = u[x < width - 1 ? i + 1 : i];
              float next = 0.25f * (left + right + u[i + up] + u[i + down] + source);
              u[i] += RELAXATION * (next - u[i]);
            }
          }
        }
      }
    }
    return u;
  }

  static float bilinear(float[] plane, int width, int height, float x, float y) {
    float cx = Math.clamp(x, 0, width - 1);
    float cy = Math.clamp(y, 0, height - 1);
    int x0 = (int) cx;
    int y0 = (int) cy;
    int x1 = Math.min(width - 1, x0 + 1);
    int y1 = Math.min(height - 1, y0 + 1);
    float fx = cx - x0;
    float fy = cy - y0;
    float top = plane[y0 * width + x0] * (1 - fx) + plane[y0 * width + x1] * fx;
    float bottom = plane[y1 * width + x0] * (1 - fx) + plane[y1 * width + x1] * fx;
    return top * (1 - fy) + bottom * fy;
  }
}
