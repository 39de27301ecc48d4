package org.pixelcube.image;

/** Moves pixels along a flow field. */
public final class Warp {
  private Warp() {}

  /**
   * Backward warp: the result at (x, y) is the image at (x + u, y + v), bilinear, every channel by
   * itself. Places outside take the nearest border pixel.
   *
   * @param flow {@code (2, h, w)}: u to the right, then v downwards, in pixels; not a number counts
   *     as the left or top border
   */
  public static Image backward(Image image, Image flow) {
    if (flow.channels() != 2 || !flow.sameSizeAs(image)) {
      throw new IllegalArgumentException(
          "flow %s for %s (expected two channels of the same size)".formatted(flow, image));
    }
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
