package org.pixelcube.light;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertSame;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.carrotsearch.randomizedtesting.jupiter.Randomized;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.pixelcube.color.ColorSpace;
import org.pixelcube.config.UserError;
import org.pixelcube.image.Image;
import org.pixelcube.image.ImageFile;
import org.pixelcube.light.KeyframedLighting.Interpolation;
import org.pixelcube.light.KeyframedLighting.Keyframe;
import org.pixelcube.math.Rotation;
import org.pixelcube.math.Vector3;
import org.pixelcube.video.ClipInfo;
import org.pixelcube.video.ClipWriter;
import org.pixelcube.video.Encoding;
import org.pixelcube.video.Frame;
import org.pixelcube.video.Rational;

@Randomized
class LightingTest {
  private static final EnvironmentMap FRONT = TestMaps.disc(64, new Vector3(0, 0, 1), 0.2, 8);

  private static double yaw(Lighting lighting, double t) {
    Vector3 d = lighting.state(t).rotation().apply(new Vector3(0, 0, 1));
    return Math.toDegrees(Math.atan2(d.x(), d.z()));
  }

  @Test
  void fixedLightIsTheSameAtAnyTime(Random random) {
    Lighting lighting = Lighting.fixed(FRONT);
    assertSame(FRONT, lighting.at(random.nextDouble() * 100));
    assertEquals(0, lighting.durationSeconds());
  }

  @Test
  void unwrappedYawMakesAFullTurn() {
    Lighting lighting =
        KeyframedLighting.of(
            Lighting.fixed(FRONT),
            List.of(new Keyframe(0, 0, 0, 0, 0), new Keyframe(4, 360, 0, 0, 2)),
            Interpolation.LINEAR);
    assertEquals(0, yaw(lighting, -3), 1e-9);
    assertEquals(90, yaw(lighting, 1), 1e-9);
    assertEquals(180, Math.abs(yaw(lighting, 2)), 1e-9);
    assertEquals(-90, yaw(lighting, 3), 1e-9);
    assertEquals(0, yaw(lighting, 9), 1e-9);
    assertEquals(1, lighting.state(2).exposureStops(), 1e-12);
    assertEquals(4, lighting.durationSeconds());
    // A light in front is at the right after a quarter turn, opened by half a stop.
    EnvironmentMap quarter = lighting.at(1);
    assertEquals(8 * Math.sqrt(2), quarter.radiance(new Vector3(1, 0, 0)).red(), 1e-4);
    assertSame(FRONT, lighting.state(1).base());
  }

  @Test
  void smoothKeysAreMetWithoutOvershootOrJump(Random random) {
    List<Keyframe> keys = new ArrayList<>();
    double t = 0;
    for (int k = 0; k < 6; k++) {
      t += random.nextDouble(0.1, 2);
      keys.add(new Keyframe(t, 0, 0, 0, random.nextDouble(-5, 5)));
    }
    Lighting lighting = KeyframedLighting.of(Lighting.fixed(FRONT), keys, Interpolation.SMOOTH);
    for (int k = 0; k < 5; k++) {
      Keyframe a = keys.get(k);
      Keyframe b = keys.get(k + 1);
      assertEquals(a.exposureStops(), lighting.state(a.timeSeconds()).exposureStops(), 1e-12);
      double low = Math.min(a.exposureStops(), b.exposureStops());
      double high = Math.max(a.exposureStops(), b.exposureStops());
      double before = a.exposureStops();
      double up = Math.signum(b.exposureStops() - a.exposureStops());
      for (int i = 1; i <= 100; i++) {
        double at = a.timeSeconds() + i / 100.0 * (b.timeSeconds() - a.timeSeconds());
        double v = lighting.state(at).exposureStops();
        assertTrue(v >= low - 1e-9 && v <= high + 1e-9, "no overshoot");
        assertTrue(up * (v - before) >= -1e-9, "monotone between keys");
        before = v;
      }
      // The rate is continuous across the key.
      double e = 1e-5;
      double middle = b.timeSeconds();
      if (k < 4) {
        double left =
            lighting.state(middle).exposureStops() - lighting.state(middle - e).exposureStops();
        double right =
            lighting.state(middle + e).exposureStops() - lighting.state(middle).exposureStops();
        assertEquals(left / e, right / e, 0.05);
      }
    }
  }

