package org.pixelcube.cli;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.FileTime;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.pixelcube.config.Interruption;
import org.pixelcube.config.JsonSettings;
import org.pixelcube.config.Progress;
import org.pixelcube.image.Image;
import org.pixelcube.image.ImageFile;
import org.pixelcube.stage.CubeRig;
import org.pixelcube.stage.DriveFrame;
import org.pixelcube.stage.FrameMarker;
import org.pixelcube.stage.Label;
import org.pixelcube.stage.PanelGeometry;
import org.pixelcube.stage.RasterPlace;
import org.pixelcube.stage.Rig;
import org.pixelcube.stage.SafetyLimits;
import org.pixelcube.stage.Sequence;
import org.pixelcube.stage.SequenceJob;
import org.pixelcube.stage.SequenceLights;
import org.pixelcube.stage.SequenceRaster;
import org.pixelcube.video.ClipReader;
import org.pixelcube.video.Frame;

class StageSequenceTest {
  private static final Sequence.MarkerPlace MARKER = new Sequence.MarkerPlace(34, 2, 1, 0.25);
  private static final int ID = 77;

  @TempDir Path folder;
  private final ByteArrayOutputStream err = new ByteArrayOutputStream();
  private Path rigFile;
  private Path sequenceFile;
  private Rig rig;
  private Sequence sequence;

  @BeforeEach
  void plan() {
    rig = new CubeRig(2, 1, 16, 1000, 60, 3, List.of()).rig();
    rigFile = folder.resolve("rig.json");
    rig.write(rigFile);
    sequence =
        new Sequence(
            Sequence.FORMAT,
            ID,
            60,
            List.of(new Sequence.Light("soft", "overcast", 0, 0, 0)),
            List.of("light-0", "olat-1", "flat", "olat-4", "matte"),
            2,
            3,
            new Sequence.Levels(0.1, 0.1, 0.75, 0.2),
            new SafetyLimits(1000, 0, 5, 0.05),
            List.of(MARKER));
    sequenceFile = folder.resolve("sequence.json");
    JsonSettings.write(sequenceFile, sequence);
  }

  private int run(String... more) {
    err.reset();
    List<String> args =
        new ArrayList<>(List.of("stage", "sequence", "--rig", rigFile.toString(), "--quiet"));
    args.addAll(List.of(more));
    PrintStream out = new PrintStream(new ByteArrayOutputStream(), true, StandardCharsets.UTF_8);
    return PixelCube.run(
        Console.of(out, new PrintStream(err, true, StandardCharsets.UTF_8), Interruption.manual()),
        (_, _, _) -> {
          throw new AssertionError("nothing is relit");
        },
        args.toArray(String[]::new));
  }

  private String err() {
    return err.toString(StandardCharsets.UTF_8);
  }

  /** The frame that a marker in a picture of codes tells: half the light of its white parts it. */
  private static FrameMarker.Content marker(Image codes) {
    boolean[] cells = new boolean[FrameMarker.DATA_CELLS];
    int ring = (FrameMarker.SIDE - FrameMarker.DATA_SIDE) / 2;
    for (int i = 0; i < cells.length; i++) {
      int x = MARKER.rasterU() + ring + i % FrameMarker.DATA_SIDE;
      int y = MARKER.rasterV() + ring + i / FrameMarker.DATA_SIDE;
      double light = Math.pow(codes.samples()[y * codes.width() + x], 2.4);
      cells[i] = light > MARKER.level() / 2;
    }
    return FrameMarker.content(cells).orElseThrow();
  }

  /** All pictures against what the raster makes, their markers and the panels that are lit. */
  private void assertFrames(List<Image> frames) {
    assertEquals(sequence.frameCount(), frames.size());
    try (SequenceLights lights = new SequenceLights(rig, sequence)) {
      SequenceRaster raster = new SequenceRaster("s", rig, sequence, lights);
      int width = rig.raster().width();
      int height = rig.raster().height();
      for (int i = 0; i < frames.size(); i++) {
        Image found = frames.get(i);
        Image wanted = new DriveFrame(width, height, raster.frame(i)).codes(rig);
        assertEquals(width, found.width());
        assertEquals(height, found.height());
        for (int k = 0; k < wanted.samples().length; k++) {
          assertEquals(
              Math.round(wanted.samples()[k] * 65535), Math.round(found.samples()[k] * 65535));
        }
        assertEquals(new FrameMarker.Content(i, ID), marker(found));
        Label label = sequence.frame(i).label();
        if (label.kind() == Label.Kind.OLAT && sequence.isFull(i)) {
          assertOnly(rig.geometry().get(label.index()), found);
        }
      }
    }
  }

