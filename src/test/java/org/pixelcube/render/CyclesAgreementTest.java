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
import org.pixelcube.image.ImageFile;
import org.pixelcube.light.EnvironmentMap;

/**
 * Against Cycles of Blender 3.4, rendered by {@code tools/reference/cycles_compare.py} with 1024
 * samples. The script says how our materials are stated there.
 *
 * <p>Errors are sums of absolute differences over the reference's sum. Single pixels hold the noise
 * of both renderers; means over 4 × 4 pixels hold little of it and show what is different.
 */
class CyclesAgreementTest {
  private static final int SIZE = CyclesScene.SIZE;
  private static final int BLOCK = 4;

  private static EnvironmentMap map;

  @BeforeAll
  static void loadMap(@TempDir Path folder) {
    // By way of the file, so that both see its quantisation.
    Path file = folder.resolve("map.hdr");
    CyclesScene.writeMap(file);
    map = EnvironmentMap.of(ImageFile.read(file));
  }

  @ParameterizedTest
  @CsvSource({"lambert, 256, 0.05, 0.02", "subsurface, 512, 0.10, 0.04", "glossy, 256, 0.10, 0.03"})
  void pathsAgree(String material, int samples, double most, double mostOfBlocks)
      throws IOException {
    Image image = PathTracer.render(CyclesScene.scene(material), map, samples);
    int plane = image.planeSize();
    float[] ours = new float[3 * plane];
    for (int i = 0; i < ours.length; i++) {
      ours[i] = image.samples()[i] * image.samples()[3 * plane + i % plane];
    }
    check(ours, material, most, mostOfBlocks);
  }

  /** What walks carry is averaged over neighbouring pixels in a field, coarse ones here. */
  @ParameterizedTest
  @CsvSource({"lambert, 0.05, 0.02", "subsurface, 0.10, 0.06", "glossy, 0.10, 0.03"})
  void fieldsAgree(String material, double most, double mostOfBlocks) throws IOException {
    LightBasis basis = new LightBasis(new DirectionBins(16), List.of(), List.of());
    ReflectanceField field =
        FieldTracer.trace(
            CyclesScene.scene(material), basis, FieldTracer.Settings.DEFAULT.withSamples(16));
    check(field.product(basis.weights(map)), material, most, mostOfBlocks);
  }

  private static void check(float[] ours, String material, double most, double mostOfBlocks)
      throws IOException {
    float[] theirs = reference(material);
    double error = error(ours, theirs);
    double ofBlocks = error(blocks(ours), blocks(theirs));
    assertTrue(error <= most, () -> "pixels: %.4f".formatted(error));
    assertTrue(ofBlocks <= mostOfBlocks, () -> "blocks: %.4f".formatted(ofBlocks));
  }

  private static double error(float[] ours, float[] theirs) {
    double difference = 0;
    double sum = 0;
    for (int i = 0; i < theirs.length; i++) {
      difference += Math.abs(ours[i] - theirs[i]);
      sum += theirs[i];
    }
    return difference / sum;
  }

  private static float[] blocks(float[] pixels) {
    int side = SIZE / BLOCK;
    float[] out = new float[pixels.length / (BLOCK * BLOCK)];
    for (int i = 0; i < pixels.length; i++) {
      int x = i % SIZE;
      int row = i / SIZE;
      // Planes are whole numbers of blocks, so rows of all planes can be counted on.
      out[row / BLOCK * side + x / BLOCK] += pixels[i];
    }
    return out;
  }

  /** Premultiplied, {@code (3, h, w)}. */
  private static float[] reference(String material) throws IOException {
    int plane = SIZE * SIZE;
    try (InputStream in =
        CyclesAgreementTest.class.getResourceAsStream("cycles-" + material + ".f16")) {
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
}
