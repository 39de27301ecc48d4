package org.pixelcube.render;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.pixelcube.image.Image;
import org.pixelcube.light.EnvironmentMap;
import org.pixelcube.light.MapLibrary;
import org.pixelcube.light.Rgb;
import org.pixelcube.math.Vector3;

class LightBasisTest {
  @Test
  void directionAndSquareAreInverse() {
    Random random = new Random(5);
    float[] d = new float[3];
    float[] s = new float[2];
    for (int i = 0; i < 10_000; i++) {
      float a = random.nextFloat();
      float b = random.nextFloat();
      DirectionBins.direction(a, b, d);
      assertEquals(1, d[0] * d[0] + d[1] * d[1] + d[2] * d[2], 1e-5);
      DirectionBins.square(d[0], d[1], d[2], s);
      assertEquals(a, s[0], 2e-3, "at " + a + ", " + b);
      assertEquals(b, s[1], 2e-3, "at " + a + ", " + b);
    }
  }

  @Test
  void axesLieWhereTheDocumentationSays() {
    float[] d = new float[3];
    DirectionBins.direction(0.5f, 0.5f, d);
    assertEquals(1, d[2], 1e-6);
    DirectionBins.direction(1, 0.5f, d);
    assertEquals(1, d[0], 1e-6);
    DirectionBins.direction(0.5f, 1, d);
    assertEquals(1, d[1], 1e-6);
    DirectionBins.direction(0, 0, d);
    assertEquals(-1, d[2], 1e-6);
  }

  /** χ² of uniform directions over the cells: each holds the same solid angle. */
  @Test
  void cellsAreOfEqualSolidAngle() {
    DirectionBins bins = new DirectionBins(12);
    int[] count = new int[bins.count()];
    Random random = new Random(11);
    float[] scratch = new float[2];
    int n = 400_000;
    for (int i = 0; i < n; i++) {
      double z = 2 * random.nextDouble() - 1;
      double phi = 2 * Math.PI * random.nextDouble();
      double r = Math.sqrt(1 - z * z);
      count[
          bins.bin((float) (r * Math.cos(phi)), (float) (r * Math.sin(phi)), (float) z, scratch)]++;
    }
    double expected = (double) n / bins.count();
    double chi2 = 0;
    for (int c : count) {
      chi2 += (c - expected) * (c - expected) / expected;
    }
    // 143 degrees of freedom: the 99.99 % quantile is 212.
    assertTrue(chi2 < 212, "chi2 " + chi2);
  }

  @Test
  void weightsKeepTheEnergyOfAMap() {
    for (String name : List.of("golden-hour", "rembrandt", "night-street")) {
      EnvironmentMap map = MapLibrary.find(name).resampled(256, 128);
      LightBasis basis = LightBasis.cells();
      float[] weights = basis.weights(map);
      double[] sum = new double[3];
      for (int i = 0; i < weights.length; i++) {
        sum[i % 3] += weights[i] * basis.bins().solidAngle();
      }
      Rgb energy = map.energy();
      assertEquals(energy.red(), sum[0], 0.01 * energy.red(), name);
      assertEquals(energy.green(), sum[1], 0.01 * energy.green(), name);
      assertEquals(energy.blue(), sum[2], 0.01 * energy.blue(), name);
    }
  }

  @Test
  void aUniformMapGivesEveryCellItsRadiance() {
    LightBasis basis = LightBasis.cells();
    float[] weights = basis.weights(EnvironmentMap.uniform(64, 32, new Rgb(1, 0.5, 0.25)));
    for (int i = 0; i < weights.length; i++) {
      assertEquals(new float[] {1, 0.5f, 0.25f}[i % 3], weights[i], 1e-5);
    }
  }

