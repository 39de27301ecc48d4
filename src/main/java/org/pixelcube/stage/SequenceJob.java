package org.pixelcube.stage;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.stream.Stream;
import org.pixelcube.config.Interruption;
import org.pixelcube.config.JsonSettings;
import org.pixelcube.config.Progress;
import org.pixelcube.config.UserError;
import org.pixelcube.image.Image;
import org.pixelcube.image.ImageFile;
import org.pixelcube.video.ClipInfo;
import org.pixelcube.video.ClipWriter;
import org.pixelcube.video.ColorTags;
import org.pixelcube.video.Encoding;
import org.pixelcube.video.Frame;
import org.pixelcube.video.Rational;
import org.pixelcube.video.Segments;

/**
 * Writes the raster pictures of a sequence without loss: as a video (FFV1, 16 bits), or one by one
 * as PNG of 16 bits or OpenEXR of 32. Values are codes, no colours; in EXR, and to readers of the
 * video, they are fractions of the largest code.
 *
 * <p>A job that was stopped goes on where it was: at the first picture that is not there, or at the
 * first part of the video, of {@value #PART} frames, that was not finished. The result has the same
 * bytes.
 */
public final class SequenceJob {
  private static final int PART = 120;

  /** What is written. */
  public enum Format {
    VIDEO,
    PNG,
    EXR
  }

  private record Job(Rig rig, Sequence sequence) {}

  private final Rig rig;
  private final Sequence sequence;
  private final SequenceRaster raster;
  private final Format format;
  private final Path output;
  private final Path folder;
  private final Interruption interruption;
  private final Progress.Opener progress;

  /**
   * A job.
   *
   * @param output a video's name, or a folder
   */
  public SequenceJob(
      SequenceRaster raster,
      Format format,
      Path output,
      Progress.Opener progress,
      Interruption interruption) {
    this.rig = raster.rig();
    this.sequence = raster.sequence();
    this.raster = raster;
    this.format = format;
    this.output = output;
    this.folder =
        format == Format.VIDEO
            ? output.resolveSibling("." + output.getFileName() + ".pixelcube-job")
            : output;
    this.progress = progress;
    this.interruption = interruption;
  }

  /**
   * Writes what is missing.
   *
   * @param overwrite whether the pictures of another sequence may be replaced
   * @throws UserError if the folder holds those of another, or cannot be written
   */
  public void run(boolean overwrite) {
    try {
      begin(overwrite);
      if (format == Format.VIDEO) {
        video();
      } else {
        pictures();
      }
    } catch (IOException e) {
      throw UserError.of(folder, e);
    }
  }

  /** Makes the folder, or empties it of what belongs to another job. */
  private void begin(boolean overwrite) throws IOException {
    Files.createDirectories(folder);
    Path file = folder.resolve("job.json");
    String job = JsonSettings.toJson(new Job(rig, sequence));
    List<Path> there = list();
    boolean same = Files.exists(file) && Files.readString(file).equals(job);
    if (same && !(overwrite && complete())) {
      return;
    }
    if (!there.isEmpty() && format != Format.VIDEO && !overwrite) {
      throw new UserError(
          folder.toString(),
          same ? "is complete already" : "holds pictures of another sequence or rig",
          "give another folder, or --overwrite");
    }
    for (Path old : there) {
      Files.delete(old);
    }
    JsonSettings.write(file, new Job(rig, sequence));
  }

  private boolean complete() {
    return format != Format.VIDEO && Files.exists(still(sequence.frameCount() - 1));
  }

  private List<Path> list() throws IOException {
    String ours = format == Format.VIDEO ? "part-\\d+\\.mkv" : "raster-\\d+\\.(png|exr)";
    try (Stream<Path> files = Files.list(folder)) {
      return files.filter(f -> f.getFileName().toString().matches(ours)).sorted().toList();
    }
  }

  private Image codes(int frame) {
    int width = rig.raster().width();
    int height = rig.raster().height();
    return new DriveFrame(width, height, raster.frame(frame)).codes(rig);
  }

  /** The same samples, called colour, which video and EXR ask for. */
  private Image tagged(int frame) {
    Image codes = codes(frame);
    return Image.rgb(codes.width(), codes.height(), codes.samples());
  }

  /** Codes are carried as they are: tagged linear, full range, so that nothing is curved. */
  private static Encoding encoding(Encoding.Codec codec, Encoding.Container container, int bits) {
    return new Encoding(
        codec,
        container,
        bits,
        100,
        new ColorTags(
            ColorTags.Primaries.BT709,
            ColorTags.Transfer.LINEAR,
            ColorTags.Matrix.RGB,
            ColorTags.Range.FULL,
            false));
  }

  private ClipInfo clip() {
    Rational rate = new Rational(Math.round(sequence.framesPerSecond() * 1000), 1000);
    return ClipInfo.synthetic(rig.raster().width(), rig.raster().height(), rate, false);
  }

  private Path still(int frame) {
    return folder.resolve(
        String.format(Locale.ROOT, "raster-%06d.%s", frame, format == Format.PNG ? "png" : "exr"));
  }

  private void pictures() {
    int count = sequence.frameCount();
    int done = 0;
    while (done < count && Files.exists(still(done))) {
      done++;
    }
    try (Progress report = progress.open("sequence", count, done)) {
      for (int i = done; i < count; i++) {
        interruption.check();
        if (Files.exists(still(i))) {
          continue;
        }
        if (format == Format.PNG) {
          ImageFile.write(still(i), codes(i), ImageFile.Options.sixteenBit());
        } else {
          Encoding exr = encoding(Encoding.Codec.EXR, Encoding.Container.STILL, 32);
          try (ClipWriter writer = ClipWriter.open(still(i), exr, clip())) {
            writer.write(new Frame(tagged(i), 0, 0, 1));
            writer.finish();
          }
        }
        report.done(i + 1L);
      }
    }
  }

  private void video() throws IOException {
    int count = sequence.frameCount();
    Encoding encoding = encoding(Encoding.Codec.FFV1, Encoding.forPath(output).container(), 16);
    ClipWriter.Options options =
        ClipWriter.Options.DEFAULT.withThreads(Runtime.getRuntime().availableProcessors());
    List<Path> parts = new ArrayList<>();
    for (int first = 0; first < count; first += PART) {
      parts.add(folder.resolve(String.format(Locale.ROOT, "part-%06d.mkv", first)));
    }
    int begin = 0;
    while (begin < parts.size() && Files.exists(parts.get(begin))) {
      begin++;
    }
    try (Progress report = progress.open("sequence", count, Math.min(count, (long) begin * PART))) {
      for (int k = begin; k < parts.size(); k++) {
        try (ClipWriter writer = ClipWriter.openSegment(parts.get(k), encoding, clip(), options)) {
          for (int i = k * PART; i < Math.min(count, (k + 1) * PART); i++) {
            interruption.check();
            writer.write(new Frame(tagged(i), i, i, 1));
            report.done(i + 1L);
          }
          writer.finish();
        }
      }
    }
    Segments.join(parts, null, output);
    for (Path part : parts) {
      Files.delete(part);
    }
    Files.delete(folder.resolve("job.json"));
    Files.delete(folder);
  }
}
