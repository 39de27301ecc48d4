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
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.pixelcube.config.UserError;

@Randomized
class MhcloTest {
  @TempDir Path folder;

  @BeforeEach
  void mesh() throws IOException {
    Files.writeString(folder.resolve("cap.obj"), "v 0 0 0\nv 1 0 0\nv 1 1 0\nv 0 1 0\nf 1 2 3 4\n");
  }

  private Path file(String verts, String rest) throws IOException {
    return Files.writeString(
        folder.resolve("cap.mhclo"),
        "# words\nname cap\nobj_file cap.obj\nx_scale 0 1 2.0\ny_scale 1 2 2\nz_scale 2 3 2\nverts 0\n"
            + verts
            + rest);
  }

  private static float[] base(Random random) {
    float[] p = new float[15];
    for (int i = 0; i < p.length; i++) {
      p[i] = (float) random.nextGaussian();
    }
    return p;
  }

  @Test
  void singleVerticesReproduceTheBase(Random random) throws IOException {
    Mhclo proxy = Mhclo.read(file("3\n2\n1\n0\n", ""), 5);
    float[] base = base(random);
    float[] fit = proxy.fit(base);
    for (int i = 0; i < 4; i++) {
      for (int k = 0; k < 3; k++) {
        assertEquals(base[3 * (3 - i) + k], fit[3 * i + k]);
      }
    }
  }

  @Test
  void weightsAndScaledOffsets(Random random) throws IOException {
    Mhclo proxy =
        Mhclo.read(file("0 1 2 0.5 0.25 0.25 0.1 -0.2 0.3\n0\n0\n0\n", "material x.mhmat\n"), 5);
    float[] b = base(random);
    float[] fit = proxy.fit(b);
    float[] offset = {0.1f, -0.2f, 0.3f};
    for (int k = 0; k < 3; k++) {
      float scale = Math.abs(b[3 * k + k] - b[3 * (k + 1) + k]) / 2;
      float mean = 0.5f * b[k] + 0.25f * b[3 + k] + 0.25f * b[6 + k];
      assertEquals(mean + scale * offset[k], fit[k], 1e-5f);
    }
    // A body twice the size, elsewhere: the fit goes along.
    float[] larger = new float[b.length];
    float[] expected = new float[fit.length];
    for (int i = 0; i < b.length; i++) {
      larger[i] = 2 * b[i] + 5 + i % 3;
    }
    for (int i = 0; i < fit.length; i++) {
      expected[i] = 2 * fit[i] + 5 + i % 3;
    }
    assertArrayEquals(expected, proxy.fit(larger), 1e-4f);
  }

  @Test
  void hiddenVertices() throws IOException {
    Mhclo proxy = Mhclo.read(file("0\n0\n0\n0\n", "delete_verts\n1 3 - 4\n"), 5);
    assertArrayEquals(new boolean[] {false, true, false, true, true}, proxy.hidden());
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "0 1 2 0.5 0.25|line 8 has the end of the line",
        "5|line 8 has vertex 5 where 0 to 4",
        "0 1 9 0 0 1 0 0 0|line 8 has vertex 9 where 0 to 4",
        "0 1 2 0.5 0.25 inf 0 0 0|line 8 has 'inf'",
        "0|binds 1 vertices, cap.obj has 4"
      })
  void faultsAreNamed(String line, String message) throws IOException {
    Path path = file(line + "\n", "");
    UserError error = assertThrows(UserError.class, () -> Mhclo.read(path, 5));
    assertTrue(error.getMessage().contains(message), error.getMessage());
  }

  @Test
  void missingMesh() throws IOException {
    Path path = file("0\n0\n0\n0\n", "");
    Files.delete(folder.resolve("cap.obj"));
    UserError error = assertThrows(UserError.class, () -> Mhclo.read(path, 5));
    assertTrue(error.getMessage().contains("cap.obj: there is no such file"), error.getMessage());
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "v 0 0|line 1 has the end of the line",
        "v 0 0 nan|line 1 has 'nan'",
        "f 1 2 3|line 1 has vertex 1 where 1 to 0",
        "vt 0 0|it holds no faces"
      })
  void meshesThatAreBroken(String text, String message) throws IOException {
    Path obj = Files.writeString(folder.resolve("bad.obj"), text + "\n");
    UserError error = assertThrows(UserError.class, () -> QuadMesh.read(obj));
    assertTrue(error.getMessage().contains(message), error.getMessage());
  }
}