  @Test
  void keysMustGrowInTime() {
    Lighting base = Lighting.fixed(FRONT);
    Keyframe key = new Keyframe(1, 0, 0, 0, 0);
    assertThrows(
        IllegalArgumentException.class,
        () -> KeyframedLighting.of(base, List.of(key, key), Interpolation.LINEAR));
    assertThrows(
        IllegalArgumentException.class,
        () -> KeyframedLighting.of(base, List.of(), Interpolation.LINEAR));
  }

  @Test
  void sequenceCrossFadesAndLoadsFewMaps() {
    List<Integer> loaded = new ArrayList<>();
    Lighting lighting =
        SequenceLighting.of(
            100,
            10,
            i -> {
              loaded.add(i);
              return EnvironmentMap.uniform(8, 4, Rgb.grey(i));
            });
    Vector3 d = new Vector3(1, 0, 0);
    for (int frame = 0; frame < 250; frame++) {
      double t = frame / 25.0;
      double expected = Math.min(99, t * 10);
      assertEquals(expected, lighting.at(t).radiance(d).red(), 1e-4);
    }
    assertEquals(100, loaded.size(), "each map loaded once");
    assertEquals(9.9, lighting.durationSeconds(), 1e-12);
    assertSame(lighting.state(3).base(), lighting.state(3 + 1e-6).base());
  }

  @Test
  void foldersAndPatternsAreReadInOrder(@TempDir Path folder) throws IOException {
    for (int i : new int[] {8, 9, 10, 11, 13}) {
      ImageFile.write(
          folder.resolve("m%d.hdr".formatted(i)),
          EnvironmentMap.uniform(8, 4, Rgb.grey(i)).image());
    }
    Files.writeString(folder.resolve("notes.txt"), "no map");
    Lighting numbered = Lighting.find(folder.resolve("m%d.hdr").toString(), 1);
    assertEquals(3, numbered.durationSeconds(), "stops at the gap");
    Vector3 d = new Vector3(0, 1, 0);
    assertEquals(10, numbered.at(2).radiance(d).red(), 0.05);
    assertEquals(9.5, numbered.at(1.5).radiance(d).red(), 0.05);
    Lighting all = Lighting.find(folder.toString(), 1);
    assertEquals(4, all.durationSeconds());
    assertEquals(10, all.at(0).radiance(d).red(), 0.05, "by name");
    assertThrows(UserError.class, () -> Lighting.find(folder.resolve("x%03d.hdr").toString(), 1));
  }

  @Test
  void lightingFileIsReadWithItsMap(@TempDir Path folder) throws IOException {
    ImageFile.write(folder.resolve("front.hdr"), FRONT.image());
    Path file = folder.resolve("turn.json");
    Files.writeString(
        file,
        """
        {"map": "front.hdr",
         "keys": [{"t": 0, "yaw": 0, "pitch": 0, "roll": 0, "exposure": 0}, {"t": 5, "yaw": 360}],
         "interpolation": "smooth"}
        """);
    Lighting lighting = Lighting.find(file.toString(), 24);
    assertEquals(180, Math.abs(yaw(lighting, 2.5)), 1e-9);
    assertTrue(yaw(lighting, 0.5) < 36, "starts from rest");
    assertEquals(8, lighting.at(0).radiance(new Vector3(0, 0, 1)).red(), 0.05);

    Files.writeString(file, "{\"map\": \"softbox\", \"keys\": []}");
    assertEquals(1024, LightingFile.read(file).at(0).width());
    Files.writeString(file, "{\"sequence\": \".\", \"framesPerSecond\": 24, \"keys\": []}");
    assertEquals(0, LightingFile.read(file).durationSeconds());
  }

  @Test
  void filesAreThoseThatAreRead(@TempDir Path folder) throws IOException {
    Path file = folder.resolve("light.json");
    Path map = folder.resolve("front.hdr");
    Files.writeString(map, "any");
    Files.writeString(file, "{\"map\": \"front.hdr\", \"keys\": []}");
    assertEquals(List.of(file, map), Lighting.files(file.toString()));
    Files.writeString(file, "{\"map\": \"softbox\", \"keys\": []}");
    assertEquals(List.of(file), Lighting.files(file.toString()));
    Files.writeString(
        file, "{\"sequence\": \"m-%04d.hdr\", \"framesPerSecond\": 24, \"keys\": []}");
    assertEquals(List.of(file, folder.resolve("m-%04d.hdr")), Lighting.files(file.toString()));
    assertEquals(List.of(), Lighting.files("softbox"));
    assertEquals(List.of(map), Lighting.files(map.toString()));
  }

