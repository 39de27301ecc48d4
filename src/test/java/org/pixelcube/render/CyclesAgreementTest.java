package org.pixelcube.render;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.io.InputStream;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.pixelcube.image.Image;
import org.pixelcube.light.EnvironmentMap;

/**
 * Against Cycles of Blender 3.4, rendered by {@code tools/reference/cycles_compare.py} with 1024
 * samples. The script says how our materials are stated there.
 */
class CyclesAgreementTest {
  private static EnvironmentMap map;

  @BeforeAll
  static void loadMap(@TempDir Path folder) {
    // By way of the file, so that both see its quantisation.
    Path file = folder.resolve("map.hdr");
    CyclesScene.writeMap(file);
    map = EnvironmentMap.load(file);
  }

  @ParameterizedTest
  @CsvSource({"lambert, 0.05", "subsurface, 0.10", "glossy, 0.10"})
  void pathsAgree(String material, double most) throws IOException {
    Image image = PathTracer.render(CyclesScene.scene(material), map, 128);
    int plane = image.planeSize();
    float[] ours = new float[3 * plane];
    for (int i = 0; i < ours.length; i++) {
      ours[i] = image.samples()[i] * image.samples()[3 * plane + i % plane];
    }
    check(material + " paths", ours, reference(material), most);
  }

  @ParameterizedTest
  @CsvSource({"lambert, 0.05", "subsurface, 0.10", "glossy, 0.10"})
  void fieldsAgree(String material, double most) throws IOException {
    LightBasis basis = new LightBasis(new DirectionBins(16), List.of(), 0.53, List.of());
    ReflectanceField field =
        FieldTracer.trace(
            CyclesScene.scene(material), basis, FieldTracer.Settings.DEFAULT.withSamples(16));
    check(material + " field", field.product(basis.weights(map)), reference(material), most);
  }

  /** Premultiplied, {@code (3, h, w)}. */
  private static float[] reference(String material) throws IOException {
    int plane = CyclesScene.SIZE * CyclesScene.SIZE;
    try (InputStream in = CyclesAgreementTest.class.getResourceAsStream(material + ".f16")) {
      byte[] bytes = in.readAllBytes();
      assertEquals(6 * plane, bytes.length);
      ByteBuffer halves = ByteBuffer.wrap(bytes).order(ByteOrder.LITTLE_ENDIAN);
      float[] out = new float[3 * plane];
      for (int i = 0; i < plane; i++) {
        for (int c = 0; c < 3; c++) {
          out[c * plane + i] = Float.float16ToFloat(halves.getShort());
        }
      }
      return out;
    }
  }

  private static void check(String what, float[] ours, float[] theirs, double most) {
    double[] difference = new double[3];
    double[] bias = new double[3];
    double[] sum = new double[3];
    int plane = theirs.length / 3;
    for (int i = 0; i < theirs.length; i++) {
      difference[i / plane] += Math.abs(ours[i] - theirs[i]);
      bias[i / plane] += ours[i] - theirs[i];
      sum[i / plane] += theirs[i];
    }
    double error = (difference[0] + difference[1] + difference[2]) / (sum[0] + sum[1] + sum[2]);
    String found =
        "%s: error %.4f; by channel %.4f %.4f %.4f, of which bias %.4f %.4f %.4f"
            .formatted(
                what,
                error,
                difference[0] / sum[0],
                difference[1] / sum[1],
                difference[2] / sum[2],
                bias[0] / sum[0],
                bias[1] / sum[1],
                bias[2] / sum[2]);
    System.out.println(found);
    assertTrue(error <= most, found);
  }
}