  private static EnvironmentMap sunAt(Vector3 direction, double diameterDegrees, float radiance) {
    int w = 512;
    int h = 256;
    float[] samples = new float[3 * w * h];
    for (int y = 0; y < h; y++) {
      for (int x = 0; x < w; x++) {
        Vector3 d = EnvironmentMap.direction((x + 0.5) / w, (y + 0.5) / h);
        boolean inside = d.dot(direction) > Math.cos(Math.toRadians(diameterDegrees / 2));
        for (int c = 0; c < 3; c++) {
          samples[c * w * h + y * w + x] = inside ? radiance : 0.2f;
        }
      }
    }
    return EnvironmentMap.of(Image.rgb(w, h, samples));
  }

  @Test
  void aSunIsTakenOutOfTheMapWithItsEnergyAndPlace() {
    Vector3 direction = new Vector3(0.5, 0.6, 0.4).normalized();
    EnvironmentMap map = sunAt(direction, 3, 2000);
    HardSources hard = HardSources.of(map, 4);
    assertEquals(1, hard.sources().size());
    HardSources.Source source = hard.sources().get(0);
    assertTrue(source.direction().dot(direction) > Math.cos(Math.toRadians(0.3)));
    double solid = 2 * Math.PI * (1 - Math.cos(Math.toRadians(1.5)));
    assertEquals(1999.8 * solid, source.irradiance()[1], 0.1 * 2000 * solid);
    assertEquals(
        map.energy().green(),
        hard.rest().energy().green() + source.irradiance()[1],
        1e-3 * map.energy().green());
    assertEquals(0.2, hard.rest().radiance(direction).green(), 1e-3);
  }

  @Test
  void aWideSourceIsNotHard() {
    assertTrue(HardSources.of(sunAt(new Vector3(0, 0, 1), 20, 50), 4).sources().isEmpty());
  }

  private static LightBasis.Sun sun(Vector3 direction) {
    return new LightBasis.Sun(direction, 3);
  }

  @Test
  void aSourceShinesThroughTheSunItLiesAtAndElseThroughItsCell() {
    Vector3 direction = new Vector3(0.5, 0.6, 0.4).normalized();
    HardSources hard = HardSources.of(sunAt(direction, 3, 2000), 4);
    LightBasis basis =
        LightBasis.cells().withSuns(List.of(sun(new Vector3(0, 0, 1)), sun(direction)));
    float[] weights = basis.weights(hard, 3);
    float irradiance = hard.sources().get(0).irradiance()[0];
    assertEquals(0, weights[3 * basis.firstSun()]);
    assertEquals(irradiance, weights[3 * (basis.firstSun() + 1)], 1e-3 * irradiance);
    LightBasis elsewhere = LightBasis.cells().withSuns(List.of(sun(new Vector3(0, 0, 1))));
    float[] spread = elsewhere.weights(hard, 3);
    assertEquals(0, spread[3 * elsewhere.firstSun()]);
    double sum = 0;
    for (int i = 0; i < 3 * elsewhere.bins().count(); i += 3) {
      sum += spread[i] * elsewhere.bins().solidAngle();
    }
    assertEquals(hard.rest().energy().red() + irradiance, sum, 0.01 * sum);
  }

  @Test
  void aSourceStaysInTheCellsWhereNoSunIsAsWide() {
    Vector3 direction = new Vector3(0.5, 0.6, 0.4).normalized();
    HardSources hard = HardSources.of(sunAt(direction, 6, 2000), 4);
    LightBasis basis =
        LightBasis.cells()
            .withSuns(List.of(new LightBasis.Sun(direction, LightBasis.Sun.SUN_DEGREES)));
    assertEquals(0, basis.weights(hard, 3)[3 * basis.firstSun()]);
  }

