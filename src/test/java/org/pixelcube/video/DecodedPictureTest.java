package org.pixelcube.video;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.function.DoubleUnaryOperator;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.pixelcube.image.Image;

class DecodedPictureTest {
  private static final int WIDTH = 150;
  private static final int HEIGHT = 90;

  @TempDir Path folder;

  private Path clip(String name) {
    Path file = folder.resolve(name);
    ClipInfo info = ClipInfo.synthetic(WIDTH, HEIGHT, TestClips.FPS, false);
    try (ClipWriter writer = ClipWriter.open(file, Encoding.forPath(file), info)) {
      for (int k = 0; k < 5; k++) {
        writer.write(new Frame(TestClips.picture(WIDTH, HEIGHT, k, false), k, k, 1));
      }
      writer.finish();
    }
    return file;
  }

  @ParameterizedTest
  @ValueSource(strings = {"a.mp4", "a.mov", "a.mkv", "a-%04d.png"})
  void partsAreThoseOfThePicture(String name) {
    Path file = clip(name);
    List<Image> whole = new ArrayList<>();
    try (ClipReader clip = ClipReader.open(file)) {
      for (Optional<Frame> f = clip.next(); f.isPresent(); f = clip.next()) {
        whole.add(f.get().image());
      }
    }
    int[][] parts = {{0, 0, WIDTH, HEIGHT}, {37, 21, 31, 40}, {149, 89, 1, 1}, {3, 70, 100, 20}};
    try (ClipReader clip = ClipReader.open(file)) {
      for (int k = 0; k < whole.size(); k++) {
        Image expected = whole.get(k);
        int frame = k;
        boolean read =
            clip.read(
                    picture -> {
                      assertEquals(frame, picture.index());
                      for (int[] p : parts) {
                        assertArrayEquals(
                            expected.crop(p[0], p[1], p[2], p[3]).samples(),
                            picture.region(p[0], p[1], p[2], p[3]).samples(),
                            1e-4f);
                      }
                      for (int step : new int[] {1, 3}) {
                        Image codes = picture.codes(step);
                        assertEquals(WIDTH / step, codes.width());
                        assertEquals(HEIGHT / step, codes.height());
                      }
                      return true;
                    })
                .orElseThrow();
        assertTrue(read);
      }
      assertTrue(clip.read(picture -> picture.index()).isEmpty());
    }
  }

  @ParameterizedTest
  @ValueSource(strings = {"a.mp4", "a.mov", "a.mkv", "a-%04d.png"})
  void codesRiseWithLight(String name) {
    try (ClipReader clip = ClipReader.open(clip(name))) {
      boolean read =
          clip.read(
                  picture -> {
                    Image light = picture.image().luminance();
                    Image one = picture.codes(1);
                    Image two = picture.codes(2);
                    assertEquals(
                        two.at(0, 10, 20),
                        (one.at(0, 20, 40)
                                + one.at(0, 20, 41)
                                + one.at(0, 21, 40)
                                + one.at(0, 21, 41))
                            / 4,
                        1e-5);
                    int dark = 0;
                    int bright = 0;
                    for (int i = 0; i < light.planeSize(); i++) {
                      dark = light.samples()[i] < light.samples()[dark] ? i : dark;
                      bright = light.samples()[i] > light.samples()[bright] ? i : bright;
                    }
                    assertTrue(one.samples()[bright] > one.samples()[dark] + 0.2);
                    return true;
                  })
              .orElseThrow();
      assertTrue(read);
    }
  }

  @ParameterizedTest
  @ValueSource(strings = {"a.mp4", "a.mov", "a.mkv", "a-%04d.png"})
  void keptPicturesStayAsTheyWere(String name) {
    Path file = clip(name);
    DoubleUnaryOperator root = v -> Math.sqrt(Math.max(0, v));
    List<KeptPicture> kept = new ArrayList<>();
    try (ClipReader clip = ClipReader.open(file)) {
      while (clip.read(DecodedPicture::kept).map(kept::add).isPresent()) {
        // All of them.
      }
      assertEquals(5, kept.size());
      try (ClipReader again = ClipReader.open(file)) {
        // The last one first: none depends on those before it.
        for (int k = 4; k >= 0; k--) {
          again.seek(k);
          float[] expected = again.next().orElseThrow().image().samples();
          KeptPicture picture = kept.get(k);
          assertEquals(k, picture.index());
          assertTrue(picture.bytes() >= WIDTH * HEIGHT * 3 / 2);
          assertArrayEquals(expected, picture.image().samples());
          float[] through = picture.image(root).samples();
          for (int i = 0; i < expected.length; i++) {
            assertEquals((float) root.applyAsDouble(expected[i]), through[i]);
          }
          assertArrayEquals(expected, picture.image().samples());
          picture.close();
          picture.close();
        }
      }
    }
  }
}
