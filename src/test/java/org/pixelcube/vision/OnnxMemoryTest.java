package org.pixelcube.vision;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.nio.file.Path;
import org.bytedeco.javacpp.Pointer;
import org.junit.jupiter.api.Test;
import org.pixelcube.image.Image;

class OnnxMemoryTest {
  @Test
  void openingAndClosingSessionsDoesNotGrowTheProcess() {
    Path file = Fixtures.model(Model.MODNET);
    Image frame = Image.rgb(64, 64, new float[3 * 64 * 64]);
    for (int i = 0; i < 2; i++) {
      run(file, frame);
    }
    long before = Pointer.physicalBytes();
    for (int i = 0; i < 8; i++) {
      run(file, frame);
    }
    long grown = Pointer.physicalBytes() - before;
    // Every session holds the 26 MB of weights: eight leaked ones would be over 200 MB.
    assertTrue(grown < 100L << 20, "grown by " + (grown >> 20) + " MB");
  }

  private static void run(Path file, Image frame) {
    try (Modnet network = Modnet.open(file, 128, 1)) {
      assertEquals(128, network.matte(frame).width());
    }
  }
}
