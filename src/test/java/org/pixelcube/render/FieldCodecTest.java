package org.pixelcube.render;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.carrotsearch.randomizedtesting.jupiter.Randomized;
import java.nio.ByteBuffer;
import java.util.Arrays;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.pixelcube.config.UserError;
import org.pixelcube.image.Image;
import org.pixelcube.light.EnvironmentMap;
import org.pixelcube.light.MapLibrary;

@Randomized
class FieldCodecTest {
  private static CodedField decode(ReflectanceField field, FieldBasis basis) {
    return FieldCodec.decode(
        "ball",
        FieldCodec.encode(field, basis),
        FieldCodec.encodeAovs(field),
        basis,
        field.camera());
  }

  private static double relativeError(float[] found, float[] truth) {
    double error = 0;
    double power = 0;
    for (int i = 0; i < truth.length; i++) {
      error += (found[i] - truth[i]) * (double) (found[i] - truth[i]);
      power += truth[i] * (double) truth[i];
    }
    return Math.sqrt(error / power);
  }

  /** Under every map of the library, also in frames that the basis was not made of. */
  @Test
  void relitFramesStayWithinTheTolerance(Random random) {
    LightBasis lights = TestFields.lights();
    List<ReflectanceField> frames =
        List.of(
            TestFields.ball(48, -3, lights, 0.05, random),
            TestFields.ball(48, 2, lights, 0.05, random));
    ReflectanceField other = TestFields.ball(48, 4, lights, 0.05, random);
    double last = 0;
    for (double tolerance : new double[] {0.003, 0.02}) {
      FieldBasis basis = FieldBasis.of(frames, tolerance);
      assertTrue(basis.step() > last, "a looser tolerance takes a coarser step");
      last = basis.step();
      CodedField coded = decode(other, basis);
      for (float[] weights : FieldBasis.trialLights(lights)) {
        double error = relativeError(coded.product(weights), other.product(weights));
        assertTrue(error <= tolerance, error + " for a tolerance of " + tolerance);
        assertTrue(error > 1e-7);
      }
    }
  }

  @Test
  void theExpandedFieldAnswersAsTheCodedOne(Random random) {
    LightBasis lights = TestFields.lights();
    ReflectanceField field = TestFields.ball(32, 1, lights, 0.02, random);
    CodedField coded = decode(field, FieldBasis.of(List.of(field), 0.01));
    ReflectanceField expanded = coded.expanded();
    float[] weights = new float[3 * lights.columns()];
    for (int i = 0; i < weights.length; i++) {
      weights[i] = random.nextFloat();
    }
    assertArrayEquals(expanded.product(weights), coded.product(weights), 2e-4f);
    EnvironmentMap map = MapLibrary.make(MapLibrary.names().getFirst()).orElseThrow();
    Image a = expanded.relit(map);
    Image b = coded.relit(map);
    assertEquals(0, relativeError(b.samples(), a.samples()), 1e-4);
    assertEquals(0, relativeError(coded.flatLit().samples(), expanded.flatLit().samples()), 1e-4);
  }

  @Test
  void planesAndMirrorsAreKeptAsHalfFloats(Random random) {
    LightBasis lights = TestFields.lights();
    ReflectanceField field = TestFields.ball(40, -2, lights, 0, random);
    CodedField coded = decode(field, FieldBasis.of(List.of(field), 0.01));
    assertArrayEquals(field.pixels(), coded.pixels());
    near(field.mirror(), coded.mirror());
    near(field.aovs().alpha(), coded.aovs().alpha());
    near(field.aovs().albedo(), coded.aovs().albedo());
    near(field.aovs().normal(), coded.aovs().normal());
    near(field.aovs().depth(), coded.aovs().depth());
    near(field.aovs().motion(), coded.aovs().motion());
    near(field.aovs().uv(), coded.aovs().uv());
    near(field.aovs().roughness(), coded.aovs().roughness());
  }

  private static void near(float[] expected, float[] found) {
    assertEquals(expected.length, found.length);
    for (int i = 0; i < expected.length; i++) {
      assertEquals(expected[i], found[i], Math.abs(expected[i]) * 0x1p-11f + 1e-7f);
    }
  }

