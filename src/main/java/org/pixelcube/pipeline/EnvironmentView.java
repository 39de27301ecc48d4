package org.pixelcube.pipeline;

import org.pixelcube.image.Image;
import org.pixelcube.image.Resize;
import org.pixelcube.light.EnvironmentMap;
import org.pixelcube.math.Rotation;

/**
 * The environment as a camera sees it that stands where the subject stands and looks along −Z: the
 * background that belongs to the light.
 */
final class EnvironmentView {
  private EnvironmentView() {}

  /**
   * Renders the view.
   *
   * @param map the environment in its own axes
   * @param rotation the map's axes to camera space
   * @param fovDegrees vertical field of view
   * @param blurSigma standard deviation of the blur in pixels of the result, in linear light
   * @param scale what radiance is multiplied by
   * @return scene-linear Rec.709, {@code (3, height, width)}, not limited to 1
   */
  static Image render(
      EnvironmentMap map,
      Rotation rotation,
      double fovDegrees,
      int width,
      int height,
      double blurSigma,
      double scale) {
    // The map has so many rows for this field of view; more than twice that shows nothing new.
    double detail = 2 * map.height() * fovDegrees / 180;
    if (blurSigma > 2) {
      detail = Math.min(detail, height / (blurSigma / 2));
    }
    double shrink = Math.min(1, Math.max(32, detail) / height);
    int w = Math.max(2, (int) Math.round(width * shrink));
    int h = Math.max(2, (int) Math.round(height * shrink));
    // A map with more rows than are looked at would be read between its small lights.
    int rows = (int) Math.ceil(h * 180 / Math.min(180, fovDegrees));
    EnvironmentMap seen = map.height() > 2 * rows ? map.downsampled(2 * rows, rows) : map;
    Image small = perspective(seen, rotation.inverse(), fovDegrees, w, h, (float) scale);
    double sigma = blurSigma * h / height;
    if (sigma >= 0.5) {
      float[] blurred = new float[3 * w * h];
      for (int c = 0; c < 3; c++) {
        float[] plane = Planes.smooth(small.channel(c).samples(), w, h, sigma);
        System.arraycopy(plane, 0, blurred, c * w * h, w * h);
      }
      small = Image.rgb(w, h, blurred);
    }
    return w == width && h == height ? small : enlarged(small, width, height);
  }

  /** Bicubic; beside a lamp it would swing below black. */
  private static Image enlarged(Image small, int width, int height) {
    float[] samples = Resize.bicubic(small, width, height).samples();
    for (int i = 0; i < samples.length; i++) {
      samples[i] = Math.max(0, samples[i]);
    }
    return Image.rgb(width, height, samples);
  }

  private static Image perspective(
      EnvironmentMap map, Rotation toMap, double fovDegrees, int w, int h, float scale) {
    double focal = 0.5 * h / Math.tan(Math.toRadians(fovDegrees) / 2);
    float[] out = new float[3 * w * h];
    float[] dx = new float[w];
    float[] dy = new float[w];
    float[] dz = new float[w];
    float[] row = new float[3 * w];
    for (int y = 0; y < h; y++) {
      double cy = -(y + 0.5 - 0.5 * h) / focal;
      for (int x = 0; x < w; x++) {
        double cx = (x + 0.5 - 0.5 * w) / focal;
        double l = 1 / Math.sqrt(cx * cx + cy * cy + 1);
        dx[x] = (float) ((toMap.m00() * cx + toMap.m01() * cy - toMap.m02()) * l);
        dy[x] = (float) ((toMap.m10() * cx + toMap.m11() * cy - toMap.m12()) * l);
        dz[x] = (float) ((toMap.m20() * cx + toMap.m21() * cy - toMap.m22()) * l);
      }
      map.radiance(dx, dy, dz, row);
      for (int c = 0; c < 3; c++) {
        for (int x = 0; x < w; x++) {
          out[c * w * h + y * w + x] = scale * row[c * w + x];
        }
      }
    }
    return Image.rgb(w, h, out);
  }
}
