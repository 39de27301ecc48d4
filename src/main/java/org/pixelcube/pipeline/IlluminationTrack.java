package org.pixelcube.pipeline;

import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.pixelcube.config.Warnings;
import org.pixelcube.light.AreaLight;
import org.pixelcube.light.AreaLights;
import org.pixelcube.light.EnvironmentMap;
import org.pixelcube.light.Exposure;
import org.pixelcube.light.Lighting;
import org.pixelcube.light.LightingState;
import org.pixelcube.light.PrefilteredMap;
import org.pixelcube.math.Rotation;

/**
 * The new light over time, made ready for shading once per map: a map that only turns or changes in
 * exposure is not prepared again.
 *
 * <p>The automatic exposure is metered once for the whole of the lighting, so that a light that
 * moves or dims does so in the picture too.
 */
final class IlluminationTrack implements AutoCloseable {
  /** Area lights a map is cut into. */
  static final int LIGHTS = 64;

  /** GGX roughness of the skin's two lobes. */
  private static final double[] ROUGHNESS = {0.3, 0.55};

  /** Moments at which moving light is metered. */
  private static final int METERINGS = 12;

  /** Maps kept ready. */
  private static final int KEPT = 4;

  private record Prepared(List<AreaLight> lights, PrefilteredMap prefiltered) {}

  /**
   * The light of one moment.
   *
   * @param illumination for shading
   * @param map for the background; its own axes, as in the illumination
   */
  record Moment(Illumination illumination, EnvironmentMap map) {}

  private final Lighting lighting;
  private final Warnings warnings;
  private final Rotation turn;
  private final double scale;
  private final Map<EnvironmentMap, Prepared> prepared = new LinkedHashMap<>();

  IlluminationTrack(Lighting lighting, RelightSettings settings, Warnings warnings) {
    this.lighting = lighting;
    this.warnings = warnings;
    this.turn = Rotation.yawPitchRoll(settings.yaw(), settings.pitch(), settings.roll());
    this.scale =
        Math.pow(2, settings.exposure()) * (settings.autoExposure() ? metered(warnings) : 1);
  }

  private double metered(Warnings warnings) {
    double duration = lighting.durationSeconds();
    double sum = 0;
    int n = duration > 0 ? METERINGS : 1;
    for (int i = 0; i < n; i++) {
      // The middles of equal spans: a full turn must not count its seam twice.
      LightingState state = lighting.state(duration * (i + 0.5) / n);
      EnvironmentMap small = state.base().downsampled(128, 64);
      sum +=
          Exposure.meanFrontIrradiance(small.rotated(turn.after(state.rotation()))).luminance()
              * state.scale();
    }
    double mean = sum / n / Math.PI;
    if (!(mean > 1e-9)) {
      warnings.add("the map is black from the front, so its exposure is left as it is");
      return 1;
    }
    return 1 / mean;
  }

  private void warnOfRepairs(EnvironmentMap map) {
    if (map.repairedSamples() > 0) {
      warnings.add(
          "the map has samples that are NaN, negative or infinite (%d of %d): taken as 0, infinite ones as the brightest"
              .formatted(map.repairedSamples(), 3L * map.width() * map.height()));
    }
  }

  @Override
  public void close() {
    lighting.close();
  }

  /** The light at a time in seconds from the start of the clip. */
  Moment at(double timeSeconds) {
    LightingState state = lighting.state(timeSeconds);
    Prepared ready;
    synchronized (prepared) {
      ready = prepared.get(state.base());
      if (ready == null) {
        warnOfRepairs(state.base());
        ready =
            new Prepared(
                AreaLights.medianCut(state.base(), LIGHTS),
                PrefilteredMap.of(state.base(), ROUGHNESS));
        prepared.put(state.base(), ready);
        if (prepared.size() > KEPT) {
          prepared.remove(prepared.keySet().iterator().next());
        }
      }
    }
    float gain = (float) (scale * state.scale());
    Illumination illumination =
        new Illumination(ready.lights(), ready.prefiltered(), turn.after(state.rotation()), gain);
    return new Moment(illumination, state.base());
  }
}