  @Test
  void theBasisAndTheBytesAreTheSameEachTime(Random random) {
    LightBasis lights = TestFields.lights();
    ReflectanceField field = TestFields.ball(32, 0, lights, 0.05, random);
    FieldBasis basis = FieldBasis.of(List.of(field), 0.01);
    assertArrayEquals(basis.toBytes(), FieldBasis.of(List.of(field), 0.01).toBytes());
    assertArrayEquals(FieldCodec.encode(field, basis), FieldCodec.encode(field, basis));
    FieldBasis read = FieldBasis.read("basis", basis.toBytes());
    assertEquals(basis.lights(), read.lights());
    assertEquals(basis.rank(), read.rank());
    assertEquals(basis.step(), read.step());
    assertArrayEquals(basis.patterns(), read.patterns());
  }

  /** A basis made for another metric, here with all patterns twice as strong, is only read by. */
  @Test
  void aBasisOfAnotherMetricIsNotWrittenIn(Random random) {
    LightBasis lights = TestFields.lights();
    ReflectanceField field = TestFields.ball(24, 0, lights, 0.02, random);
    byte[] bytes = FieldBasis.of(List.of(field), 0.01).toBytes();
    ByteBuffer content = FieldCodec.unpacked("basis", bytes);
    int floats = 40 + 24 * lights.suns().size();
    for (int at = floats; at < content.limit(); at += 4) {
      content.putFloat(at, 2 * content.getFloat(at));
    }
    FieldBasis other = FieldBasis.read("basis", FieldCodec.packed(content.rewind()));
    assertThrows(IllegalStateException.class, () -> FieldCodec.encode(field, other));
  }

  @Test
  void patternsAreFewerThanColumnsAndBytesFewerStill(Random random) {
    LightBasis lights = TestFields.lights();
    ReflectanceField field = TestFields.ball(64, 0, lights, 0, random);
    FieldBasis basis = FieldBasis.of(List.of(field), 0.01);
    int bytes = FieldCodec.encode(field, basis).length;
    assertTrue(basis.rank() < 130, "rank " + basis.rank());
    double ratio = 4.0 * field.response().length / bytes;
    assertTrue(ratio > 12, "ratio " + ratio);
  }

  @Test
  void anEmptyFrameIsAFrame() {
    LightBasis lights = TestFields.lights();
    ReflectanceField none =
        new ReflectanceField(
            Camera.portrait(8, 8, 1, 0.5),
            lights,
            new int[0],
            new float[0],
            new float[0],
            ReflectanceField.Aovs.of(64));
    CodedField coded = decode(none, FieldBasis.of(List.of(none), 0.01));
    assertEquals(0, coded.pixels().length);
    assertArrayEquals(new float[3 * 64], coded.product(new float[3 * lights.columns()]));
  }

  /** Whatever is cut off or changed: an error that names the file, or a frame; nothing else. */
  @Test
  void damageIsNamed(Random random) {
    LightBasis lights = TestFields.lights();
    ReflectanceField field = TestFields.ball(24, 0, lights, 0.02, random);
    FieldBasis basis = FieldBasis.of(List.of(field), 0.01);
    byte[] bytes = FieldCodec.encode(field, basis);
    byte[] aovs = FieldCodec.encodeAovs(field);
    byte[] stored = basis.toBytes();
    for (int i = 0; i < 60; i++) {
      byte[] cut = Arrays.copyOf(bytes, random.nextInt(bytes.length));
      named(() -> FieldCodec.decode("clip", cut, aovs, basis, field.camera()));
      byte[] shortAovs = Arrays.copyOf(aovs, random.nextInt(aovs.length));
      named(() -> FieldCodec.decode("clip", bytes, shortAovs, basis, field.camera()));
      byte[] shortBasis = Arrays.copyOf(stored, random.nextInt(stored.length));
      named(() -> FieldBasis.read("clip", shortBasis));
      byte[] changed = bytes.clone();
      changed[random.nextInt(bytes.length)] ^= (byte) (1 << random.nextInt(8));
      try {
        FieldCodec.decode("clip", changed, aovs, basis, field.camera());
      } catch (UserError e) {
        assertTrue(e.getMessage().startsWith("clip: "));
      }
    }
    named(() -> FieldCodec.decode("clip", bytes, aovs, basis, Camera.portrait(25, 24, 1.2, 0.5)));
    named(() -> FieldCodec.decode("clip", stored, aovs, basis, field.camera()));
  }

  private static void named(Runnable reading) {
    UserError e = assertThrows(UserError.class, reading::run);
    assertTrue(e.getMessage().startsWith("clip: is damaged: "), e.getMessage());
  }
}