  private static void assertRefused(Path file, String json, String... parts) throws IOException {
    Files.writeString(file, json);
    UserError e = assertThrows(UserError.class, () -> LightingFile.read(file), json);
    for (String part : parts) {
      assertTrue(e.getMessage().contains(part), e.getMessage());
    }
    assertEquals(1, e.getMessage().lines().count());
  }

  @Test
  void lightingFileIsStrict(@TempDir Path folder) throws IOException {
    Path file = folder.resolve("light.json");
    assertRefused(file, "{\"map\": \"softbox\", \"key\": []}", "light.json", "key");
    assertRefused(file, "{\"map\": \"softbox\", \"keys\": [{\"yaw\": 0}]}", "t");
    assertRefused(file, "{\"map\": \"softbox\"}", "keys", "missing");
    assertRefused(file, "{\"map\": \"softbox\", \"keys\": [{\"t\": 0, \"yaw\": \"left\"}]}", "yaw");
    assertRefused(
        file,
        "{\"map\": \"softbox\", \"keys\": [{\"t\": 2}, {\"t\": 1}]}",
        "keys[1].t",
        "1.0",
        "2.0");
    assertRefused(file, "{\"map\": \"softbox\", \"keys\": [{\"t\": -1}]}", "t", "-1");
    assertRefused(
        file, "{\"map\": \"softbocks\", \"keys\": []}", "softbocks", "did you mean 'softbox'?");
    assertRefused(file, "{\"keys\": []}", "map", "sequence");
    assertRefused(file, "{\"map\": \"ring\", \"sequence\": \"a\", \"keys\": []}", "map");
    assertRefused(file, "{\"sequence\": \"a\", \"keys\": []}", "framesPerSecond");
    assertRefused(
        file,
        "{\"map\": \"ring\", \"interpolation\": \"cubic\", \"keys\": []}",
        "interpolation",
        "cubic");
    assertRefused(file, "{\"map\": ", "light.json");
  }

  @Test
  void keysOverASequenceTurnEachMap(Random random) {
    Rotation under = TestMaps.rotation(random);
    Lighting lighting =
        KeyframedLighting.of(
            Lighting.fixed(FRONT, under, 1),
            List.of(new Keyframe(0, 90, 0, 0, 2)),
            Interpolation.LINEAR);
    Vector3 d = TestMaps.direction(random);
    Vector3 expected = Rotation.yawPitchRoll(90, 0, 0).apply(under.apply(d));
    assertEquals(0, lighting.state(0).rotation().apply(d).minus(expected).length(), 1e-12);
    assertEquals(3, lighting.state(0).exposureStops());
    assertEquals(8, lighting.state(0).scale(), 1e-12);
  }

  private static void writeVideo(Path file, int width, int height, int frames) {
    ClipInfo like = ClipInfo.synthetic(width, height, new Rational(10, 1), false);
    try (ClipWriter writer = ClipWriter.open(file, Encoding.forPath(file), like)) {
      for (int i = 0; i < frames; i++) {
        float level = (i + 1) / 16f;
        writer.write(
            new Frame(
                Image.filled(width, height, ColorSpace.LINEAR_REC709, level, level, level),
                i,
                i,
                1));
      }
      writer.finish();
    }
  }

  @Test
  void videoOfMapsPlaysForwardAndBack(@TempDir Path folder) {
    Path file = folder.resolve("maps.mp4");
    writeVideo(file, 128, 64, 8);
    Vector3 d = new Vector3(0, 0, 1);
    try (Lighting lighting = Lighting.find(file.toString(), 24)) {
      assertEquals(0.7, lighting.durationSeconds(), 1e-9);
      for (double t : new double[] {0, 0.1, 0.25, 0.7, 0.3, 0, 9}) {
        double expected = (1 + Math.min(7, 10 * t)) / 16;
        assertEquals(expected, lighting.at(t).radiance(d).green(), 0.015, "time " + t);
      }
    }
    Path square = folder.resolve("square.mp4");
    writeVideo(square, 64, 64, 2);
    UserError e = assertThrows(UserError.class, () -> Lighting.find(square.toString(), 24).close());
    assertTrue(e.getMessage().contains("64×64"), e.getMessage());
  }
}
