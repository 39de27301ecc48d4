package org.pixelcube.pipeline;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.stream.Stream;
import org.bytedeco.javacpp.Pointer;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.pixelcube.config.Interruption;
import org.pixelcube.config.Progress;
import org.pixelcube.config.UserError;
import org.pixelcube.config.Warnings;
import org.pixelcube.image.Image;
import org.pixelcube.image.ImageFile;
import org.pixelcube.image.Resize;
import org.pixelcube.video.ClipReader;
import org.pixelcube.video.Frame;
import org.pixelcube.vision.Model;
import org.pixelcube.vision.ModelStore;

/** The processor with the real networks, on sample pictures made small. */
class RelightProcessorTest {
  private static final int SIDE = 192;

  private final ModelStore models = new ModelStore(_ -> {});
  private final Warnings warnings = Warnings.silent();

  @TempDir private Path folder;

  @BeforeEach
  void needNetworks() {
    for (Model model : List.of(Model.MODNET, Model.FACE_LANDMARKER)) {
      assumeTrue(models.has(model), model.title() + " has not been fetched");
    }
  }

  private static Path sample(String name) {
    Path file = Path.of(System.getProperty("pixelcube.samples", "../shared/data")).resolve(name);
    assumeTrue(Files.isRegularFile(file), file + " is absent");
    return file;
  }

  private static RelightSettings settings(String env) {
    return RelightSettings.DEFAULTS
        .with("env", env)
        .with("threads", 2)
        .with("size", SIDE)
        .with("model", "physics");
  }

  /** A folder with the first frames of a sample clip. */
  private Path clip(int frames) throws IOException {
    Path out = Files.createDirectory(folder.resolve("clip"));
    try (ClipReader reader = ClipReader.open(sample("clips/lp_d9.mp4"))) {
      for (int i = 0; i < frames; i++) {
        ImageFile.write(
            out.resolve("%03d.png".formatted(i)),
            Resize.to(reader.next().orElseThrow().image(), SIDE, SIDE));
      }
    }
    return out;
  }

  private Path photo() {
    Path out = folder.resolve("photo.png");
    Image photo = ImageFile.read(sample("photos/grace_hopper_512.jpg"));
    ImageFile.write(
        out, Resize.to(photo, SIDE, Math.round((float) SIDE * photo.height() / photo.width())));
    return out;
  }

  private FrameProcessor open(RelightSettings settings, ClipReader reader) {
    return RelightProcessor.factory(models).open(settings, reader.info(), warnings);
  }

  private static float[] next(FrameProcessor processor, ClipReader reader) {
    Optional<Frame> frame = reader.next();
    return processor.process(frame.orElseThrow()).get().frame().image().samples();
  }

  private Image still(RelightSettings settings, Path picture) {
    try (ClipReader reader = ClipReader.open(picture);
        FrameProcessor processor = open(settings, reader)) {
      return processor.process(reader.next().orElseThrow()).get().frame().image();
    }
  }

  private static double difference(float[] a, float[] b) {
    double sum = 0;
    for (int i = 0; i < a.length; i++) {
      sum += Math.abs(a[i] - b[i]);
    }
    return sum / a.length;
  }

  @Test
  void theStateIsAllThatIsRemembered() throws IOException {
    int frames = 7;
    Path clip = clip(frames);
    Path turning = folder.resolve("turning.json");
    Files.writeString(
        turning, "{\"map\": \"rim\", \"keys\": [{\"t\": 0}, {\"t\": 1, \"yaw\": 360}]}");
    Path footage = folder.resolve("footage");
    Files.createDirectory(footage);
    for (int i = 0; i < 3; i++) {
      float[] flat = new float[3 * 16 * 16];
      java.util.Arrays.fill(flat, 0.1f + 0.2f * i);
      ImageFile.write(footage.resolve("%d.png".formatted(i)), Image.rgb(16, 16, flat));
    }
    RelightSettings settings =
        settings(turning.toString()).with("background.source", footage.toString());
    List<float[]> straight = new ArrayList<>();
    Map<Integer, byte[]> states = new TreeMap<>();
    try (ClipReader reader = ClipReader.open(clip);
        FrameProcessor processor = open(settings, reader)) {
      for (int i = 0; i < frames; i++) {
        // The matting network runs on every second frame: one cut before such a frame, one after.
        if (i == 2 || i == 5) {
          states.put(i, processor.state());
        }
        straight.add(next(processor, reader));
      }
    }
    for (Map.Entry<Integer, byte[]> cut : states.entrySet()) {
      try (ClipReader reader = ClipReader.open(clip);
          FrameProcessor processor = open(settings, reader)) {
        reader.seek(cut.getKey());
        processor.restore(cut.getValue());
        for (int i = cut.getKey(); i < frames; i++) {
          assertArrayEquals(straight.get(i), next(processor, reader), "frame " + i);
        }
      }
    }
  }

