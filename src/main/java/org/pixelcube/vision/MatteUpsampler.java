package org.pixelcube.vision;

import org.pixelcube.image.GuidedFilter;
import org.pixelcube.image.Image;
import org.pixelcube.image.Resize;

/**
 * Brings a small matte to the size of the frame by joint upsampling: the fast guided filter on the
 * frame's lightness, so that the matte follows single hairs.
 */
public final class MatteUpsampler {
  private static final int RADIUS = 2;
  private static final double EPSILON = 4e-4;

  /** The filter leaves a breath of alpha in flat places; the ends are pulled in by this. */
  private static final float MARGIN = 0.015f;

  private MatteUpsampler() {}

  /**
   * The matte at the frame's size.
   *
   * @param alpha in [0, 1], {@code (1, h, w)}
   * @param frame linear light, 3 channels or more, any larger size of the same shape
   * @return alpha in [0, 1], {@code (1, H, W)}
   */
  public static Image upsample(Image alpha, Image frame) {
    Image guide = NetworkInput.lightness(frame);
    Image smallGuide = Resize.to(guide, alpha.width(), alpha.height());
    Image large = GuidedFilter.upsample(smallGuide, alpha, guide, RADIUS, EPSILON);
    return Image.data(large.width(), large.height(), 1, stretched(large.samples()));
  }

  /** Refines a matte on a frame of its own size. */
  static Image refine(Image alpha, Image lightness) {
    Image refined = GuidedFilter.filter(lightness, alpha, RADIUS, EPSILON);
    return Image.data(refined.width(), refined.height(), 1, stretched(refined.samples()));
  }

  private static float[] stretched(float[] samples) {
    float[] stretched = new float[samples.length];
    for (int i = 0; i < samples.length; i++) {
      stretched[i] = Math.clamp((samples[i] - MARGIN) / (1 - 2 * MARGIN), 0f, 1f);
    }
    return stretched;
  }
}
