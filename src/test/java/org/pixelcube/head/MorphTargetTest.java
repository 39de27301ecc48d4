package org.pixelcube.head;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.carrotsearch.randomizedtesting.jupiter.Randomized;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.pixelcube.config.UserError;

@Randomized
class MorphTargetTest {
  @TempDir Path folder;

  private Path file(String text) throws IOException {
    return Files.writeString(folder.resolve("nose.target"), text);
  }

  @Test
  void numbersOfEveryForm() throws IOException {
    MorphTarget target =
        MorphTarget.read(file("# words\n\n0 .026 -.5 -1\r\n 7\t1e-3 +2.50 3.\n"), 8);
    assertArrayEquals(new int[] {0, 7}, target.vertices());
    assertArrayEquals(new float[] {.026f, -.5f, -1, .001f, 2.5f, 3}, target.offsets());
  }

  @Test
  void randomNumbersAreReadAsJavaReadsThem(Random random) throws IOException {
    StringBuilder text = new StringBuilder();
    float[] expected = new float[300];
    for (int i = 0; i < 100; i++) {
      text.append(i);
      for (int k = 0; k < 3; k++) {
        String number = "%.5f".formatted(10 * random.nextGaussian());
        expected[3 * i + k] = Float.parseFloat(number);
        text.append(' ').append(number);
      }
      text.append('\n');
    }
    assertArrayEquals(expected, MorphTarget.read(file(text.toString()), 100).offsets(), 1e-6f);
  }

  @ParameterizedTest
  @CsvSource(
      quoteCharacter = '"',
      delimiter = '|',
      value = {
        "3 .1 .2|the end of the line|a finite number",
        "3 .1 NaN .2|'NaN'|a finite number",
        "3 .1 1e99 .2|'1e99'|a finite number",
        "3 .1 .2x .3|'.2x'|a finite number",
        "8 0 0 0|vertex 8|0 to 7",
        "-1 0 0 0|vertex -1|0 to 7",
        "99999999999 0 0 0|'99999999999'|a whole number",
        "x 0 0 0|'x'|a whole number"
      })
  void faultsNameTheLine(String line, String found, String expected) throws IOException {
    Path path = file("# words\n1 0 0 0\n" + line + "\n");
    UserError error = assertThrows(UserError.class, () -> MorphTarget.read(path, 8));
    assertTrue(
        error.getMessage().contains("line 3 has " + found + " where " + expected),
        error.getMessage());
    assertTrue(error.getMessage().startsWith(path.toString()), error.getMessage());
  }

  @Test
  void missingFile() {
    Path path = folder.resolve("none.target");
    UserError error = assertThrows(UserError.class, () -> MorphTarget.read(path, 8));
    assertTrue(error.getMessage().contains("no such file"), error.getMessage());
  }

  @Test
  void weightsAreLinear(Random random) {
    float[] offsets = new float[30];
    int[] vertices = new int[10];
    for (int i = 0; i < 30; i++) {
      offsets[i] = (float) random.nextGaussian();
      vertices[i / 3] = 2 * (i / 3);
    }
    MorphTarget target = new MorphTarget(vertices, offsets);
    float a = random.nextFloat();
    float b = random.nextFloat();
    float[] twice = new float[60];
    target.addTo(twice, a);
    target.addTo(twice, b);
    float[] once = new float[60];
    target.addTo(once, a + b);
    assertArrayEquals(once, twice, 1e-5f);
    float[] masked = new float[60];
    target.masked(v -> v == 4 ? 0 : a + b).addTo(masked, 1);
    once[12] = once[13] = once[14] = 0;
    assertArrayEquals(once, masked, 1e-5f);
  }

  @Test
  void betweenTwoStates(Random random) {
    float[] from = new float[12];
    float[] to = new float[12];
    for (int i = 3; i < 12; i++) {
      from[i] = random.nextFloat();
      to[i] = random.nextFloat();
    }
    MorphTarget target = MorphTarget.between(from, to);
    assertEquals(3, target.vertices().length);
    target.addTo(from, 1);
    assertArrayEquals(to, from, 1e-6f);
  }
}
