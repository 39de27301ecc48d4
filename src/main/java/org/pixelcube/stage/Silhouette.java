package org.pixelcube.stage;

import java.util.stream.IntStream;
import org.pixelcube.render.Camera;
import org.pixelcube.render.Hit;
import org.pixelcube.render.RandomStream;
import org.pixelcube.render.Ray;
import org.pixelcube.render.Scene;
import org.pixelcube.render.SceneTracer;

/**
 * The pixels of a camera's picture that a subject covers at some moment of a take.
 *
 * @param width of the picture, pixels
 * @param height of the picture
 * @param sums how many covered pixels lie above and to the left of each corner of a pixel, {@code
 *     (height + 1) · (width + 1)}
 */
record Silhouette(int width, int height, int[] sums) {
  /** Nobody. */
  static Silhouette none(Camera camera) {
    return of(new boolean[camera.width() * camera.height()], camera.width(), camera.height());
  }

  /** Of covered pixels, row after row. */
  static Silhouette of(boolean[] covered, int width, int height) {
    int[] sums = new int[(height + 1) * (width + 1)];
    for (int y = 0; y < height; y++) {
      int row = 0;
      for (int x = 0; x < width; x++) {
        row += covered[y * width + x] ? 1 : 0;
        sums[(y + 1) * (width + 1) + x + 1] = sums[y * (width + 1) + x + 1] + row;
      }
    }
    return new Silhouette(width, height, sums);
  }

  /**
   * Looks along one ray for each pixel.
   *
   * @param camera in the subject's axes
   * @param seconds moments to look at
   */
  static Silhouette of(Camera camera, VirtualCube.Subject subject, double[] seconds) {
    int width = camera.width();
    boolean[] covered = new boolean[width * camera.height()];
    for (double moment : seconds) {
      SceneTracer tracer = new SceneTracer(new Scene(subject.at(moment, moment), camera));
      IntStream.range(0, camera.height())
          .parallel()
          .forEach(y -> {
            Ray ray = new Ray();
            Hit hit = new Hit();
            RandomStream random = new RandomStream(y);
            for (int x = 0; x < width; x++) {
              camera.ray(x + 0.5, y + 0.5, ray);
              covered[y * width + x] |= tracer.intersect(ray, hit, random);
            }
          });
    }
    return of(covered, width, camera.height());
  }

  /** Whether a covered pixel lies in a rectangle, in pixels from the upper left corner. */
  boolean touches(double left, double top, double right, double bottom) {
    int x0 = Math.clamp((int) Math.floor(left), 0, width);
    int y0 = Math.clamp((int) Math.floor(top), 0, height);
    int x1 = Math.clamp((int) Math.ceil(right), 0, width);
    int y1 = Math.clamp((int) Math.ceil(bottom), 0, height);
    int w = width + 1;
    return x1 > x0
        && y1 > y0
        && sums[y1 * w + x1] - sums[y0 * w + x1] - sums[y1 * w + x0] + sums[y0 * w + x0] > 0;
  }
}
