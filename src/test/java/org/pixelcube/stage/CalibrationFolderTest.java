package org.pixelcube.stage;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.pixelcube.color.ColorTransform;
import org.pixelcube.color.Primaries;
import org.pixelcube.config.UserError;
import org.pixelcube.image.Image;
import org.pixelcube.image.ImageFile;
import org.pixelcube.math.Vector3;

class CalibrationFolderTest {
  private static final StageCamera CAMERA =
      new StageCamera(
          "a", Vector3.ZERO, 0, 0, 0, 70, 20, 16, 24, 0.02, 0, TransferCurve.gamma(2.2));

  private static final List<CalibrationPattern> PATTERNS =
      CalibrationPattern.all(new StructuredLight(64, 64, 8));

  @TempDir Path folder;
  private Path own;

  @BeforeEach
  void makeFolder() throws Exception {
    own = Files.createDirectory(folder.resolve("a"));
  }

  private void write(CalibrationPattern pattern, String ending, Image image) {
    ImageFile.write(own.resolve(pattern.fileName(ending)), image, ImageFile.Options.sixteenBit());
  }

  private CalibrationFolder open(Primaries primaries) {
    return new CalibrationFolder(folder, List.of(CAMERA), primaries);
  }

  private static float[] codes() {
    float[] codes = new float[3 * 20 * 16];
    for (int i = 0; i < codes.length; i++) {
      codes[i] = (float) (i % 997) / 1000;
    }
    return codes;
  }

  @Test
  void codesBecomeLightOfRec709() {
    CalibrationPattern pattern = PATTERNS.get(3);
    float[] codes = codes();
    codes[700] = 1;
    write(pattern, "png", Image.data(20, 16, 3, codes));
    float[] linear = open(Primaries.ACES_AP0).linear(0, pattern);
    ColorTransform toRec709 = ColorTransform.between(Primaries.ACES_AP0, Primaries.BT709);
    for (int i = 0; i < 320; i++) {
      if (i == 700 - 640) {
        // One channel is saturated, and after the matrix none can be trusted.
        assertEquals(Float.POSITIVE_INFINITY, linear[i]);
        assertEquals(Float.POSITIVE_INFINITY, linear[320 + i]);
        continue;
      }
      Vector3 wanted =
          toRec709.apply(
              new Vector3(
                  Math.pow(codes[i], 2.2),
                  Math.pow(codes[320 + i], 2.2),
                  Math.pow(codes[640 + i], 2.2)));
      assertEquals(wanted.x(), linear[i], 1e-4);
      assertEquals(wanted.y(), linear[320 + i], 1e-4);
      assertEquals(wanted.z(), linear[640 + i], 1e-4);
    }
  }

  @Test
  void linearFilesAreTakenAsTheyAre() {
    CalibrationPattern pattern = PATTERNS.get(1);
    float[] light = new float[3 * 20 * 16];
    java.util.Arrays.fill(light, 0.25f);
    light[5] = 1.5f;
    write(pattern, "hdr", Image.rgb(20, 16, light));
    float[] linear = open(Primaries.BT709).linear(0, pattern);
    assertEquals(0.25f, linear[0], 1e-3f);
    assertEquals(Float.POSITIVE_INFINITY, linear[320 + 5]);
    assertFalse(Float.isInfinite(linear[6]));
  }

  @Test
  void whatIsMissingIsCounted() {
    UserError none =
        assertThrows(
            UserError.class,
            () -> new CalibrationFolder(folder.resolve("a"), List.of(CAMERA), Primaries.BT709));
    assertTrue(none.getMessage().contains("is no folder"), none.getMessage());
    for (CalibrationPattern p : PATTERNS) {
      if (p.number() != 7 && p.number() != 9 && p.kind() != CalibrationPattern.Kind.SLATE) {
        write(p, "png", Image.data(20, 16, 3, codes()));
      }
    }
    CalibrationFolder found = open(Primaries.BT709);
    UserError some = assertThrows(UserError.class, () -> found.checkComplete(PATTERNS));
    assertTrue(some.getMessage().contains("lacks 2 of"), some.getMessage());
    assertTrue(some.getMessage().contains(PATTERNS.get(7).fileName("png")), some.getMessage());
    assertThrows(UserError.class, () -> found.linear(0, PATTERNS.get(7)));
    write(PATTERNS.get(7), "png", Image.data(20, 16, 3, codes()));
    write(PATTERNS.get(9), "png", Image.data(20, 16, 3, codes()));
    assertEquals(found, found.checkComplete(PATTERNS));
  }

  @Test
  void picturesOfAnotherSizeAndGreyOnesAreNamed() {
    write(PATTERNS.get(1), "png", Image.data(10, 16, 3, new float[480]));
    write(PATTERNS.get(2), "png", Image.data(20, 16, 1, new float[320]));
    CalibrationFolder found = open(Primaries.BT709);
    UserError size = assertThrows(UserError.class, () -> found.linear(0, PATTERNS.get(1)));
    assertTrue(size.getMessage().contains("10×16 pixels (expected 20×16)"), size.getMessage());
    UserError grey = assertThrows(UserError.class, () -> found.linear(0, PATTERNS.get(2)));
    assertTrue(grey.getMessage().contains("is grey"), grey.getMessage());
  }
}
