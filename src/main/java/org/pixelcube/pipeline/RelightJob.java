package org.pixelcube.pipeline;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.function.Supplier;
import org.pixelcube.config.Interruption;
import org.pixelcube.config.Progress;
import org.pixelcube.config.UserError;
import org.pixelcube.config.Version;
import org.pixelcube.config.Warnings;
import org.pixelcube.video.Frame;

/**
 * Runs frames through a {@link FrameProcessor} into an output, in segments that survive the end of
 * the process.
 *
 * <p>Frames are read, processed and written by threads with short queues between them, so memory
 * does not grow with the clip. At every segment's end its file is closed and the processor's state
 * is stored beside it (see {@link JobFolder}); the next run of the same job goes on from there.
 * Segments are always cut at the same frames, interrupted or not, so that the output's bytes are
 * the same.
 */
public final class RelightJob {
  /** Frames in a segment, unless said otherwise. */
  public static final int SEGMENT_FRAMES = 60;

  private static final int QUEUED_FRAMES = 2;

  private final Request request;
  private final Progress.Opener progress;
  private final Warnings warnings;
  private final Interruption interruption;

  /**
   * Makes the job.
   *
   * @param request what to do
   * @param progress shows how far it is
   * @param warnings takes what the user should know
   * @param interruption asked between frames
   */
  public RelightJob(
      Request request, Progress.Opener progress, Warnings warnings, Interruption interruption) {
    this.request = request;
    this.progress = progress;
    this.warnings = warnings;
    this.interruption = interruption;
  }

  /** Where frames come from, in their order. */
  public interface Source {
    /** Goes to the frame with this number, counted from 0; asked at most once, before any frame. */
    void seek(long index);

    /** The next frame; empty after the last. */
    Optional<Frame> next();
  }

  /** Where frames go. */
  public interface Target {
    /** The output's path. */
    Path output();

    /** Everything that shapes the bytes written, in a line. */
    String description();

    /** The extension of a segment's file with its dot; empty if it is a folder. */
    String segmentExtension();

    /** Opens a segment for writing at {@code path}, which does not exist. */
    SegmentWriter open(Path path);

    /** Makes the output of all segments, in one step. */
    void join(List<Path> segments);
  }

  /** Writes the frames of one segment. */
  public interface SegmentWriter extends AutoCloseable {
    void write(FrameProcessor.Output output);

    /** Makes the segment whole; what is not finished is worth nothing. */
    void finish();

    @Override
    void close();
  }

  /**
   * What to do.
   *
   * @param settings all that shapes the output, as text
   * @param target where the frames go
   * @param inputs every file that shapes the output
   * @param restart whether an unfinished job is thrown away
   * @param firstFrame the first frame of the source to take
   * @param frames frames to take at most
   * @param expectedFrames frames that will probably come, −1 if not known; for the progress alone
   * @param segmentFrames frames in a segment
   * @param workers threads that finish frames side by side
   */
  public record Request(
      String settings,
      Target target,
      List<Path> inputs,
      boolean restart,
      long firstFrame,
      long frames,
      long expectedFrames,
      int segmentFrames,
      int workers) {
    public Request {
      inputs = List.copyOf(inputs);
    }
  }

  /** One output on its way to the writer, with the processor's state where a segment ends. */
  private record Done(Future<FrameProcessor.Output> output, Optional<byte[]> state) {}

  /**
   * Runs the job to its end and returns the number of frames of the output.
   *
   * @throws UserError for faults the user can mend; finished segments are kept
   * @throws Interruption.Requested if the user wants to stop; finished segments are kept
   */
  public long run(Source source, FrameProcessor processor) {
    JobFolder.Identity identity =
        new JobFolder.Identity(
            Version.NUMBER,
            request.settings(),
            request.target().description(),
            request.segmentFrames(),
            request.inputs().stream().map(Fingerprint::of).toList());
    Path output = request.target().output();
    long frames;
    try (JobFolder folder = JobFolder.open(output, identity, request.restart(), warnings)) {
      boolean done = false;
      try {
        frames = run(folder, source, processor);
        if (frames == 0) {
          throw new UserError(
              output.toString(), "has no frame to hold", "check the input, --start and --frames");
        }
        request.target().join(segments(folder, frames));
        done = true;
      } finally {
        if (!done) {
          folder.abandon();
        }
      }
      folder.delete();
    }
    return frames;
  }

  private List<Path> segments(JobFolder folder, long frames) {
    List<Path> segments = new ArrayList<>();
    for (int i = 0; (long) i * request.segmentFrames() < frames; i++) {
      segments.add(folder.segment(i, request.target().segmentExtension()));
    }
    return segments;
  }

