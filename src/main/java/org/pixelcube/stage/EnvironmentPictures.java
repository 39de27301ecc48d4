package org.pixelcube.stage;

import org.pixelcube.light.EnvironmentMap;
import org.pixelcube.light.Lighting;

/**
 * Drive frames of an environment, made while they are played: one picture for a map that stands
 * still, else one a frame. The first picture fades in from black and the last one out to black.
 */
public final class EnvironmentPictures implements PlaybackSource {
  private final Lighting lighting;
  private final WallPixels pixels;
  private final StageDriver driver;
  private final double framesPerSecond;
  private final long ramp;
  private final long count;
  private int[] still;
  private double stillNits;

  /**
   * Pictures of an environment.
   *
   * @param lighting closed by its owner
   * @param settings how it becomes light; one frame for each map
   * @param seconds at full level
   * @param rampFrames of fading in, and of fading out
   */
  public EnvironmentPictures(
      Lighting lighting,
      WallPixels pixels,
      DriveSettings settings,
      double seconds,
      int rampFrames) {
    if (settings.subFrames() != 1) {
      throw new IllegalArgumentException(settings + " has more than one frame");
    }
    this.lighting = lighting;
    this.pixels = pixels;
    this.driver = new StageDriver(pixels.rig(), settings);
    this.framesPerSecond = pixels.rig().raster().framesPerSecond();
    this.ramp = rampFrames;
    this.count = Math.max(1, Math.round(seconds * framesPerSecond));
  }

  @Override
  public WallPixels pixels() {
    return pixels;
  }

  @Override
  public long frameCount() {
    return count + 2 * ramp;
  }

  @Override
  public int threads() {
    return 1;
  }

  @Override
  public double fill(long index, int[] out) {
    if (index >= frameCount()) {
      return Double.NaN;
    }
    long frame = Math.clamp(index - ramp, 0, count - 1);
    boolean stands = lighting.durationSeconds() == 0;
    if (!stands || still == null) {
      EnvironmentMap map = lighting.at(frame / framesPerSecond);
      pixels.encode(driver.frames(map).getFirst().samples(), out);
      stillNits = pixels.meanNits(out);
      still = out.clone();
    }
    double x = Math.min((index + 1.0) / (ramp + 1), (frameCount() - 1.0 - index) / ramp);
    double gain = WallPixels.easing(x);
    pixels.fade(still, gain, out);
    return stillNits * gain;
  }

  @Override
  public void close() {}
}
