package org.pixelcube.pipeline;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.carrotsearch.randomizedtesting.jupiter.Randomized;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.ByteBuffer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Random;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.Supplier;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.pixelcube.config.AtomicFile;
import org.pixelcube.config.Interruption;
import org.pixelcube.config.Progress;
import org.pixelcube.config.UserError;
import org.pixelcube.config.Warnings;
import org.pixelcube.image.Image;
import org.pixelcube.video.Frame;

@Randomized
class RelightJobTest {
  private static final int SEGMENT = 4;

  @TempDir Path folder;
  private Path input;
  private final Warnings warnings = Warnings.silent();
  private final Interruption interruption = Interruption.manual();

  @BeforeEach
  void makeInput() throws IOException {
    input = folder.resolve("in.bin");
    Files.write(input, new byte[3 << 20]);
  }

  /** Frames of one sample each, its own number. */
  private static final class Numbers implements RelightJob.Source {
    private final long count;
    private final AtomicInteger made;
    private long next;

    Numbers(long count, AtomicInteger made) {
      this.count = count;
      this.made = made;
    }

    @Override
    public void seek(long index) {
      next = index;
    }

    @Override
    public Optional<Frame> next() {
      if (next >= count) {
        return Optional.empty();
      }
      made.incrementAndGet();
      Image image = Image.data(1, 1, 1, new float[] {next});
      return Optional.of(new Frame(image, next, next++ * 10, 10));
    }
  }

  /** Adds up the frames so far, in an order-dependent way; fails at a frame. */
  private static final class Sum implements FrameProcessor {
    private final int failAt;
    private final Runnable failure;
    private final AtomicInteger seen = new AtomicInteger();
    private float sum = 1;

    Sum(int failAt, Runnable failure) {
      this.failAt = failAt;
      this.failure = failure;
    }

    @Override
    public Supplier<Output> process(Frame in) {
      if (in.index() == failAt) {
        failure.run();
      }
      seen.incrementAndGet();
      sum = sum * 1.37f % 1000 + in.image().at(0, 0, 0);
      Image image = Image.data(1, 1, 1, new float[] {sum});
      return () -> new Output(in.withImage(image), Map.of());
    }

    @Override
    public byte[] state() {
      return ByteBuffer.allocate(4).putFloat(sum).array();
    }

    @Override
    public void restore(byte[] state) {
      sum = ByteBuffer.wrap(state).getFloat();
    }

    @Override
    public void close() {}
  }

  /** Raw samples; joined end to end. */
  private static class Raw implements RelightJob.Target {
    private final Path output;
    final AtomicInteger written = new AtomicInteger();

    Raw(Path output) {
      this.output = output;
    }

    @Override
    public Path output() {
      return output;
    }

    @Override
    public String description() {
      return "raw";
    }

    @Override
    public String segmentExtension() {
      return ".raw";
    }

    @Override
    public RelightJob.SegmentWriter open(Path path) {
      ByteArrayOutputStream bytes = new ByteArrayOutputStream();
      try {
        Files.write(path, new byte[] {99}); // what a killed run would leave
      } catch (IOException e) {
        throw new UncheckedIOException(e);
      }
      return new RelightJob.SegmentWriter() {
        @Override
        public void write(FrameProcessor.Output output) {
          ByteBuffer value = ByteBuffer.allocate(20);
          value.putFloat(output.frame().image().at(0, 0, 0));
          value.putLong(output.frame().index()).putLong(output.frame().pts());
          bytes.writeBytes(value.array());
          onWrite();
        }

        @Override
        public void finish() {
          try {
            Files.write(path, bytes.toByteArray());
          } catch (IOException e) {
            throw new UncheckedIOException(e);
          }
        }

        @Override
        public void close() {}
      };
    }

    void onWrite() {
      written.incrementAndGet();
    }

    @Override
    public void join(List<Path> segments) {
      AtomicFile.write(
          output,
          out -> {
            for (Path segment : segments) {
              Files.copy(segment, out);
            }
          });
    }
  }

  private RelightJob job(RelightJob.Target target, String settings, boolean restart, long first) {
    return new RelightJob(
        new RelightJob.Request(
            settings, target, List.of(input), restart, first, Long.MAX_VALUE, -1, SEGMENT, 2),
        (_, _, _) -> Progress.silent(),
        warnings,
        interruption);
  }

  private static Sum steady() {
    return new Sum(-1, () -> {});
  }

  private static Numbers numbers(long count) {
    return new Numbers(count, new AtomicInteger());
  }

