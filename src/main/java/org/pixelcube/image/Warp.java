package org.pixelcube.image;

/** Moves pixels along a flow field. */
public final class Warp {
  private Warp() {}

  private static void requireFlow(Image image, Image flow) {
    if (flow.channels() != 2 || !flow.sameSizeAs(image)) {
      throw new IllegalArgumentException(
          "flow %s for %s (expected two channels of the same size)".formatted(flow, image));
    }
  }

  /**
   * Backward warp: the result at (x, y) is the image at (x + u, y + v), bilinear, every channel by
   * itself. Places outside take the nearest border pixel.
   *
   * @param flow {@code (2, h, w)}: u to the right, then v downwards, in pixels; not a number counts
   *     as the left or top border
   */
  public static Image backward(Image image, Image flow) {
    requireFlow(image, flow);
    int w = image.width();
    int h = image.height();
    int n = w * h;
    int channels = image.channels();
    float[] in = image.samples();
    float[] f = flow.samples();
    float[] out = new float[in.length];
    Bands.run(
        h,
        w * channels,
        (from, to) -> {
          for (int y = from; y < to; y++) {
            for (int x = 0, i = y * w; x < w; x++, i++) {
              float sx = inside(x + f[i], w);
              float sy = inside(y + f[n + i], h);
              int x0 = (int) sx;
              int y0 = (int) sy;
              float fx = sx - x0;
              float fy = sy - y0;
              int a = y0 * w + x0;
              int dx = x0 + 1 < w ? 1 : 0;
              int dy = y0 + 1 < h ? w : 0;
              for (int c = 0, p = a, o = i; c < channels; c++, p += n, o += n) {
                float top = in[p] + fx * (in[p + dx] - in[p]);
                float bottom = in[p + dy] + fx * (in[p + dy + dx] - in[p + dy]);
                out[o] = top + fy * (bottom - top);
              }
            }
          }
        });
    return image.like(out);
  }

  /**
   * The same by Catmull and Rom's cubic, which keeps detail that {@link #backward} blurs; no sample
   * leaves the range of the four round its place.
   *
   * @param flow as for {@link #backward}
   */
  public static Image backwardCubic(Image image, Image flow) {
    requireFlow(image, flow);
    int w = image.width();
    int h = image.height();
    int n = w * h;
    int channels = image.channels();
    float[] in = image.samples();
    float[] f = flow.samples();
    float[] out = new float[in.length];
    Bands.run(
        h,
        w * channels,
        (from, to) -> {
          float[] kx = new float[4];
          float[] ky = new float[4];
          int[] column = new int[4];
          for (int y = from; y < to; y++) {
            for (int x = 0, i = y * w; x < w; x++, i++) {
              float sx = inside(x + f[i], w);
              float sy = inside(y + f[n + i], h);
              int x0 = (int) sx;
              int y0 = (int) sy;
              cubic(sx - x0, kx);
              cubic(sy - y0, ky);
              for (int k = 0; k < 4; k++) {
                column[k] = Math.clamp(x0 + k - 1, 0, w - 1);
              }
              for (int c = 0; c < channels; c++) {
                float sum = 0;
                float low = Float.POSITIVE_INFINITY;
                float high = Float.NEGATIVE_INFINITY;
                for (int k = 0; k < 4; k++) {
                  int row = c * n + Math.clamp(y0 + k - 1, 0, h - 1) * w;
                  float a = in[row + column[1]];
                  float b = in[row + column[2]];
                  sum +=
                      ky[k]
                          * (kx[0] * in[row + column[0]]
                              + kx[1] * a
                              + kx[2] * b
                              + kx[3] * in[row + column[3]]);
                  if (k == 1 || k == 2) {
                    low = Math.min(low, Math.min(a, b));
                    high = Math.max(high, Math.max(a, b));
                  }
                }
                out[c * n + i] = Math.clamp(sum, low, high);
              }
            }
          }
        });
    return image.like(out);
  }

  /** Weights of the samples at −1, 0, 1 and 2 for a place between 0 and 1. */
  private static void cubic(float t, float[] k) {
    float t2 = t * t;
    float t3 = t2 * t;
    k[0] = -0.5f * t3 + t2 - 0.5f * t;
    k[1] = 1.5f * t3 - 2.5f * t2 + 1;
    k[2] = -1.5f * t3 + 2 * t2 + 0.5f * t;
    k[3] = 0.5f * t3 - 0.5f * t2;
  }

  /**
   * Where the flow points inside the picture: 1 there and 0 elsewhere, {@code (1, h, w)}.
   *
   * @param flow {@code (2, h, w)} in pixels, as for {@link #backward}
   */
  public static Image inside(Image flow) {
    if (flow.channels() != 2) {
      throw new IllegalArgumentException("flow " + flow + " (expected two channels)");
    }
    int w = flow.width();
    int h = flow.height();
    int n = w * h;
    float[] f = flow.samples();
    float[] out = new float[n];
    for (int y = 0, i = 0; y < h; y++) {
      for (int x = 0; x < w; x++, i++) {
        float sx = x + f[i];
        float sy = y + f[n + i];
        out[i] = sx >= 0 && sx <= w - 1 && sy >= 0 && sy <= h - 1 ? 1 : 0;
      }
    }
    return Image.data(w, h, 1, out);
  }

  private static float inside(float at, int side) {
    return at > 0 ? Math.min(at, side - 1) : 0;
  }
}