  /** Reads, processes and writes at the same time; returns the frames written, now and before. */
  private long run(JobFolder folder, Source source, FrameProcessor processor) {
    int finished = folder.finishedSegments();
    long before = (long) finished * request.segmentFrames();
    if (request.firstFrame() + before > 0) {
      source.seek(request.firstFrame() + before);
    }
    if (finished > 0) {
      processor.restore(folder.state(finished - 1));
    }
    Handoff<Frame> read = new Handoff<>(QUEUED_FRAMES);
    Handoff<Done> done = new Handoff<>(request.workers() + processor.lookahead());
    try (Progress shown = progress.open("relight", request.expectedFrames(), before);
        ExecutorService threads =
            Executors.newFixedThreadPool(
                2 + request.workers(),
                Thread.ofPlatform().name("relight-", 0).daemon().factory())) {
      Future<?> reader = threads.submit(guarded(read, done, () -> readAll(source, read, before)));
      Future<Long> writer =
          threads.submit(() -> {
            try {
              return writeAll(folder, done, finished, shown);
            } catch (Throwable failure) {
              read.fail();
              done.fail();
              throw failure;
            }
          });
      RuntimeException own = null;
      try {
        processAll(read, done, processor, before, threads);
      } catch (RuntimeException | Error failure) {
        processor.abandon();
        read.fail();
        done.fail();
        if (failure instanceof Error error) {
          throw error;
        }
        own = (RuntimeException) failure;
      }
      return outcome(own, reader, writer);
    }
  }

  private static Runnable guarded(Handoff<?> read, Handoff<?> done, Runnable work) {
    return () -> {
      try {
        work.run();
      } catch (Throwable failure) {
        read.fail();
        done.fail();
        throw failure;
      }
    };
  }

  /** The writer's count, or the first real failure of the three threads. */
  private static long outcome(RuntimeException own, Future<?> reader, Future<Long> writer) {
    Throwable failure = own instanceof Handoff.Abandoned ? null : own;
    long frames = 0;
    try {
      reader.get();
    } catch (ExecutionException e) {
      failure = failure == null && !abandoned(e) ? e.getCause() : failure;
    } catch (InterruptedException e) {
      throw new IllegalStateException("nobody interrupts this thread", e);
    }
    try {
      frames = writer.get();
    } catch (ExecutionException e) {
      failure = failure == null && !abandoned(e) ? e.getCause() : failure;
    } catch (InterruptedException e) {
      throw new IllegalStateException("nobody interrupts this thread", e);
    }
    switch (failure) {
      case null -> {}
      case RuntimeException unchecked -> throw unchecked;
      case Error error -> throw error;
      default -> throw new IllegalStateException(failure);
    }
    return frames;
  }

  private static boolean abandoned(ExecutionException e) {
    return e.getCause() instanceof Handoff.Abandoned;
  }

  private void readAll(Source source, Handoff<Frame> read, long before) {
    long first = request.firstFrame();
    for (long index = before; index < request.frames(); index++) {
      Optional<Frame> frame = source.next();
      if (frame.isEmpty()) {
        break;
      }
      Frame f = frame.get();
      read.put(new Frame(f.image(), f.index() - first, f.pts(), f.duration()));
    }
    read.end();
  }

  private void processAll(
      Handoff<Frame> read,
      Handoff<Done> done,
      FrameProcessor processor,
      long before,
      ExecutorService threads) {
    long count = before;
    for (Optional<Frame> frame = read.take(); frame.isPresent(); frame = read.take()) {
      interruption.check();
      Supplier<FrameProcessor.Output> rest = processor.process(frame.get());
      count++;
      boolean endsSegment = count % request.segmentFrames() == 0;
      Optional<byte[]> state = endsSegment ? Optional.of(processor.state()) : Optional.empty();
      done.put(new Done(threads.submit(rest::get), state));
    }
    processor.end();
    done.end();
  }

  private long writeAll(JobFolder folder, Handoff<Done> done, int finished, Progress shown) {
    int segment = finished;
    long count = (long) finished * request.segmentFrames();
    SegmentWriter writer = null;
    try {
      for (Optional<Done> next = done.take(); next.isPresent(); next = done.take()) {
        if (writer == null) {
          writer = open(folder, segment);
        }
        writer.write(finished(next.get().output()));
        shown.done(++count);
        if (next.get().state().isPresent()) {
          writer.finish();
          writer.close();
          writer = null;
          folder.finish(segment++, next.get().state().get());
        }
      }
      if (writer != null) {
        writer.finish();
      }
      return count;
    } finally {
      if (writer != null) {
        writer.close();
      }
    }
  }

  private static FrameProcessor.Output finished(Future<FrameProcessor.Output> output) {
    try {
      return output.get();
    } catch (ExecutionException e) {
      switch (e.getCause()) {
        case RuntimeException unchecked -> throw unchecked;
        case Error error -> throw error;
        default -> throw new IllegalStateException(e.getCause());
      }
    } catch (InterruptedException e) {
      throw new IllegalStateException("nobody interrupts this thread", e);
    }
  }

  private SegmentWriter open(JobFolder folder, int segment) {
    Path path = folder.segment(segment, request.target().segmentExtension());
    try {
      if (Files.exists(path)) {
        JobFolder.deleteTree(path);
      }
    } catch (IOException e) {
      throw UserError.of(path, e);
    }
    return request.target().open(path);
  }
}