  private byte[] uninterrupted(int count) throws IOException {
    Path out = folder.resolve("whole.raw");
    assertEquals(count, job(new Raw(out), "s", false, 0).run(numbers(count), steady()));
    return Files.readAllBytes(out);
  }

  /** A failure that no code expects, as the end of the process is. */
  private static final class Killed extends Error {
    private static final long serialVersionUID = 1L;
  }

  @Test
  void aKilledJobResumesToTheSameBytes(Random random) throws IOException {
    for (int trial = 0; trial < 12; trial++) {
      int count = 1 + random.nextInt(6 * SEGMENT);
      byte[] whole = uninterrupted(count);
      Path out = folder.resolve("out" + trial + ".raw");
      int kill = random.nextInt(count);
      Sum killed =
          new Sum(
              kill,
              () -> {
                throw new Killed();
              });
      assertThrows(
          Killed.class, () -> job(new Raw(out), "s", false, 0).run(numbers(count), killed));
      assertFalse(Files.exists(out));
      Sum resumed = steady();
      job(new Raw(out), "s", false, 0).run(numbers(count), resumed);
      assertArrayEquals(whole, Files.readAllBytes(out));
      assertTrue(resumed.seen.get() >= count - kill);
      assertFalse(Files.exists(JobFolder.of(out)));
    }
    assertEquals(List.of(), warnings.all());
  }

  @Test
  void onlyUnfinishedSegmentsAreRedone() {
    Path out = folder.resolve("out.raw");
    Raw full =
        new Raw(out) {
          @Override
          void onWrite() {
            if (written.incrementAndGet() == 2 * SEGMENT + 2) {
              throw new UserError("out.raw", "the disk is full", "free some space");
            }
          }
        };
    assertThrows(UserError.class, () -> job(full, "s", false, 0).run(numbers(20), steady()));
    Sum resumed = steady();
    assertEquals(20, job(new Raw(out), "s", false, 0).run(numbers(20), resumed));
    assertEquals(20 - 2 * SEGMENT, resumed.seen.get());
  }

  @Test
  void changedSettingsOrInputStartAnew() throws IOException {
    byte[] whole = uninterrupted(20);
    Path out = folder.resolve("out.raw");
    for (String change : List.of("settings", "input", "restart")) {
      Sum killed =
          new Sum(
              17,
              () -> {
                throw new Killed();
              });
      assertThrows(Killed.class, () -> job(new Raw(out), "s", false, 0).run(numbers(20), killed));
      if (change.equals("input")) {
        byte[] bytes = Files.readAllBytes(input);
        bytes[bytes.length - 5]++;
        Files.write(input, bytes);
      }
      int before = warnings.all().size();
      Sum again = steady();
      String settings = change.equals("settings") ? "t" : "s";
      job(new Raw(out), settings, change.equals("restart"), 0).run(numbers(20), again);
      assertEquals(20, again.seen.get(), change);
      assertArrayEquals(whole, Files.readAllBytes(out));
      assertTrue(warnings.all().size() >= before);
    }
    assertEquals(1, warnings.all().size());
    assertTrue(warnings.all().getFirst().contains("have changed"));
  }

  @Test
  void anInterruptedJobResumes() throws IOException {
    byte[] whole = uninterrupted(20);
    Path out = folder.resolve("out.raw");
    Sum stopped = new Sum(9, interruption::request);
    assertThrows(
        Interruption.Requested.class,
        () -> job(new Raw(out), "s", false, 0).run(numbers(20), stopped));
    Sum resumed = steady();
    new RelightJob(
            new RelightJob.Request(
                "s", new Raw(out), List.of(input), false, 0, Long.MAX_VALUE, 20, SEGMENT, 2),
            (_, _, _) -> Progress.silent(),
            warnings,
            Interruption.manual())
        .run(numbers(20), resumed);
    assertEquals(12, resumed.seen.get());
    assertArrayEquals(whole, Files.readAllBytes(out));
  }

  @Test
  void aRangeIsCountedFromItsFirstFrame() throws IOException {
    Path out = folder.resolve("out.raw");
    long frames =
        new RelightJob(
                new RelightJob.Request(
                    "s", new Raw(out), List.of(input), false, 7, 6, -1, SEGMENT, 2),
                (_, _, _) -> Progress.silent(),
                warnings,
                interruption)
            .run(numbers(20), steady());
    assertEquals(6, frames);
    ByteBuffer bytes = ByteBuffer.wrap(Files.readAllBytes(out));
    assertEquals(6 * 20, bytes.capacity());
    assertEquals(0, bytes.getLong(4));
    assertEquals(5, bytes.getLong(5 * 20 + 4));
  }