  @Test
  void lightThatTurnsChangesThePictureFrameByFrame() throws IOException {
    Path photo = photo();
    Path clip = Files.createDirectory(folder.resolve("same"));
    for (int i = 0; i < 4; i++) {
      Files.copy(photo, clip.resolve(i + ".png"));
    }
    Path turning = folder.resolve("turning.json");
    Files.writeString(
        turning, "{\"map\": \"split\", \"keys\": [{\"t\": 0}, {\"t\": 0.16, \"yaw\": 360}]}");
    double[] fixed = steps(settings("split").with("background.source", "black"), clip);
    double[] moving = steps(settings(turning.toString()).with("background.source", "black"), clip);
    for (int i = 0; i < 3; i++) {
      assertTrue(moving[i] > 0.02, "step " + i + ": " + moving[i]);
      assertTrue(moving[i] > 10 * fixed[i], moving[i] + " against " + fixed[i]);
    }
  }

  /** Mean differences between each frame and the next. */
  private double[] steps(RelightSettings settings, Path clip) {
    double[] steps = new double[3];
    try (ClipReader reader = ClipReader.open(clip);
        FrameProcessor processor = open(settings, reader)) {
      float[] last = next(processor, reader);
      for (int i = 0; i < steps.length; i++) {
        float[] frame = next(processor, reader);
        steps[i] = difference(last, frame);
        last = frame;
      }
    }
    return steps;
  }

  @Test
  void aTransparentBackgroundIsTheMatte() {
    Image out = still(settings("softbox").with("background.source", "transparent"), photo());
    assertEquals(4, out.channels());
    assertEquals(0, out.at(3, 2, SIDE / 20), 0.05);
    assertEquals(1, out.at(3, out.height() / 2, SIDE / 2), 0.02);
    for (float v : out.samples()) {
      assertTrue(Float.isFinite(v));
    }
  }

  @Test
  void aMatteOfTheUsersOwnIsTaken() {
    Path photo = photo();
    Image picture = ImageFile.read(photo);
    int w = picture.width();
    int h = picture.height();
    float[] half = new float[3 * w * h];
    for (int i = 0; i < half.length; i++) {
      half[i] = i % w < w / 2 ? 1 : 0;
    }
    Path matte = folder.resolve("matte.png");
    ImageFile.write(matte, Image.rgb(w, h, half));
    Image out =
        still(
            settings("softbox")
                .with("background.source", "transparent")
                .with("alpha", matte.toString()),
            photo);
    for (int y = 0; y < h; y += 16) {
      assertEquals(1, out.at(3, y, w / 4), 0.02);
      assertEquals(0, out.at(3, y, 3 * w / 4), 0.02);
    }
  }

  @Test
  void aPictureWithoutAPersonIsRefusedAndNothingIsLeft() throws IOException {
    Path empty = Files.createDirectory(folder.resolve("empty"));
    float[] sky = new float[3 * SIDE * SIDE];
    for (int i = 0; i < sky.length; i++) {
      sky[i] = 0.2f + 0.4f * (i / SIDE % SIDE) / SIDE;
    }
    for (int i = 0; i < 2; i++) {
      ImageFile.write(empty.resolve(i + ".png"), Image.rgb(SIDE, SIDE, sky));
    }
    Path outputs = Files.createDirectory(folder.resolve("outputs"));
    for (Path input : List.of(empty.resolve("0.png"), empty)) {
      Path output = outputs.resolve(Files.isDirectory(input) ? "o.mp4" : "o.png");
      UserError error =
          assertThrows(
              UserError.class,
              () ->
                  ClipRelight.run(
                      new ClipRelight.Request(input, output, settings("softbox"), false, false),
                      RelightProcessor.factory(models),
                      (_, _, _) -> Progress.silent(),
                      warnings,
                      Interruption.manual()));
      assertTrue(error.getMessage().contains("shows no person"), error.getMessage());
      assertEquals(1, error.getMessage().lines().count());
      try (Stream<Path> left = Files.list(outputs)) {
        assertEquals(List.of(), left.toList());
      }
    }
  }

  @Test
  void closingGivesAllNativeMemoryBack() {
    Path photo = photo();
    RelightSettings settings = settings("softbox").with("background.source", "black");
    still(settings, photo);
    long bytes = Pointer.totalBytes();
    long count = Pointer.totalCount();
    for (int i = 0; i < 4; i++) {
      still(settings, photo);
      assertTrue(Pointer.totalBytes() <= bytes, () -> Pointer.totalBytes() + " after " + bytes);
      assertTrue(Pointer.totalCount() <= count, () -> Pointer.totalCount() + " after " + count);
    }
  }
}