  /** Only this panel shines, at its level, all over its place in the raster. */
  private static void assertOnly(PanelGeometry panel, Image found) {
    RasterPlace place = panel.panel().raster();
    float code = (float) Math.pow(0.75, 1 / 2.4);
    int side = FrameMarker.SIDE * MARKER.cellPixels();
    for (int y = 0; y < found.height(); y++) {
      for (int x = 0; x < found.width(); x++) {
        int mx = x - MARKER.rasterU();
        int my = y - MARKER.rasterV();
        if (mx >= 0 && my >= 0 && mx < side && my < side) {
          continue;
        }
        int px = x - place.u();
        int py = y - place.v();
        boolean inside = px >= 0 && py >= 0 && px < 16 && py < 16;
        assertEquals(inside ? code : 0, found.samples()[y * found.width() + x], 2e-5);
      }
    }
  }

  private static List<Image> video(Path file) {
    List<Image> frames = new ArrayList<>();
    try (ClipReader reader = ClipReader.open(file)) {
      assertEquals(60, reader.info().frameRate().toDouble(), 1e-9);
      for (Optional<Frame> f = reader.next(); f.isPresent(); f = reader.next()) {
        frames.add(f.get().image());
      }
    }
    return frames;
  }

  private static List<Image> pictures(Path folder, String extension) throws IOException {
    try (Stream<Path> files = Files.list(folder)) {
      List<Image> frames = new ArrayList<>();
      for (Path file : files.filter(f -> f.toString().endsWith(extension)).sorted().toList()) {
        if (extension.equals(".png")) {
          frames.add(ImageFile.readData(file));
        } else {
          try (ClipReader reader = ClipReader.open(file)) {
            frames.add(reader.next().orElseThrow().image());
          }
        }
      }
      return frames;
    }
  }

  @Test
  void everyFormatHoldsTheCodesAndTheMarkers() throws Exception {
    Path mkv = folder.resolve("out.mkv");
    assertEquals(0, run(sequenceFile.toString(), "-o", mkv.toString()), err());
    assertFrames(video(mkv));
    Path png = folder.resolve("png");
    assertEquals(0, run(sequenceFile.toString(), "-o", png.toString()), err());
    assertFrames(pictures(png, ".png"));
    Path exr = folder.resolve("exr");
    assertEquals(0, run(sequenceFile.toString(), "-o", exr.toString(), "--format=exr"), err());
    assertFrames(pictures(exr, ".exr"));
    assertEquals(2, run(sequenceFile.toString(), "-o", mkv.toString()));
    assertTrue(err().contains("exists already"), err());
  }

  @Test
  void picturesThatAreThereStay() throws Exception {
    Path png = folder.resolve("png");
    assertEquals(0, run(sequenceFile.toString(), "-o", png.toString()), err());
    Path kept = png.resolve("raster-000002.png");
    Path lost = png.resolve("raster-000009.png");
    byte[] bytes = Files.readAllBytes(lost);
    FileTime time = FileTime.fromMillis(1_000_000_000_000L);
    Files.setLastModifiedTime(kept, time);
    Files.delete(lost);
    Files.delete(png.resolve("raster-000015.png"));
    assertEquals(0, run(sequenceFile.toString(), "-o", png.toString()), err());
    assertEquals(time, Files.getLastModifiedTime(kept));
    assertArrayEquals(bytes, Files.readAllBytes(lost));
    assertEquals(sequence.frameCount(), pictures(png, ".png").size());
    // Another sequence does not go on there, unless it may replace what is there.
    JsonSettings.write(sequenceFile, sequence.withLevels(new Sequence.Levels(0.2, 0, 0.5, 0)));
    assertEquals(2, run(sequenceFile.toString(), "-o", png.toString()));
    assertTrue(err().contains("holds pictures of another sequence"), err());
    assertArrayEquals(bytes, Files.readAllBytes(lost));
    assertEquals(0, run(sequenceFile.toString(), "-o", png.toString(), "--overwrite"), err());
    assertEquals(sequence.frameCount(), pictures(png, ".png").size());
    assertFalse(java.util.Arrays.equals(bytes, Files.readAllBytes(lost)));
  }

