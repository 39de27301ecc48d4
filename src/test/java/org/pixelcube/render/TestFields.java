package org.pixelcube.render;

import java.util.List;
import java.util.Random;
import java.util.stream.IntStream;
import org.pixelcube.math.Vector3;

/** Reflectance fields worked out by formula: a glossy ball of two colours. */
public final class TestFields {
  private TestFields() {}

  /** 64 cells and eight suns. */
  public static LightBasis lights() {
    return new LightBasis(new DirectionBins(8), LightBasis.spreadSuns(8, 20, 60), List.of());
  }

  /**
   * A ball of unit radius seen from afar, moved aside, without shadows.
   *
   * @param shift in pixels to the right
   * @param noise relative noise of every response
   */
  public static ReflectanceField ball(
      int size, double shift, LightBasis lights, double noise, Random random) {
    Camera camera = Camera.portrait(size, size, 1.2, 0.5);
    double radius = 0.42 * size;
    int columns = lights.columns();
    int[] pixels =
        IntStream.range(0, size * size).filter(i -> height(i, size, shift, radius) > 0).toArray();
    float[] response = new float[pixels.length * columns * 3];
    float[] mirror = new float[4 * pixels.length];
    int plane = size * size;
    ReflectanceField.Aovs aovs =
        new ReflectanceField.Aovs(
            new float[plane],
            new float[3 * plane],
            new float[3 * plane],
            new float[plane],
            new float[2 * plane],
            new float[2 * plane],
            new float[plane]);
    for (int p = 0; p < pixels.length; p++) {
      int i = pixels[p];
      Vector3 n =
          new Vector3(
              (i % size + 0.5 - size / 2.0 - shift) / radius,
              -(i / size + 0.5 - size / 2.0) / radius,
              height(i, size, shift, radius));
      boolean left = n.x() < 0;
      double[] albedo = left ? new double[] {0.7, 0.45, 0.35} : new double[] {0.1, 0.2, 0.5};
      Vector3 r = n.times(2 * n.z()).minus(new Vector3(0, 0, 1));
      for (int k = 0; k < columns; k++) {
        boolean sun = k >= lights.firstSun();
        Vector3 d =
            sun ? lights.suns().get(k - lights.firstSun()).direction() : lights.bins().centre(k);
        double cosine = Math.max(0, n.dot(d));
        double gloss = cosine > 0 ? 0.6 * Math.pow(Math.max(0, r.dot(d)), 20) : 0;
        for (int c = 0; c < 3; c++) {
          double value = albedo[c] / Math.PI * cosine + gloss;
          value *= sun ? 1 : lights.bins().solidAngle();
          value *= 1 + noise * random.nextGaussian();
          response[(p * columns + k) * 3 + c] = (float) value;
        }
      }
      for (int c = 0; c < 3; c++) {
        aovs.albedo()[c * plane + i] = (float) albedo[c];
      }
      aovs.alpha()[i] = 1;
      aovs.normal()[i] = (float) n.x();
      aovs.normal()[plane + i] = (float) n.y();
      aovs.normal()[2 * plane + i] = (float) n.z();
      aovs.depth()[i] = (float) (1.2 - 0.2 * n.z());
      aovs.motion()[i] = (float) shift;
      aovs.uv()[i] = (float) (0.5 + 0.5 * n.x());
      aovs.uv()[plane + i] = (float) (0.5 + 0.5 * n.y());
      aovs.roughness()[i] = 0.4f;
      if (n.x() * n.x() + n.y() * n.y() < 0.02) {
        mirror[4 * p] = (float) r.x();
        mirror[4 * p + 1] = (float) r.y();
        mirror[4 * p + 2] = (float) r.z();
        mirror[4 * p + 3] = 0.04f;
      }
    }
    return new ReflectanceField(camera, lights, pixels, response, mirror, aovs);
  }

  private static double height(int i, int size, double shift, double radius) {
    double x = (i % size + 0.5 - size / 2.0 - shift) / radius;
    double y = (i / size + 0.5 - size / 2.0) / radius;
    return Math.sqrt(Math.max(0, 1 - x * x - y * y));
  }
}
