package org.pixelcube.eval;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;
import java.util.function.Supplier;
import java.util.stream.Stream;
import org.pixelcube.config.UserError;
import org.pixelcube.config.Warnings;
import org.pixelcube.dataset.TrainingSample;
import org.pixelcube.image.Image;
import org.pixelcube.image.ImageFile;
import org.pixelcube.pipeline.FrameProcessor;
import org.pixelcube.pipeline.RelightSettings;
import org.pixelcube.video.ClipReader;
import org.pixelcube.video.Frame;

/** A sample as files, as a user would have it. */
record Shot(Path folder, int frames) implements AutoCloseable {
  static Shot of(TrainingSample sample) {
    try {
      Path folder = Files.createTempDirectory("pixelcube-validation");
      for (String part : List.of("shot", "matte", "maps")) {
        Files.createDirectory(folder.resolve(part));
      }
      for (int i = 0; i < sample.frames().size(); i++) {
        TrainingSample.Frame f = sample.frames().get(i);
        String name = "%04d".formatted(i);
        ImageFile.write(folder.resolve("shot").resolve(name + ".png"), f.input());
        ImageFile.write(
            folder.resolve("matte").resolve(name + ".png"),
            f.input().withAlpha(f.matte()),
            ImageFile.Options.sixteenBit());
        ImageFile.write(folder.resolve("maps").resolve(name + ".hdr"), f.targetMap().image());
      }
      return new Shot(folder, sample.frames().size());
    } catch (IOException e) {
      throw new UserError(
          System.getProperty("java.io.tmpdir"), "cannot be written to", "free some space", e);
    }
  }

  /** Settings that relight it to its new light, unexposed and without any background. */
  RelightSettings settings() {
    return RelightSettings.DEFAULTS
        .with("env", folder.resolve("maps").toString())
        .with("autoExposure", false)
        .with("alpha", folder.resolve("matte").toString())
        .with("background.source", "transparent")
        .with("tone", RelightSettings.Tone.OFF);
  }

  /** The subject relit, straight, linear. */
  List<Image> relit(
      RelightSettings settings, FrameProcessor.Factory processors, Warnings warnings) {
    try (ClipReader reader = ClipReader.open(folder.resolve("shot"));
        FrameProcessor processor = processors.open(settings, reader.info(), warnings)) {
      List<Supplier<FrameProcessor.Output>> rest = new ArrayList<>();
      for (Optional<Frame> f = reader.next(); f.isPresent(); f = reader.next()) {
        rest.add(processor.process(f.get()));
      }
      processor.end();
      return rest.stream().map(r -> r.get().frame().image().color()).toList();
    }
  }

  @Override
  public void close() {
    try (Stream<Path> all = Files.walk(folder)) {
      for (Path p : all.sorted(Comparator.reverseOrder()).toList()) {
        Files.deleteIfExists(p);
      }
    } catch (IOException e) {
      folder.toFile().deleteOnExit();
    }
  }
}
