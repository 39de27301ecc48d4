package org.pixelcube.train;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.carrotsearch.randomizedtesting.jupiter.Randomized;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.pixelcube.config.UserError;
import org.pixelcube.dataset.DatasetWriter;
import org.pixelcube.dataset.LightCollection;
import org.pixelcube.dataset.SampleGenerator;
import org.pixelcube.dataset.Split;
import org.pixelcube.dataset.TestClips;
import org.pixelcube.dataset.TrainingSample;
import org.pixelcube.diffusion.LightPlanes;
import org.pixelcube.diffusion.SubjectShape;
import org.pixelcube.light.EnvironmentMap;
import org.pixelcube.math.Vector3;

@Randomized
class ExampleTest {
  private static final LightCollection MAPS = LightCollection.of(List.of("softbox"));

  private static TrainingSample sample(Random random) {
    return SampleGenerator.of(MAPS, 2).draw(TestClips.rendered("ball", "someone", 3, 5), random);
  }

  private static Example example(TrainingSample sample) {
    return Example.of(sample, new LightPlanes.Source(MAPS.light("softbox")), List.of());
  }

  private static void near(float[] expected, float[] actual) {
    assertEquals(expected.length, actual.length);
    for (int i = 0; i < expected.length; i++) {
      // Half precision.
      assertEquals(expected[i], actual[i], 1e-3 * (1 + Math.abs(expected[i])));
    }
  }

  @Test
  void aWholeFrameIsTheSample(Random random) {
    TrainingSample sample = sample(random);
    TrainingSample.Frame f = sample.frames().get(1);
    Example.Part part = example(sample).part(1, new Example.Look(24, 0, 0, 24, false));
    near(f.input().samples(), part.picture());
    near(f.matte().samples(), part.matte());
    near(f.target().samples(), part.target());
    near(f.background().samples(), part.background());
    near(f.normals().samples(), part.normals());
    float[] flat = f.flatLit().samples().clone();
    for (int i = 0; i < flat.length; i++) {
      flat[i] = Math.max(0, flat[i]) * f.matte().samples()[i % 576];
    }
    near(flat, part.flatLit());
  }

  @Test
  void theLightIsThatOfTheTargetMap(Random random) {
    TrainingSample sample = sample(random);
    EnvironmentMap map = sample.frames().getFirst().targetMap();
    Example.Part part = example(sample).part(0, new Example.Look(24, 0, 0, 24, false));
    float[] normals = new float[30];
    for (int i = 0; i < 10; i++) {
      Vector3 n =
          new Vector3(random.nextGaussian(), random.nextGaussian(), random.nextGaussian())
              .normalized();
      normals[i] = (float) n.x();
      normals[10 + i] = (float) n.y();
      normals[20 + i] = (float) n.z();
    }
    float[] diffuse = part.light().on(normals).diffuse();
    for (int i = 0; i < 10; i++) {
      var e = map.irradiance(new Vector3(normals[i], normals[10 + i], normals[20 + i]));
      assertEquals(e.green() / Math.PI, diffuse[10 + i], 0.03 * e.green() + 0.01);
    }
  }

  @Test
  void mirroredFramesAreTurnedRound(Random random) {
    Example example = example(sample(random));
    Example.Part plain = example.part(0, new Example.Look(24, 4, 2, 16, false));
    Example.Part mirrored = example.part(0, new Example.Look(24, 4, 2, 16, true));
    for (int y = 0; y < 16; y++) {
      for (int x = 0; x < 16; x++) {
        int a = y * 16 + x;
        int b = y * 16 + 15 - x;
        assertEquals(plain.picture()[256 + a], mirrored.picture()[256 + b]);
        assertEquals(-plain.normals()[a], mirrored.normals()[b]);
        assertEquals(plain.normals()[512 + a], mirrored.normals()[512 + b]);
      }
    }
    // A mirrored normal under the mirrored light sees what the normal saw.
    float[] light = plain.light().on(plain.normals()).diffuse();
    float[] other = mirrored.light().on(mirrored.normals()).diffuse();
    for (int y = 0; y < 16; y++) {
      for (int x = 0; x < 16; x++) {
        assertEquals(light[y * 16 + x], other[y * 16 + 15 - x], 1e-6);
      }
    }
    assertEquals(plain.environment()[5 * 64 + 3], mirrored.environment()[5 * 64 + 60]);
    assertEquals(plain.environment()[6 * 2048 + 5], mirrored.environment()[6 * 2048 + 5]);
  }

