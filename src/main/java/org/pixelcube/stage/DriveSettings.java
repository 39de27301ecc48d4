package org.pixelcube.stage;

import org.pixelcube.config.InvalidSetting;
import org.pixelcube.light.EnvironmentMap;

/**
 * How an environment becomes light of the panels.
 *
 * @param nitsPerUnit luminance in nits that radiance 1 of the map becomes
 * @param range what is done with light beyond the panels' peak
 * @param subFrames frames of the wall within one exposure of the camera, for {@link
 *     Range#SUBFRAMES}; else 1
 * @param fill whether and how panels take over the light that openings miss
 */
public record DriveSettings(double nitsPerUnit, Range range, int subFrames, Fill fill) {
  private static final double MEAN_OF_PEAK = 0.1;

  /** What is done with light beyond the peak. */
  public enum Range {
    /** It is cut off. */
    CLIP,
    /** The whole map is shown darker, so that its brightest LED pixel is at the peak. */
    EXPOSURE,
    /** Bright regions are widened until their mean fits: {@link LightingDilation}. */
    DILATION,
    /**
     * Each exposure of the camera spans K frames of the wall: the first shows light up to the peak,
     * the next what is left over, and so on. Light up to K times the peak is kept, in units of one
     * frame.
     */
    SUBFRAMES
  }

  /** What panels do for the light that openings miss: {@link OpeningFill}. */
  public enum Fill {
    /** Nothing: panels keep the map, and the openings' light is missing. */
    NONE,
    /** As much as leaves a mirror's picture of the panels within 35 dB of the map. */
    MIRROR,
    /** As much as irradiance on a sphere at the head needs. */
    IRRADIANCE
  }

  public DriveSettings {
    InvalidSetting.inRange("nitsPerUnit", nitsPerUnit, 1e-6, 1e12);
    InvalidSetting.inRange("subFrames", subFrames, 1, 64);
    if (range != Range.SUBFRAMES && subFrames != 1) {
      throw new InvalidSetting(
          "subFrames", "is %d without range subframes".formatted(subFrames), "give 1");
    }
  }

  /**
   * Luminance of radiance 1 at which a map's mean is a tenth of the lowest peak of the rig's
   * panels: bright enough to film, with room above.
   */
  public static double autoNits(Rig rig, EnvironmentMap map) {
    double peak = rig.panelTypes().stream().mapToDouble(PanelType::peakNits).min().orElseThrow();
    double mean = map.meanRadiance().luminance();
    return mean > 0 ? Math.clamp(MEAN_OF_PEAK * peak / mean, 1e-6, 1e12) : peak;
  }

  /** The same at another luminance of radiance 1. */
  public DriveSettings withNits(double nits) {
    return new DriveSettings(nits, range, subFrames, fill);
  }
}
