package org.pixelcube.pipeline;

import org.pixelcube.config.UserError;
import org.pixelcube.light.EnvironmentMap;
import org.pixelcube.light.Lighting;
import org.pixelcube.light.LightingState;
import org.pixelcube.math.Rotation;
import org.pixelcube.math.Vector3;

/**
 * The light of a run: the lighting that the settings name, turned and exposed as they say.
 *
 * <p>The settings' rotation comes after the lighting's own. Automatic exposure is metered once for
 * the run, on the mean of the light over its time, so that light that turns or changes keeps its
 * rise and fall; exposure set by the lighting itself is not metered away.
 */
public final class RunLight {
  private static final int METERED_TIMES = 16;

  private final Lighting lighting;
  private final Rotation rotation;
  private final double exposureStops;
  private final boolean metered;

  private RunLight(Lighting lighting, Rotation rotation, double exposureStops, boolean metered) {
    this.lighting = lighting;
    this.rotation = rotation;
    this.exposureStops = exposureStops;
    this.metered = metered;
  }

  /**
   * The light of the settings.
   *
   * @param framesPerSecond of a folder or pattern of maps
   * @throws UserError if the settings name no light, or one that is not there
   */
  public static RunLight of(RelightSettings settings, double framesPerSecond) {
    String env =
        settings
            .env()
            .orElseThrow(() ->
                new UserError(
                    "--env", "is missing", "name a map (pixelcube probe --list) or give its file"));
    return of(Lighting.find(env, framesPerSecond), settings);
  }

  /** The light of a lighting under the settings' rotation and exposure. */
  static RunLight of(Lighting lighting, RelightSettings settings) {
    Rotation rotation = Rotation.yawPitchRoll(settings.yaw(), settings.pitch(), settings.roll());
    if (!settings.autoExposure()) {
      return new RunLight(lighting, rotation, settings.exposure(), true);
    }
    double mean = meanFrontIrradiance(lighting, rotation);
    boolean metered = mean > 0 && Double.isFinite(Math.PI / mean);
    double auto = metered ? Math.log(Math.PI / mean) / Math.log(2) : 0;
    return new RunLight(lighting, rotation, settings.exposure() + auto, metered);
  }

  /** The light at a time, in seconds from the start of the clip; the state's parts are in force. */
  public LightingState at(double timeSeconds) {
    LightingState state = lighting.state(timeSeconds);
    return new LightingState(
        state.base(), rotation.after(state.rotation()), state.exposureStops() + exposureStops);
  }

  /** False where automatic exposure was asked for and the light was black. */
  public boolean metered() {
    return metered;
  }

  /** Whether the light never changes. */
  public boolean steady() {
    return lighting.durationSeconds() == 0;
  }

  /**
   * The mean over time of the irradiance, in luminance, averaged over the normals that face the
   * camera: ∫ L(d) (1 + (R d)_z)/4 dω, which for every rotation R needs only the total and the
   * first moment of the map.
   */
  private static double meanFrontIrradiance(Lighting lighting, Rotation rotation) {
    double duration = lighting.durationSeconds();
    int times = duration > 0 ? METERED_TIMES : 1;
    EnvironmentMap last = null;
    Moments moments = null;
    double sum = 0;
    for (int i = 0; i < times; i++) {
      // Midpoints: a full turn is not counted twice at its seam.
      LightingState state = lighting.state(duration * (i + 0.5) / times);
      if (state.base() != last) {
        last = state.base();
        moments = Moments.of(last);
      }
      double towards = rotation.after(state.rotation()).apply(moments.first()).z();
      sum += (moments.total() + towards) / 4;
    }
    return sum / times;
  }

  /**
   * Integrals of luminance over the sphere.
   *
   * @param total ∫ L dω
   * @param first ∫ L d dω
   */
  private record Moments(double total, Vector3 first) {
    static Moments of(EnvironmentMap map) {
      float[] luminance = map.luminance();
      int w = map.width();
      double total = 0;
      double x = 0;
      double y = 0;
      double z = 0;
      for (int row = 0; row < map.height(); row++) {
        double solidAngle = map.solidAngle(row);
        for (int column = 0; column < w; column++) {
          double power = solidAngle * luminance[row * w + column];
          if (power > 0) {
            Vector3 d = map.pixelDirection(column, row);
            total += power;
            x += power * d.x();
            y += power * d.y();
            z += power * d.z();
          }
        }
      }
      return new Moments(total, new Vector3(x, y, z));
    }
  }
}
