package org.pixelcube.video;

import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.lang.foreign.Arena;
import java.lang.foreign.FunctionDescriptor;
import java.lang.foreign.Linker;
import java.lang.foreign.MemoryLayout;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.SegmentAllocator;
import java.lang.foreign.StructLayout;
import java.lang.foreign.ValueLayout;
import java.lang.invoke.MethodHandle;
import java.nio.file.Path;
import java.util.List;
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

  /** Bytes in use of the C library's heap, which FFmpeg allocates from. */
  @SuppressWarnings("restricted")
  private static long nativeBytes() throws Throwable {
    Linker linker = Linker.nativeLinker();
    var mallinfo = linker.defaultLookup().find("mallinfo2");
    assumeTrue(mallinfo.isPresent(), "needs glibc 2.33");
    StructLayout layout =
        MemoryLayout.structLayout(
            MemoryLayout.sequenceLayout(10, ValueLayout.JAVA_LONG).withName("v"));
    MethodHandle call = linker.downcallHandle(mallinfo.get(), FunctionDescriptor.of(layout));
    try (Arena arena = Arena.ofConfined()) {
      MemorySegment m = (MemorySegment) call.invokeExact((SegmentAllocator) arena);
      // hblkhd, in mapped blocks, and uordblks, in ordinary ones.
      return m.getAtIndex(ValueLayout.JAVA_LONG, 4) + m.getAtIndex(ValueLayout.JAVA_LONG, 7);
    }
  }

  @Test
  void openingAndClosingDoesNotGrow() throws Throwable {
    Path clip = folder.resolve("a.mp4");
    Path exr = folder.resolve("a.exr");
    List<Frame> frames = TestClips.frames(320, 240, 0, 5, false);
    for (int i = 0; i < 20; i++) {
      once(clip, exr, frames);
    }
    long before = nativeBytes();
    for (int i = 0; i < 60; i++) {
      once(clip, exr, frames);
    }
    long grown = nativeBytes() - before;
    // One 4:2:0 frame of this size is 115 KB; the rest is what the JVM itself allocates.
    assertTrue(grown < 60 * 100_000, () -> "grew by " + grown + " bytes in 60 turns");
  }
}