  /**
   * A lamp anywhere in a cell meets a smooth response nearer than means over cells, which are off
   * by the slope across the cell, and without negative light.
   */
  @Test
  void lampsMeetSmoothResponsesBetweenTheCells() {
    DirectionBins bins = new DirectionBins(12);
    Vector3 facing = new Vector3(0.3, 0.5, 0.8).normalized();
    double[] response = new double[bins.count()];
    float[] d = new float[3];
    int fine = 16;
    for (int k = 0; k < bins.count(); k++) {
      for (int i = 0; i < fine * fine; i++) {
        DirectionBins.direction(
            (k % 12 + (i % fine + 0.5f) / fine) / 12, (k / 12 + (i / fine + 0.5f) / fine) / 12, d);
        double cosine = facing.dot(new Vector3(d[0], d[1], d[2]));
        response[k] += (1 + cosine) * (1 + cosine) / 4 / (fine * fine);
      }
    }
    Random random = new Random(3);
    double squares = 0;
    double squaresOfCells = 0;
    for (int k = 0; k < 500; k++) {
      Vector3 lamp =
          new Vector3(random.nextGaussian(), random.nextGaussian(), random.nextGaussian())
              .normalized();
      float[] weights = new float[3 * bins.count()];
      bins.addLamp(lamp, new float[] {1, 2, 3}, weights);
      double sum = 0;
      for (int i = 0; i < bins.count(); i++) {
        assertTrue(weights[3 * i + 1] >= 0, "weight " + weights[3 * i + 1]);
        sum += weights[3 * i + 1] * bins.solidAngle() * response[i];
      }
      double truth = (1 + facing.dot(lamp)) * (1 + facing.dot(lamp)) / 4;
      squares += (sum / 2 - truth) * (sum / 2 - truth);
      int bin = bins.bin((float) lamp.x(), (float) lamp.y(), (float) lamp.z(), new float[2]);
      squaresOfCells += (response[bin] - truth) * (response[bin] - truth);
    }
    // Curvature within a cell is lost where its lamp may not be sharpened below nothing.
    double error = Math.sqrt(squares / 500);
    double errorOfCells = Math.sqrt(squaresOfCells / 500);
    assertTrue(error < 0.025, "error " + error);
    assertTrue(errorOfCells > 2 * error, errorOfCells + " against " + error);
  }

  @Test
  void aTubeOfLightIsTakenApart() {
    int w = 512;
    int h = 256;
    float[] samples = new float[3 * w * h];
    double solid = 0;
    EnvironmentMap shape = EnvironmentMap.uniform(w, h, new Rgb(1, 1, 1));
    for (int y = 0; y < h; y++) {
      for (int x = 0; x < w; x++) {
        Vector3 d = shape.pixelDirection(x, y);
        boolean inside =
            d.z() > 0
                && Math.abs(Math.asin(d.y())) < Math.toRadians(1.5)
                && Math.abs(Math.atan2(d.x(), d.z())) < Math.toRadians(12);
        solid += inside ? shape.solidAngle(y) : 0;
        for (int c = 0; c < 3; c++) {
          samples[c * w * h + y * w + x] = inside ? 500 : 0.1f;
        }
      }
    }
    EnvironmentMap map = EnvironmentMap.of(Image.rgb(w, h, samples));
    assertTrue(HardSources.of(map, 16).sources().isEmpty(), "too wide to be one");
    List<HardSources.Source> parts = HardSources.inParts(map, 16).sources();
    // 24° by 3°: halved until no part is much longer than it is wide.
    assertEquals(8, parts.size());
    double energy = parts.stream().mapToDouble(s -> s.irradiance()[1]).sum();
    assertEquals(499.9 * solid, energy, 1e-3 * energy);
    double left = parts.stream().mapToDouble(s -> s.direction().x()).min().orElseThrow();
    double right = parts.stream().mapToDouble(s -> s.direction().x()).max().orElseThrow();
    assertEquals(Math.sin(Math.toRadians(10.5)), right, 0.01);
    assertEquals(-Math.sin(Math.toRadians(10.5)), left, 0.01);
    assertTrue(parts.stream().allMatch(s -> s.diameterDegrees() < 4));
  }
}
