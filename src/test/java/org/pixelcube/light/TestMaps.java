package org.pixelcube.light;

import java.util.Random;
import org.pixelcube.image.Image;
import org.pixelcube.math.Rotation;
import org.pixelcube.math.Vector3;

/** Maps made up for tests. */
final class TestMaps {
  private TestMaps() {}

  /** Every sample drawn by itself, some of them much brighter. */
  static EnvironmentMap noise(int width, Random random) {
    float[] s = new float[3 * width * width / 2];
    for (int i = 0; i < s.length; i++) {
      s[i] = (float) Math.exp(random.nextGaussian());
    }
    return EnvironmentMap.of(Image.rgb(width, width / 2, s));
  }

  /** A smooth map: 1 + a few wide lobes. */
  static EnvironmentMap smooth(int width, Random random) {
    int height = width / 2;
    float[] s = new float[3 * width * height];
    for (int c = 0; c < 3; c++) {
      Vector3 a = direction(random);
      Vector3 b = direction(random);
      for (int y = 0; y < height; y++) {
        for (int x = 0; x < width; x++) {
          Vector3 d = EnvironmentMap.direction((x + 0.5) / width, (y + 0.5) / height);
          s[(c * height + y) * width + x] =
              (float) (1 + 2 * Math.exp(2 * a.dot(d) - 2) + Math.pow(b.dot(d), 2));
        }
      }
    }
    return EnvironmentMap.of(Image.rgb(width, height, s));
  }

  /** Black but for one white disc of {@code radiance}. */
  static EnvironmentMap disc(int width, Vector3 centre, double radiusRadians, double radiance) {
    int height = width / 2;
    float[] s = new float[3 * width * height];
    for (int y = 0; y < height; y++) {
      for (int x = 0; x < width; x++) {
        Vector3 d = EnvironmentMap.direction((x + 0.5) / width, (y + 0.5) / height);
        if (d.dot(centre) > Math.cos(radiusRadians)) {
          for (int c = 0; c < 3; c++) {
            s[(c * height + y) * width + x] = (float) radiance;
          }
        }
      }
    }
    return EnvironmentMap.of(Image.rgb(width, height, s));
  }

  static Vector3 direction(Random random) {
    return new Vector3(random.nextGaussian(), random.nextGaussian(), random.nextGaussian())
        .normalized();
  }

  static Rotation rotation(Random random) {
    return Rotation.yawPitchRoll(
        random.nextDouble() * 360, random.nextDouble() * 360, random.nextDouble() * 360);
  }
}
