package org.pixelcube.pipeline;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import org.junit.jupiter.api.Test;
import org.pixelcube.light.EnvironmentMap;
import org.pixelcube.light.Exposure;
import org.pixelcube.light.Lighting;
import org.pixelcube.light.LightingState;
import org.pixelcube.light.MapLibrary;
import org.pixelcube.light.Rgb;
import org.pixelcube.math.Rotation;

class RunLightTest {
  private static RelightSettings settings(double yaw, double exposure, boolean auto) {
    return RelightSettings.DEFAULTS
        .with("yaw", yaw)
        .with("exposure", exposure)
        .with("autoExposure", auto);
  }

  @Test
  void metersTheTurnedMapAsExposureDoes() {
    EnvironmentMap map = MapLibrary.find("split").downsampled(256, 128);
    for (double yaw : new double[] {0, 40, 180}) {
      LightingState state = RunLight.of(Lighting.fixed(map), settings(yaw, 0.5, true)).at(3);
      EnvironmentMap turned = map.rotated(Rotation.yawPitchRoll(yaw, 0, 0));
      assertEquals(Exposure.auto(turned).stops() + 0.5, state.exposureStops(), 0.01, "yaw " + yaw);
    }
  }

  @Test
  void absoluteExposureIsTheGivenStops() {
    EnvironmentMap map = EnvironmentMap.uniform(8, 4, new Rgb(5, 5, 5));
    RunLight light = RunLight.of(Lighting.fixed(map), settings(0, -2, false));
    assertEquals(-2, light.at(0).exposureStops());
    assertEquals(
        5 / 4.0, light.at(0).map().radiance(EnvironmentMap.direction(0.3, 0.4)).red(), 1e-5);
  }

  @Test
  void uniformLightIsBroughtToOne() {
    EnvironmentMap map = EnvironmentMap.uniform(16, 8, new Rgb(4, 4, 4));
    RunLight light = RunLight.of(Lighting.fixed(map), settings(70, 0, true));
    assertEquals(-2, light.at(0).exposureStops(), 1e-6);
    assertTrue(light.metered());
    assertTrue(light.steady());
  }

  @Test
  void blackLightIsLeftAlone() {
    EnvironmentMap map = EnvironmentMap.uniform(16, 8, new Rgb(0, 0, 0));
    RunLight light = RunLight.of(Lighting.fixed(map), settings(0, 1, true));
    assertFalse(light.metered());
    assertEquals(1, light.at(0).exposureStops());
  }

  @Test
  void theLightingsOwnRotationComesFirst() {
    EnvironmentMap map = EnvironmentMap.uniform(16, 8, new Rgb(1, 1, 1));
    Rotation own = Rotation.yawPitchRoll(0, 30, 0);
    RunLight light = RunLight.of(Lighting.fixed(map, own, 1), settings(90, 0, false));
    assertEquals(Rotation.yawPitchRoll(90, 0, 0).after(own), light.at(0).rotation());
    assertEquals(1, light.at(0).exposureStops());
  }
}
