package org.pixelcube.image;

/** Derivatives of a picture by differences of neighbouring pixels. */
public final class Gradient {
  private Gradient() {}

  /**
   * Central differences, half the difference of the two neighbours; at the borders the difference
   * to the one neighbour there is.
   *
   * @param image {@code (c, h, w)}
   * @return {@code (2c, h, w)}: the c derivatives to the right, then the c derivatives downwards,
   *     per pixel
   */
  public static Image of(Image image) {
    int w = image.width();
    int h = image.height();
    int planes = image.channels();
    float[] in = image.samples();
    float[] out = new float[Math.multiplyExact(2, in.length)];
    Bands.run(
        planes * h,
        w,
        (from, to) -> {
          for (int row = from; row < to; row++) {
            int y = row % h;
            int i = row * w;
            int o = in.length + i;
            out[i] = w > 1 ? in[i + 1] - in[i] : 0;
            for (int x = 1; x < w - 1; x++) {
              out[i + x] = 0.5f * (in[i + x + 1] - in[i + x - 1]);
            }
            if (w > 1) {
              out[i + w - 1] = in[i + w - 1] - in[i + w - 2];
            }
            int above = y > 0 ? i - w : i;
            int below = y < h - 1 ? i + w : i;
            float scale = below - above == 2 * w ? 0.5f : 1;
            for (int x = 0; x < w; x++) {
              out[o + x] = scale * (in[below + x] - in[above + x]);
            }
          }
        });
    return Image.data(w, h, 2 * planes, out);
  }

  /** The length of the gradient over all channels, {@code (1, h, w)}. */
  public static Image magnitude(Image image) {
    float[] g = of(image).samples();
    int n = image.planeSize();
    float[] out = new float[n];
    for (int i = 0; i < n; i++) {
      float sum = 0;
      for (int j = i; j < g.length; j += n) {
        sum += g[j] * g[j];
      }
      out[i] = (float) Math.sqrt(sum);
    }
    return Image.data(image.width(), image.height(), 1, out);
  }
}
