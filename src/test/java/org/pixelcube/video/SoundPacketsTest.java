package org.pixelcube.video;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class SoundPacketsTest {
  @TempDir Path folder;

  @Test
  void aCopyHasTheSamePackets() {
    Path sound = TestClips.sound(folder.resolve("tone.mp4"), "aac", 1);
    Path out = folder.resolve("with.mp4");
    ClipInfo info = TestClips.info(64, 64, false);
    ClipWriter.Options options = ClipWriter.Options.DEFAULT.withAudioFrom(sound);
    try (ClipWriter writer = ClipWriter.open(out, Encoding.forPath(out), info, options)) {
      TestClips.frames(64, 64, 0, 25, false).forEach(writer::write);
      writer.finish();
    }
    List<SoundPackets.Packet> before = SoundPackets.of(sound);
    List<SoundPackets.Packet> after = SoundPackets.of(out);
    assertTrue(before.size() > 40, () -> before.size() + " packets");
    assertEquals(before.size(), after.size());
    for (int i = 0; i < before.size(); i++) {
      assertTrue(before.get(i).sameAs(after.get(i)), "packet " + i);
    }
    assertFalse(before.get(1).sameAs(before.get(2)));
  }

  @Test
  void silentClipsHaveNone() throws IOException {
    Path silent =
        TestClips.write(
            folder.resolve("silent.mp4"),
            "h264",
            TestClips.info(64, 64, false),
            TestClips.frames(64, 64, 0, 3, false));
    assertEquals(List.of(), SoundPackets.of(silent));
    assertFalse(SoundPackets.of(TestClips.wave(folder.resolve("a.wav"), 0.5)).isEmpty());
  }
}
