package org.pixelcube.vision;

import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.nio.file.Files;
import java.nio.file.Path;
import org.pixelcube.image.Image;
import org.pixelcube.image.ImageFile;

/** Networks and photographs that tests use where they are present. */
final class Fixtures {
  private Fixtures() {}

  /** The network's file, if it has been fetched before; tests fetch nothing. */
  static Path model(Model model) {
    ModelStore store = new ModelStore(_ -> {});
    assumeTrue(store.has(model), model.title() + " has not been fetched");
    return store.file(model);
  }

  /** A sample photograph, linear light. */
  static Image photo(String name) {
    Path folder = Path.of(System.getProperty("pixelcube.samples", "../shared/data"));
    Path file = folder.resolve("photos").resolve(name);
    assumeTrue(Files.isRegularFile(file), file + " is absent");
    return ImageFile.read(file);
  }

  /** {@code inset} pasted into a grey picture, its top left corner at (x, y). */
  static Image pasted(int width, int height, Image inset, int x, int y) {
    float[] s = new float[3 * width * height];
    java.util.Arrays.fill(s, 0.2f);
    return pasted(Image.rgb(width, height, s), inset, x, y);
  }

  static Image pasted(Image ground, Image inset, int x, int y) {
    float[] s = ground.samples().clone();
    for (int c = 0; c < 3; c++) {
      for (int row = 0; row < inset.height(); row++) {
        System.arraycopy(
            inset.samples(),
            (c * inset.height() + row) * inset.width(),
            s,
            (c * ground.height() + y + row) * ground.width() + x,
            inset.width());
      }
    }
    return Image.rgb(ground.width(), ground.height(), s);
  }
}
