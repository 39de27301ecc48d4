package org.pixelcube.light;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.carrotsearch.randomizedtesting.jupiter.Randomized;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Random;
import java.util.stream.Stream;
import org.junit.jupiter.api.Assumptions;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestFactory;
import org.pixelcube.config.UserError;
import org.pixelcube.math.Vector3;

@Randomized
class MapLibraryTest {
  private static double luminance(EnvironmentMap map, double yaw, double elevation) {
    return map.irradiance(MapPainter.direction(yaw, elevation)).luminance();
  }

  @TestFactory
  Stream<DynamicTest> everyMapIsSoundAndLightsAFace() {
    return MapLibrary.names().stream()
        .map(name ->
            DynamicTest.dynamicTest(
                name,
                () -> {
                  EnvironmentMap map = MapLibrary.find(name);
                  assertEquals(1024, map.width());
                  assertEquals(0, map.repairedSamples());
                  Exposure exposure = Exposure.auto(map);
                  assertTrue(exposure.metered());
                  assertTrue(Math.abs(exposure.stops()) < 4, "stops " + exposure.stops());
                  double peak = 0;
                  for (float l : map.luminance()) {
                    peak = Math.max(peak, l);
                  }
                  double contrast = peak / map.meanRadiance().luminance();
                  assertTrue(
                      name.equals("uniform") ? contrast < 1.001 : contrast > 1.5,
                      "peak over mean " + contrast);
                }));
  }

  @Test
  void portraitSetUpsPutTheKeyWhereTheirNameSays() {
    for (String name :
        new String[] {"three-point", "rembrandt", "split", "loop", "window", "softbox"}) {
      EnvironmentMap map = MapLibrary.find(name);
      assertTrue(luminance(map, 60, 0) > 1.5 * luminance(map, -60, 0), name);
    }
    EnvironmentMap rim = MapLibrary.find("rim");
    assertTrue(luminance(rim, 120, 0) > 4 * luminance(rim, 0, 0));
    assertEquals(luminance(rim, 120, 0), luminance(rim, -120, 0), 0.1 * luminance(rim, 120, 0));
    EnvironmentMap butterfly = MapLibrary.find("butterfly");
    assertTrue(luminance(butterfly, 0, 60) > 1.2 * luminance(butterfly, 0, -20));
    EnvironmentMap ring = MapLibrary.find("ring");
    assertEquals(luminance(ring, 40, 0), luminance(ring, -40, 0), 1e-3);
    EnvironmentMap neon = MapLibrary.find("neon");
    Rgb left = neon.irradiance(new Vector3(-1, 0, 0));
    Rgb right = neon.irradiance(new Vector3(1, 0, 0));
    assertTrue(left.red() > 5 * left.green() && right.blue() > 5 * right.red());
  }

  @Test
  void overcastSkyHasTheStandardGradient() {
    EnvironmentMap map = MapLibrary.find("overcast");
    double zenith = map.radiance(new Vector3(0, 1, 0)).green();
    assertEquals(zenith * 2 / 3, map.radiance(MapPainter.direction(20, 30)).green(), 0.01 * zenith);
    // E of L_z(1 + 2 cos θ)/3 on the ground is 7π/9 L_z.
    assertEquals(
        7 * Math.PI / 9 * zenith, map.irradiance(new Vector3(0, 1, 0)).green(), 0.01 * zenith);
    assertEquals(0.19 * 7 / 9 * zenith, map.radiance(new Vector3(0, -1, 0)).green(), 0.01 * zenith);
  }

  @Test
  void sunHoldsItsEnergyAtAnySize(Random random) {
    for (int w : new int[] {16, 64, 256, 1024}) {
      Vector3 between =
          EnvironmentMap.direction(
              (double) random.nextInt(w) / w, (double) random.nextInt(1, w / 2) / (0.5 * w));
      for (Vector3 to : new Vector3[] {TestMaps.direction(random), between}) {
        EnvironmentMap map = new MapPainter(w, w / 2).sun(to, 0.265, new Rgb(3, 2, 1)).map();
        assertEquals(3, map.energy().red(), 1e-4);
        assertEquals(1, map.energy().blue(), 1e-4);
      }
    }
  }

  /** Measured daylight: sun 60 to 110 klx at 40°, sky 5 to 30 klx; low sun redder and weaker. */
  @Test
  void clearSkyHasPlausibleLevelsAndColours() {
    Vector3 high = MapPainter.direction(0, 40);
    PreethamSky sky = new PreethamSky(high, 2.5);
    double direct = sky.sunIlluminance().luminance();
    assertTrue(direct > 60 && direct < 110, "sun " + direct);
    EnvironmentMap dome =
        new MapPainter(256, 128)
            .fill((x, y, z, rgb) -> {
              sky.at(x, y, z, rgb);
              if (y < 0) {
                java.util.Arrays.fill(rgb, 0);
              }
            })
            .map();
    double diffuse = dome.irradiance(new Vector3(0, 1, 0)).luminance();
    assertTrue(diffuse > 5 && diffuse < 30, "sky " + diffuse);
    Rgb zenith = dome.radiance(MapPainter.direction(180, 50));
    assertTrue(zenith.blue() > 1.5 * zenith.red(), zenith.toString());
    Rgb low = new PreethamSky(MapPainter.direction(0, 7), 4).sunIlluminance();
    assertTrue(low.luminance() < 0.5 * direct && low.red() > 2 * low.blue(), low.toString());
  }

  @Test
  void unknownNamesListTheKnownOnes() {
    UserError e = assertThrows(UserError.class, () -> MapLibrary.find("no-such-map"));
    for (String name : MapLibrary.names()) {
      assertTrue(e.getMessage().contains(name), e.getMessage());
    }
  }

  @Test
  void realMapsAreReadAndKeepTheirLight() {
    Path sample =
        Path.of(System.getProperty("pixelcube.samples", "../shared/data"), "hdri", "park.hdr");
    Assumptions.assumeTrue(Files.exists(sample), "no sample maps here");
    EnvironmentMap map = MapLibrary.find(sample.toString());
    assertEquals(1024, map.width());
    double energy = map.energy().luminance();
    assertTrue(energy > 0);
    double lights =
        AreaLights.medianCut(map, 64).stream().mapToDouble(l -> l.energy().luminance()).sum();
    assertEquals(energy, lights, 1e-6 * energy);
    Vector3 n = new Vector3(0, 0.6, 0.8);
    double exact = map.irradiance(n).green();
    assertEquals(exact, IrradianceMap.of(map).at(n).green(), 0.01 * exact);
  }
}
