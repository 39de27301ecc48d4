package org.pixelcube.stage;

import java.util.ArrayList;
import java.util.List;
import org.pixelcube.light.EnvironmentMap;
import org.pixelcube.light.Lighting;
import org.pixelcube.math.Rotation;

/**
 * The lights of a sequence as raster pictures, in dilated form ({@link LightingDilation}), all at
 * one exposure: the mean of the first light's first map becomes a tenth of the peak, to which each
 * light adds its stops. The same sequence on the same rig gives the same pictures when it is played
 * and when its footage is read. To be closed after use.
 */
public final class SequenceLights implements SequenceRaster.Lights, AutoCloseable {
  /** Maps a second in a folder or pattern of maps. */
  private static final double MAPS_PER_SECOND = 30;

  private final Sequence sequence;
  private final List<Lighting> lightings = new ArrayList<>();
  private final float[][] still;
  private final StageDriver driver;

  /**
   * Opens the lights.
   *
   * @throws org.pixelcube.config.UserError if a map is not there
   */
  public SequenceLights(Rig rig, Sequence sequence) {
    this.sequence = sequence;
    this.still = new float[sequence.lights().size()][];
    try {
      for (Sequence.Light light : sequence.lights()) {
        lightings.add(Lighting.find(light.map(), MAPS_PER_SECOND));
      }
      double nits =
          lightings.isEmpty() ? 1 : DriveSettings.autoNits(rig, lightings.getFirst().at(0));
      driver =
          new StageDriver(
              rig,
              new DriveSettings(
                  nits, DriveSettings.Range.DILATION, 1, DriveSettings.Fill.IRRADIANCE));
    } catch (RuntimeException e) {
      close();
      throw e;
    }
  }

  @Override
  public float[] at(int index, double mapSeconds) {
    Sequence.Light light = sequence.lights().get(index);
    boolean stands = stands(index);
    if (stands && still[index] != null) {
      return still[index];
    }
    double yaw = light.yawDegrees() + light.yawDegreesPerSecond() * mapSeconds;
    EnvironmentMap map = lightings.get(index).at(mapSeconds).exposed(light.exposureStops());
    if (yaw != 0) {
      map = map.rotated(Rotation.yawPitchRoll(yaw, 0, 0));
    }
    float[] samples = driver.frames(map).getFirst().samples();
    if (stands) {
      still[index] = samples;
    }
    return samples;
  }

  @Override
  public boolean stands(int index) {
    return lightings.get(index).durationSeconds() == 0
        && sequence.lights().get(index).yawDegreesPerSecond() == 0;
  }

  @Override
  public void close() {
    lightings.forEach(Lighting::close);
  }
}
