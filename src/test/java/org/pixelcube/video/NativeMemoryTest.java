package org.pixelcube.video;

import static org.junit.jupiter.api.Assertions.assertTrue;

import java.nio.file.Path;
import java.util.List;
import org.bytedeco.javacpp.Pointer;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class NativeMemoryTest {
  @TempDir Path folder;

  private void once(Path clip, Path exr, List<Frame> frames) {
    TestClips.write(clip, "h264", TestClips.info(320, 240, false), frames);
    try (ClipReader r = ClipReader.open(clip)) {
      r.next();
      r.seek(2);
      r.next();
    }
    ExrFile.write(exr, frames.getFirst().image(), ExrFile.Samples.HALF);
    ExrFile.read(exr);
    Path missing = folder.resolve("missing.mp4");
    try (ClipReader r = ClipReader.open(missing)) {
      r.next();
    } catch (org.pixelcube.config.UserError expected) {
      // Nothing to free.
    }
  }

  @Test
  void openingAndClosingDoesNotGrow() {
    Path clip = folder.resolve("a.mp4");
    Path exr = folder.resolve("a.exr");
    List<Frame> frames = TestClips.frames(320, 240, 0, 5, false);
    for (int i = 0; i < 15; i++) {
      once(clip, exr, frames);
    }
    System.gc();
    long before = Pointer.physicalBytes();
    for (int i = 0; i < 40; i++) {
      once(clip, exr, frames);
    }
    System.gc();
    long grown = Pointer.physicalBytes() - before;
    // One 320×240 frame left behind a turn would be 40 × 0.1 MB or more; codecs keep far more.
    assertTrue(grown < 40L << 20, () -> "grew by " + (grown >> 20) + " MiB in 40 turns");
  }
}
