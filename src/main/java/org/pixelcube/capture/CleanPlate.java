package org.pixelcube.capture;

import java.util.Arrays;
import java.util.List;
import org.pixelcube.image.GaussianBlur;
import org.pixelcube.image.Image;

/**
 * What is behind the subject when only that is lit, and mattes by it: where the ground is as bright
 * as without the subject, nobody stands.
 */
final class CleanPlate {
  /**
   * Where the ground was never brighter than this share of its usual light, somebody always stood.
   */
  private static final float ALWAYS_HIDDEN = 0.5f;

  /** Ground with less than this share of the usual light is an opening: nobody is told there. */
  private static final float DARK = 0.1f;

  /** Pixels around a marker into which the lens spreads it. */
  private static final double MARKER_RIM = 2;

  private final float[] ground;
  private final int width;
  private final int height;
  private final float least;

  private CleanPlate(float[] ground, int width, int height) {
    this.ground = ground;
    this.width = width;
    this.height = height;
    float[] sorted = ground.clone();
    Arrays.sort(sorted);
    this.least = DARK * sorted[(int) (0.9 * (sorted.length - 1))];
  }

  /** Of a picture without the subject. */
  static CleanPlate of(Image picture) {
    Image light = GaussianBlur.blur(picture.luminance(), 1);
    return new CleanPlate(light.samples(), light.width(), light.height());
  }

  /** Collects matte frames and takes of each pixel the most that was seen of the ground. */
  static final class Collector {
    private float[] most;
    private int width;
    private int height;

    void add(Image picture) {
      Image light = GaussianBlur.blur(picture.luminance(), 1);
      if (most == null) {
        most = light.samples().clone();
        width = light.width();
        height = light.height();
        return;
      }
      for (int i = 0; i < most.length; i++) {
        most[i] = Math.max(most[i], light.samples()[i]);
      }
    }

    boolean isEmpty() {
      return most == null;
    }

    /** The plate; where somebody always stood it has the light that is usual on the ground. */
    CleanPlate plate() {
      float[] sorted = most.clone();
      Arrays.sort(sorted);
      float usual = sorted[(int) (0.9 * (sorted.length - 1))];
      float[] ground = most.clone();
      for (int i = 0; i < ground.length; i++) {
        ground[i] = ground[i] < ALWAYS_HIDDEN * usual ? usual : ground[i];
      }
      return new CleanPlate(ground, width, height);
    }
  }

  /**
   * This plate without the squares of markers, whose cells differ from frame to frame; as long as
   * they can be read, nobody stands before them.
   */
  CleanPlate without(List<Corners> markers) {
    float[] kept = ground.clone();
    for (int y = 0, i = 0; y < height; y++) {
      for (int x = 0; x < width; x++, i++) {
        for (Corners marker : markers) {
          if (marker.near(x + 0.5, y + 0.5, MARKER_RIM)) {
            kept[i] = 0;
          }
        }
      }
    }
    return new CleanPlate(kept, width, height);
  }

  /**
   * The coverage of the subject in a matte frame: 1 − light / ground, in [0, 1]; 0 where there is
   * no light on the ground.
   */
  Image matte(Image picture) {
    Image light = picture.luminance();
    float[] alpha = new float[light.planeSize()];
    for (int i = 0; i < alpha.length; i++) {
      if (ground[i] <= least) {
        continue;
      }
      float share = light.samples()[i] / Math.max(ground[i], 1e-6f);
      // Light on the subject and noise of the ground are a few percent.
      alpha[i] = Math.clamp((0.96f - share) / 0.92f, 0f, 1f);
    }
    return Image.data(width, height, 1, alpha);
  }
}
