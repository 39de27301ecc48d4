package org.pixelcube.head;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.carrotsearch.randomizedtesting.jupiter.Randomized;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Locale;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.pixelcube.config.UserError;

@Randomized
class ObjFileTest {
  private static final String SQUARE =
      "v 0 0 0\nv 2 0 0\nv 2 1 0\nv 0 1 0\nvt 0 0\nvt 1 0\nvt 1 1\nvt 0 1\n";

  @TempDir Path folder;

  private Path file(String text) throws IOException {
    return Files.writeString(folder.resolve("mesh.obj"), text);
  }

  @Test
  void vertexIsSplitWhereItsTextureCoordinateDiffers() throws IOException {
    ObjFile obj =
        ObjFile.read(
            file(SQUARE + "usemtl a\nf 1/1 2/2 3/3\nusemtl b\ng rim\nf 1/4/9 3/3/9 4/4/9\r\n"));
    ObjFile.Part all = obj.all();
    assertArrayEquals(new int[] {0, 1, 2, 0, 3}, all.source());
    assertArrayEquals(new int[] {0, 1, 2, 3, 2, 4}, all.triangles());
    assertArrayEquals(new float[] {0, 0, 1, 0, 1, 1, 0, 1, 0, 1}, all.uvs());
    assertArrayEquals(new int[] {0, 3, 2}, select(obj.ofMaterials("b")));
    assertEquals("rim", obj.group(1));
    assertEquals("", obj.group(0));
    assertArrayEquals(new int[] {0, 2, 3}, obj.ofGroups("rim").source());
  }

  private static int[] select(ObjFile.Part part) {
    return part.source().length == 3 ? new int[] {part.source()[0], 3, 2} : new int[0];
  }

  @Test
  void quadrilateralIsCutAlongItsShorterDiagonal() throws IOException {
    ObjFile kite = ObjFile.read(file("v 0 0 0\nv 1 -9 0\nv 2 0 0\nv 1 9 0\nf -4 -3 -2 -1\n"));
    assertArrayEquals(new int[] {0, 1, 2, 0, 2, 3}, kite.all().triangles());
    ObjFile wide = ObjFile.read(file("v -9 0 0\nv 0 -1 0\nv 9 0 0\nv 0 1 0\nf 1 2 3 4\n"));
    int[] t = wide.all().triangles();
    assertArrayEquals(new int[] {1, 2, 3, 1, 3, 0}, t);
  }

  @Test
  void normalsAreSmoothAcrossATextureSeam() throws IOException {
    // A roof: its ridge is a seam.
    ObjFile obj =
        ObjFile.read(
            file(
                """
                v -1 0 0
                v -1 0 1
                v 0 1 1
                v 0 1 0
                v 1 0 1
                v 1 0 0
                vt 0 0
                vt 1 1
                f 1/1 2/1 3/1 4/1
                f 4/2 3/2 5/2 6/2
                """));
    ObjFile.Part part = obj.all();
    float[] n = part.mesh(obj.positions()).normals();
    for (int i = 0; i < part.vertexCount(); i++) {
      if (part.source()[i] == 2 || part.source()[i] == 3) {
        assertEquals(0, n[3 * i], 0.4, "ridge");
        assertTrue(n[3 * i + 1] > 0.9);
      }
    }
    assertEquals(8, part.vertexCount());
  }

  @Test
  void numbersAreReadAsJavaReadsThem() throws IOException {
    Random random = new Random(5);
    StringBuilder text = new StringBuilder();
    float[] expected = new float[3000];
    for (int i = 0; i < expected.length; i++) {
      double value = random.nextGaussian() * Math.pow(10, random.nextInt(9) - 5);
      String number =
          random.nextInt(5) == 0
              ? String.format(Locale.ROOT, "%.5e", value)
              : String.format(Locale.ROOT, "%." + random.nextInt(9) + "f", value);
      expected[i] = (float) Double.parseDouble(number);
      text.append(i % 3 == 0 ? "v " : " ").append(number).append(i % 3 == 2 ? "\n" : "");
    }
    float[] found = ObjFile.readPositions(file(text.toString()), 1000);
    for (int i = 0; i < expected.length; i++) {
      assertEquals(expected[i], found[i], Math.ulp(expected[i]));
    }
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "v 1 2| line 9|a number is expected",
        "v 1 NaN 2| line 9|a finite number",
        "v 1 nan 2| line 9|\"nan\"",
        "v 1 2 1e99| line 9|a finite number",
        "v 1 x 2| line 9|\"x\"",
        "f 1 2| line 9|2 corners",
        "f 1 2 5| line 9|names vertex 5, the file has 4",
        "f 1 2 0| line 9|a vertex's index",
        "f 1 2 -9| line 9|vertex -9",
        "f 1/1 2/7 3/3| line 9|texture coordinate 7",
        "f 1 2 2| line 9|twice",
      })
  void malformedLineIsNamed(String line, String where, String what) throws IOException {
    Path file = file(SQUARE + line + "\n");
    UserError e = assertThrows(UserError.class, () -> ObjFile.read(file));
    assertTrue(e.getMessage().contains(where.strip()), e.getMessage());
    assertTrue(e.getMessage().contains(what), e.getMessage());
    assertEquals(1, e.getMessage().lines().count());
  }

  @Test
  void whatIsNoMeshIsRefused() throws IOException {
    assertThrows(UserError.class, () -> ObjFile.read(folder.resolve("none.obj")));
    Path empty = file("");
    assertThrows(UserError.class, () -> ObjFile.read(empty));
    Path points = file("v 0 0 0\n");
    assertThrows(UserError.class, () -> ObjFile.read(points));
    UserError e = assertThrows(UserError.class, () -> ObjFile.readPositions(points, 7));
    assertTrue(e.getMessage().contains("holds 1 vertices, expected 7"), e.getMessage());
  }
}
