package org.pixelcube.pipeline;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.stream.Stream;
import org.pixelcube.config.AtomicFile;
import org.pixelcube.config.UserError;
import org.pixelcube.video.ClipInfo;
import org.pixelcube.video.ClipWriter;
import org.pixelcube.video.Encoding;
import org.pixelcube.video.Frame;
import org.pixelcube.video.Segments;

/**
 * An output clip: a video file with the sound of the input, or a numbered sequence of pictures; and
 * the files of passes beside it.
 *
 * @param output a file, or a folder or pattern for a sequence
 * @param encoding how frames are written
 * @param like size, time base and alpha of the output
 * @param sound what is heard with it
 * @param passes where passes go
 * @param ptsOffset taken from the frames' times
 * @param threads encoder threads
 * @param clock adds up the time of writing
 */
public record ClipTarget(
    Path output,
    Encoding encoding,
    ClipInfo like,
    Optional<Segments.Sound> sound,
    Optional<PassFiles> passes,
    long ptsOffset,
    int threads,
    StageClock clock)
    implements RelightJob.Target {

  @Override
  public String description() {
    return "%s %dx%d alpha=%s time base %s offset %d sound %s passes %s"
        .formatted(
            encoding,
            like.width(),
            like.height(),
            like.hasAlpha(),
            like.timeBase(),
            ptsOffset,
            sound.map(Segments.Sound::toString).orElse("none"),
            passes.map(PassFiles::toString).orElse("none"));
  }

  @Override
  public String segmentExtension() {
    return encoding.container().isVideo() ? ".segment" : "";
  }

  @Override
  public RelightJob.SegmentWriter open(Path path) {
    ClipWriter.Options options = ClipWriter.Options.DEFAULT.withThreads(threads);
    ClipWriter writer;
    if (encoding.container().isVideo()) {
      writer = ClipWriter.openSegment(path, encoding, like, options);
    } else {
      try {
        Files.createDirectories(path);
      } catch (IOException e) {
        throw UserError.of(path, e);
      }
      boolean folder = isFolder(output);
      writer =
          ClipWriter.open(
              folder ? path : path.resolve(output.getFileName()), encoding, like, options);
    }
    return writing(writer);
  }

  /** Writes the one frame of a still. */
  public void writeStill(FrameProcessor.Output frame) {
    try (RelightJob.SegmentWriter writer =
        writing(ClipWriter.open(output, encoding, like, ClipWriter.Options.DEFAULT))) {
      writer.write(frame);
      writer.finish();
    }
  }

  private RelightJob.SegmentWriter writing(ClipWriter writer) {
    return new RelightJob.SegmentWriter() {
      @Override
      public void write(FrameProcessor.Output out) {
        Frame f = out.frame();
        Frame shifted = new Frame(f.image(), f.index(), f.pts() - ptsOffset, f.duration());
        clock.time("write", () -> writer.write(shifted));
        passes.ifPresent(files -> clock.time("passes", () -> files.write(f.index(), out.passes())));
      }

      @Override
      public void finish() {
        writer.finish();
      }

      @Override
      public void close() {
        writer.close();
      }
    };
  }

  @Override
  public void join(List<Path> segments) {
    if (encoding.container().isVideo()) {
      // Among the segments, where a run that is killed leaves nothing that the next does not clear.
      Path temporary = segments.getFirst().resolveSibling("joined");
      Segments.join(segments, sound.orElse(null), output, temporary);
      return;
    }
    Path folder = isFolder(output) ? output : output.toAbsolutePath().getParent();
    try {
      Files.createDirectories(folder);
      for (Path segment : segments) {
        List<Path> pictures = new ArrayList<>();
        try (Stream<Path> files = Files.list(segment)) {
          files.sorted().forEach(pictures::add);
        }
        for (Path picture : pictures) {
          AtomicFile.move(picture, folder.resolve(picture.getFileName()));
        }
      }
    } catch (IOException e) {
      throw UserError.of(folder, e);
    }
  }

  /** Whether the output is a folder of pictures, not a pattern or a file. */
  private static boolean isFolder(Path output) {
    return Files.isDirectory(output) || !output.getFileName().toString().contains(".");
  }
}