  @Test
  void framesInFlightDoNotGrowWithTheClip() {
    AtomicInteger made = new AtomicInteger();
    AtomicInteger most = new AtomicInteger();
    Raw slow =
        new Raw(folder.resolve("out.raw")) {
          @Override
          void onWrite() {
            most.accumulateAndGet(made.get() - written.getAndIncrement(), Math::max);
          }
        };
    job(slow, "s", false, 0).run(new Numbers(2000, made), steady());
    assertEquals(2000, slow.written.get());
    // Two in each queue, one each with the reader, the processor and the writer.
    assertTrue(most.get() <= 7, () -> most + " frames in flight");
  }

  @Test
  void oneRunAtATimeHoldsAJob() {
    Path out = folder.resolve("out.raw");
    JobFolder.Identity identity = new JobFolder.Identity("v", "s", "raw", SEGMENT, List.of());
    try (JobFolder held = JobFolder.open(out, identity, false, warnings)) {
      assertEquals(0, held.finishedSegments());
      assertEquals(
          out + ": another run is writing it; wait until that ends, or give another output",
          assertThrows(
                  UserError.class, () -> job(new Raw(out), "s", false, 0).run(numbers(3), steady()))
              .getMessage());
    }
  }

  @Test
  void anEmptyClipIsRefused() {
    Path out = folder.resolve("out.raw");
    assertThrows(UserError.class, () -> job(new Raw(out), "s", false, 0).run(numbers(0), steady()));
    assertFalse(Files.exists(JobFolder.of(out)));
    assertFalse(Files.exists(out));
  }

  @Test
  void aFailingSourceOrWriterIsReportedAsItself() {
    Path out = folder.resolve("out.raw");
    RelightJob.Source broken =
        new RelightJob.Source() {
          private int left = 6;

          @Override
          public void seek(long index) {}

          @Override
          public Optional<Frame> next() {
            if (left-- == 0) {
              throw new UserError("in.mp4", "is damaged at frame 6", "repair it");
            }
            Image image = Image.data(1, 1, 1, new float[1]);
            return Optional.of(new Frame(image, 6 - left, 0, 1));
          }
        };
    assertEquals(
        "in.mp4: is damaged at frame 6; repair it",
        assertThrows(UserError.class, () -> job(new Raw(out), "s", false, 0).run(broken, steady()))
            .getMessage());
    assertFalse(Files.exists(out));
  }

  @Test
  void aFailureLeavesFinishedSegmentsAndNothingElse() throws IOException {
    Path out = folder.resolve("out.raw");
    for (int at : new int[] {SEGMENT - 1, 19}) {
      Sum failing =
          new Sum(
              at,
              () -> {
                throw new UserError("in.bin", "is damaged", "repair it");
              });
      assertThrows(
          UserError.class, () -> job(new Raw(out), "s", true, 0).run(numbers(20), failing));
      assertEquals(at > SEGMENT, Files.exists(JobFolder.of(out)));
    }
    // How many segments were finished depends on how far the writer was behind.
    List<String> left;
    try (var files = Files.list(JobFolder.of(out))) {
      left = files.map(file -> file.getFileName().toString()).sorted().toList();
    }
    int finished = left.size() - 3;
    List<String> expected = new ArrayList<>(List.of("job.json", "lock"));
    for (int i = 0; i < finished; i++) {
      expected.add("segment-%06d.raw".formatted(i));
    }
    expected.add("state-%06d.bin".formatted(finished - 1));
    assertTrue(finished >= 1);
    assertEquals(expected, left);
  }

  @Test
  void aChangedFileOfAPatternOrFolderChangesTheFingerprint() throws IOException {
    Path shots = Files.createDirectory(folder.resolve("shots"));
    for (String name : List.of("a1.png", "a2.png", "b.txt")) {
      Files.writeString(shots.resolve(name), name);
    }
    Path pattern = shots.resolve("a%d.png");
    Fingerprint before = Fingerprint.of(pattern);
    Fingerprint whole = Fingerprint.of(shots);
    assertEquals(12, before.bytes());
    Files.writeString(shots.resolve("b.txt"), "other");
    assertEquals(before, Fingerprint.of(pattern));
    assertFalse(whole.equals(Fingerprint.of(shots)));
    Files.writeString(shots.resolve("a2.png"), "longer than before");
    assertFalse(before.equals(Fingerprint.of(pattern)));
  }
}