  @Test
  void aVideoThatWasStoppedGoesOnToTheSameBytes() throws Exception {
    // 300 frames in three parts; asked for by a light, so that it is known which are made.
    Sequence longer =
        new Sequence(
            Sequence.FORMAT,
            ID,
            60,
            sequence.lights(),
            List.of("light-0"),
            294,
            3,
            sequence.levels(),
            sequence.limits(),
            sequence.markers());
    int size = 3 * rig.raster().width() * rig.raster().height();
    float[] light = new float[size];
    for (int i = 0; i < size; i++) {
      light[i] = (float) (i % 97) / 97;
    }
    int[] asked = new int[1];
    Interruption stop = Interruption.manual();
    SequenceRaster.Lights lights =
        (_, _) -> {
          if (++asked[0] == 200) {
            stop.request();
          }
          return light;
        };
    SequenceRaster raster = new SequenceRaster("s", rig, longer, lights);
    Path whole = folder.resolve("whole.mkv");
    Path resumed = folder.resolve("resumed.mkv");
    SequenceJob first =
        new SequenceJob(
            raster, SequenceJob.Format.VIDEO, resumed, (_, _, _) -> Progress.silent(), stop);
    assertThrows(Interruption.Requested.class, () -> first.run(false));
    assertEquals(200, asked[0]);
    assertTrue(Files.notExists(resumed));
    asked[0] = 1000;
    long[] done = new long[1];
    new SequenceJob(
            raster,
            SequenceJob.Format.VIDEO,
            resumed,
            (_, _, before) -> {
              done[0] = before;
              return Progress.silent();
            },
            Interruption.manual())
        .run(false);
    assertEquals(120, done[0]);
    // The first part of 120 frames was there; the last frame is black.
    assertEquals(1000 + 299 - 120, asked[0]);
    new SequenceJob(
            raster,
            SequenceJob.Format.VIDEO,
            whole,
            (_, _, _) -> Progress.silent(),
            Interruption.manual())
        .run(false);
    assertArrayEquals(Files.readAllBytes(whole), Files.readAllBytes(resumed));
    List<Image> frames = video(resumed);
    assertEquals(300, frames.size());
    for (int i = 0; i < frames.size(); i++) {
      assertEquals(new FrameMarker.Content(i, ID), marker(frames.get(i)));
    }
    try (Stream<Path> files = Files.list(folder)) {
      assertEquals(
          List.of("resumed.mkv", "rig.json", "sequence.json", "whole.mkv"),
          files.map(f -> f.getFileName().toString()).sorted().toList());
    }
  }

  private void refused(String part, String rigText, String sequenceText) throws IOException {
    String goodRig = Files.readString(rigFile);
    String goodSequence = Files.readString(sequenceFile);
    Files.writeString(rigFile, rigText);
    Files.writeString(sequenceFile, sequenceText);
    Path output = folder.resolve("refused");
    assertEquals(2, run(sequenceFile.toString(), "-o", output.toString()), part);
    assertEquals(1, err().lines().count(), err());
    assertTrue(err().contains(part), err());
    assertTrue(Files.notExists(output));
    Files.writeString(rigFile, goodRig);
    Files.writeString(sequenceFile, goodSequence);
  }

  @Test
  void whatDoesNotFitIsNamedAndNothingIsWritten() throws Exception {
    String r = Files.readString(rigFile);
    String s = Files.readString(sequenceFile);
    String width = "\"width\" : " + rig.raster().width();
    assertTrue(r.contains(width), r);
    refused("raster", r.replace(width, "\"width\" : 40"), s);
    RasterPlace second = rig.panels().get(1).raster();
    String place = "\"u\" : %d, \"v\" : %d,".formatted(second.u(), second.v());
    assertTrue(r.contains(place), r);
    refused("lies on that of panel", r.replace(place, "\"u\" : 0, \"v\" : 0,"), s);
    refused(
        "240.0 frames a second",
        r,
        s.replace("\"framesPerSecond\" : 60.0", "\"framesPerSecond\" : 240.0")
            .replace("\"rampFrames\" : 3", "\"rampFrames\" : 30"));
    refused("framesPerSecond: is missing", r, s.replaceAll("\"framesPerSecond\" : 60.0,", ""));
    refused(
        "framesPerSecond", r, s.replace("\"framesPerSecond\" : 60.0", "\"framesPerSecond\" : 0"));
    refused("'olat-44', but the rig has", r, s.replace("olat-4", "olat-44"));
    refused("does not lie on the raster", r, s.replace("\"rasterU\" : 34", "\"rasterU\" : 3400"));
    refused("no-such-map", r, s.replace("overcast", "no-such-map"));
    refused("flickers at", r, s.replace("\"flickerHertz\" : 0.0", "\"flickerHertz\" : 90.0"));
    assertEquals(
        2, run(sequenceFile.toString(), "-o", folder.resolve("x.mkv").toString(), "--format=png"));
    assertTrue(err().contains("does not go with --format png"), err());
  }
}
