package org.pixelcube.pipeline;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotSame;
import static org.junit.jupiter.api.Assertions.assertSame;

import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.pixelcube.config.Warnings;
import org.pixelcube.light.EnvironmentMap;
import org.pixelcube.light.Exposure;
import org.pixelcube.light.KeyframedLighting;
import org.pixelcube.light.Lighting;
import org.pixelcube.light.Rgb;
import org.pixelcube.math.Rotation;
import org.pixelcube.math.Vector3;

class IlluminationTrackTest {
  /** Some light all round and a lamp in front. */
  private static EnvironmentMap lamp() {
    Vector3 to = new Vector3(0.3, 0.4, 1).normalized();
    return Fixtures.map(128, d -> 0.2 + 20 * Math.exp(40 * (to.dot(d) - 1)));
  }

  private static IlluminationTrack track(Lighting lighting, RelightSettings settings) {
    return new IlluminationTrack(lighting, settings, Warnings.silent());
  }

  @ParameterizedTest
  @CsvSource({"0,0,0", "70,0,0", "180,20,0", "-40,-60,30"})
  void aFixedMapIsExposedByTheContract(double yaw, double pitch, double roll) {
    EnvironmentMap map = lamp();
    RelightSettings settings =
        RelightSettings.DEFAULTS.with("yaw", yaw).with("pitch", pitch).with("roll", roll);
    double expected = Exposure.auto(map.rotated(Rotation.yawPitchRoll(yaw, pitch, roll))).scale();
    double scale = track(Lighting.fixed(map), settings).at(0).illumination().scale();
    assertEquals(1, scale / expected, 0.01);
    double brighter =
        track(Lighting.fixed(map), settings.with("exposure", 1.5)).at(0).illumination().scale();
    assertEquals(Math.pow(2, 1.5), brighter / scale, 1e-5);
  }

  @Test
  void withoutAutomaticExposureTheMapIsTakenAsItIs() {
    RelightSettings settings =
        RelightSettings.DEFAULTS.with("autoExposure", false).with("exposure", -2);
    IlluminationTrack track = track(Lighting.fixed(lamp(), Rotation.IDENTITY, 1), settings);
    assertEquals(0.5, track.at(0).illumination().scale(), 1e-6);
  }

  @Test
  void aFullTurnIsMeteredOnItsMean() {
    EnvironmentMap map = lamp();
    Lighting turning =
        KeyframedLighting.of(
            Lighting.fixed(map),
            List.of(
                new KeyframedLighting.Keyframe(0, 0, 0, 0, 0),
                new KeyframedLighting.Keyframe(6, 360, 0, 0, 0)),
            KeyframedLighting.Interpolation.LINEAR);
    double mean = 0;
    int n = 90;
    for (int k = 0; k < n; k++) {
      mean +=
          Exposure.meanFrontIrradiance(map.rotated(Rotation.yawPitchRoll(360.0 * k / n, 0, 0)))
                  .luminance()
              / n;
    }
    IlluminationTrack track = track(turning, RelightSettings.DEFAULTS);
    assertEquals(1, track.at(0).illumination().scale() / (Math.PI / mean), 0.01);
    // One exposure for all of it.
    assertEquals(track.at(0).illumination().scale(), track.at(3).illumination().scale(), 1e-6);
  }

  @Test
  void aMapThatOnlyTurnsIsPreparedOnce() {
    Lighting turning =
        KeyframedLighting.of(
            Lighting.fixed(lamp()),
            List.of(
                new KeyframedLighting.Keyframe(0, 0, 0, 0, 0),
                new KeyframedLighting.Keyframe(2, 90, 0, 0, 1)),
            KeyframedLighting.Interpolation.LINEAR);
    IlluminationTrack track = track(turning, RelightSettings.DEFAULTS);
    Illumination first = track.at(0).illumination();
    Illumination last = track.at(2).illumination();
    assertSame(first.prefiltered(), last.prefiltered());
    assertSame(first.lights(), last.lights());
    assertEquals(2, last.scale() / first.scale(), 1e-5);
    // Yaw 90 carries a light from the camera to the right of the picture.
    Vector3 turned = last.rotation().apply(new Vector3(0, 0, 1));
    assertEquals(1, turned.x(), 1e-9);
    Illumination other =
        track(Lighting.fixed(lamp()), RelightSettings.DEFAULTS).at(0).illumination();
    assertNotSame(first.prefiltered(), other.prefiltered());
  }

  @Test
  void aBlackMapIsLeftAloneAndSaid() {
    Warnings warnings = Warnings.silent();
    EnvironmentMap black = EnvironmentMap.uniform(16, 8, Rgb.BLACK);
    IlluminationTrack track =
        new IlluminationTrack(Lighting.fixed(black), RelightSettings.DEFAULTS, warnings);
    assertEquals(1, track.at(0).illumination().scale(), 0);
    assertEquals(1, warnings.all().size());
  }
}