  @Test
  void shapesGoWithTheirFrames(Random random) {
    TrainingSample sample = sample(random);
    List<SubjectShape> shapes =
        sample.frames().stream()
            .map(f -> new SubjectShape(f.normals().samples(), f.target().samples()))
            .toList();
    Example example = Example.of(sample, new LightPlanes.Source(MAPS.light("softbox")), shapes);
    for (boolean mirrored : new boolean[] {false, true}) {
      // Half the size and turned round: what is true of the truth is true of a shape that is it.
      Example.Part part = example.part(1, new Example.Look(20, 2, 2, 16, mirrored));
      near(part.normals(), part.shape().orElseThrow().normals());
      near(part.target(), part.shape().orElseThrow().shaded());
    }
    assertTrue(example(sample).part(1, new Example.Look(24, 0, 0, 24, false)).shape().isEmpty());
  }

  private record Recipe(String name) {}

  @Test
  void thePoolDependsOnItsSeedAndTheItemAlone(@TempDir Path folder) {
    try (DatasetWriter writer = DatasetWriter.open(folder, new Recipe("balls"), 2, 2)) {
      writer.put(0, TestClips.rendered("a", "subject-0", 3, 0));
      writer.put(1, TestClips.rendered("b", "subject-1", 3, 1));
      writer.finish();
    }
    DataSettings settings =
        new DataSettings(
            List.of(folder.toString()),
            Optional.of(List.of("a", "b")),
            Optional.empty(),
            Optional.of(List.of("softbox")),
            2,
            3,
            2,
            1,
            2,
            Optional.empty(),
            Optional.empty());
    List<float[]> seen = new ArrayList<>();
    try (ExamplePool pool = new ExamplePool(settings, Split.TRAIN, 4, Optional.empty())) {
      assertEquals(2, pool.clips());
      for (int i = 0; i < 14; i++) {
        seen.add(first(pool.at(i)));
      }
    }
    // A block of three is gone through twice.
    for (int k = 0; k < 12; k += 6) {
      for (int i = 0; i < 3; i++) {
        float[] once = seen.get(k + i);
        assertEquals(
            1,
            seen.subList(k + 3, k + 6).stream()
                .filter(other -> java.util.Arrays.equals(once, other))
                .count());
      }
    }
    try (ExamplePool pool = new ExamplePool(settings, Split.TRAIN, 4, Optional.empty())) {
      assertArrayEquals(seen.get(9), first(pool.at(9)));
      assertArrayEquals(seen.get(13), first(pool.at(13)));
    }
    try (ExamplePool pool = new ExamplePool(settings, Split.TRAIN, 5, Optional.empty())) {
      assertNotEquals(seen.get(0)[300], first(pool.at(0))[300]);
    }
    DataSettings none =
        new DataSettings(
            settings.datasets(),
            Optional.of(List.of("c")),
            Optional.empty(),
            settings.builtIn(),
            2,
            3,
            2,
            1,
            1,
            Optional.empty(),
            Optional.empty());
    assertTrue(
        assertThrows(UserError.class, () -> new ExamplePool(none, Split.TRAIN, 1, Optional.empty()))
            .getMessage()
            .contains("holds none of the clips c"));
  }

  private static float[] first(Example example) {
    return example.part(0, new Example.Look(24, 0, 0, 24, false)).picture();
  }
}
