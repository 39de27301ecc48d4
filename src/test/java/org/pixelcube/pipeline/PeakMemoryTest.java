package org.pixelcube.pipeline;

import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.pixelcube.config.Interruption;
import org.pixelcube.config.UserError;

class PeakMemoryTest {
  @TempDir Path folder;

  /** Touches as many mebibytes as it is told and waits a moment. */
  static final class Filler {
    private Filler() {}

    public static void main(String[] args) throws InterruptedException {
      byte[][] blocks = new byte[Integer.parseInt(args[0])][];
      for (int i = 0; i < blocks.length; i++) {
        blocks[i] = new byte[1 << 20];
        for (int j = 0; j < blocks[i].length; j += 1024) {
          blocks[i][j] = 1;
        }
      }
      Thread.sleep(300);
      if (blocks.length == 0) {
        throw new IllegalStateException("nothing to fill");
      }
    }
  }

  private PeakMemory run(int megabytes) {
    return PeakMemory.ofRun(
        Filler.class.getName(),
        List.of(Integer.toString(megabytes)),
        folder.resolve("log"),
        Interruption.manual());
  }

  @Test
  void seesWhatIsTouched() {
    assumeTrue(Files.isReadable(Path.of("/proc/self/status")), "no /proc here");
    long small = run(50).bytes();
    long large = run(350).bytes();
    assertTrue(
        Math.abs(((large - small) >> 20) - 300) < 60,
        () -> "%d and %d MiB".formatted(small >> 20, large >> 20));
  }

  @Test
  void aFailedRunIsTold() {
    UserError error = assertThrows(UserError.class, () -> run(0));
    assertTrue(error.getMessage().contains("ended with status 1"), error::getMessage);
  }

  @Test
  void stopsWhenAsked() {
    Interruption interruption = Interruption.manual();
    interruption.request();
    assertThrows(
        Interruption.Requested.class,
        () ->
            PeakMemory.ofRun(
                Filler.class.getName(), List.of("1"), folder.resolve("log"), interruption));
  }
}
