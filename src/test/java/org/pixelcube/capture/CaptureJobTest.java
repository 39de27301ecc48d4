package org.pixelcube.capture;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.pixelcube.config.Interruption;
import org.pixelcube.config.Progress;
import org.pixelcube.config.UserError;
import org.pixelcube.config.Warnings;
import org.pixelcube.dataset.CapturedClip;
import org.pixelcube.dataset.Clip;
import org.pixelcube.dataset.ClipDataset;
import org.pixelcube.dataset.ClipMeta;
import org.pixelcube.dataset.DatasetIndex;
import org.pixelcube.image.Image;
import org.pixelcube.image.ImageFile;
import org.pixelcube.light.EnvironmentMap;
import org.pixelcube.stage.CubeRig;
import org.pixelcube.stage.FrameMarker;
import org.pixelcube.stage.Label;
import org.pixelcube.stage.Rig;
import org.pixelcube.stage.SafetyLimits;
import org.pixelcube.stage.Sequence;
import org.pixelcube.stage.SequenceRaster;
import org.pixelcube.stage.StageCamera;
import org.pixelcube.stage.TransferCurve;
import org.pixelcube.video.ClipInfo;
import org.pixelcube.video.ClipWriter;
import org.pixelcube.video.Encoding;
import org.pixelcube.video.Frame;
import org.pixelcube.video.Rational;

class CaptureJobTest {
  private static final Rig RIG =
      new CubeRig(2, 4, 16, 1900, 60, 10, CubeRig.PIXEL_CUBE.openings()).rig();
  private static final SafetyLimits LIMITS = new SafetyLimits(600, 0, 5, 0.1);
  private static final double SPEED = 0.9;
  private static final int HEIGHT = MovingScene.SIZE;
  private static final int WIDTH = MovingScene.SIZE + 64;

  @TempDir Path folder;

  private final Random random = new Random(7);

  private static Sequence interleaved(boolean flat, boolean matte) {
    List<Sequence.Light> lights =
        List.of(
            new Sequence.Light("left", "softbox", 0, 0, 0),
            new Sequence.Light("right", "softbox", 180, 0, 0));
    return Sequence.interleaved(3, 60, lights, flat, matte, 1, LIMITS)
        .withMarkers(List.of(new Sequence.MarkerPlace(0, 0, 1, 0.4)));
  }

  private static int light(Label label) {
    return label.kind() == Label.Kind.FLAT ? -1 : label.index();
  }

  /** A frame of the camera: the scene on the left, the marker's panel on the right. */
  private Image film(Sequence sequence, int counter) {
    Label label = sequence.frame(counter).label();
    Image scene =
        label.kind() == Label.Kind.MATTE
            ? matteFrame(counter)
            : MovingScene.at(counter, light(label), SPEED);
    return framed(scene, sequence, counter, 1);
  }

  private static Image matteFrame(int counter) {
    float[] s = new float[3 * HEIGHT * HEIGHT];
    double cx = 60 + SPEED * counter;
    double cy = 72 + 10 * Math.sin(0.05 * SPEED * counter);
    double radius = 34 * (1 + 0.004 * SPEED * counter);
    for (int i = 0; i < s.length; i++) {
      int x = i % HEIGHT;
      int y = i / HEIGHT % HEIGHT;
      boolean disc = Math.hypot(x + 0.5 - cx, y + 0.5 - cy) < radius;
      s[i] = disc ? 0 : 0.5f;
    }
    return Image.rgb(HEIGHT, HEIGHT, s);
  }

  private Image framed(Image scene, Sequence sequence, int counter, double exposure) {
    float[] s = new float[3 * HEIGHT * WIDTH];
    for (int c = 0; c < 3; c++) {
      for (int y = 0; y < HEIGHT; y++) {
        Arrays.fill(s, (c * HEIGHT + y) * WIDTH, (c * HEIGHT + y + 1) * WIDTH, 0.05f);
        System.arraycopy(
            scene.samples(), (c * HEIGHT + y) * HEIGHT, s, (c * HEIGHT + y) * WIDTH, HEIGHT);
      }
    }
    double[] x = {154, 196, 195, 155};
    double[] y = {50, 52, 91, 92};
    Image drawn =
        MarkerPictures.drawn(
            Image.rgb(WIDTH, HEIGHT, s),
            FrameMarker.pattern(new FrameMarker.Content(counter, sequence.id())),
            new Corners(x, y),
            0.4);
    float[] out = drawn.samples();
    for (int i = 0; i < out.length; i++) {
      out[i] = (float) Math.clamp(exposure * out[i] + 0.002 * random.nextGaussian(), 0, 1);
    }
    return Image.rgb(WIDTH, HEIGHT, out);
  }

  private Path write(List<Image> frames) {
    Path file = folder.resolve("take.mkv");
    ClipInfo info = ClipInfo.synthetic(WIDTH, HEIGHT, new Rational(60, 1), false);
    try (ClipWriter writer = ClipWriter.open(file, Encoding.forPath(file), info)) {
      for (int i = 0; i < frames.size(); i++) {
        writer.write(new Frame(frames.get(i), i, i, 1));
      }
      writer.finish();
    }
    return file;
  }

  private CaptureReport capture(Sequence sequence, Path footage, Optional<SequenceRaster> raster) {
    return new CaptureJob(
            RIG,
            sequence,
            raster,
            new CaptureSettings("ball", "moving", "CC0-1.0", 16),
            new CameraResponse(TransferCurve.SRGB),
            Optional.empty(),
            Warnings.silent(),
            (_, _, _) -> Progress.silent(),
            Interruption.manual())
        .run(footage, folder.resolve("clips"));
  }

  private Optional<SequenceRaster> raster(Sequence sequence) {
    float[][] lights = new float[2][3 * RIG.raster().width() * RIG.raster().height()];
    Arrays.fill(lights[0], 0.25f);
    Arrays.fill(lights[1], 0.5f);
    return Optional.of(new SequenceRaster("s", RIG, sequence, (i, _) -> lights[i]));
  }

  private static Image scene(Image framed) {
    return framed.crop(0, 0, HEIGHT, HEIGHT);
  }

  @Test
  void lightsThatAlternateBecomeAlignedPairs() throws Exception {
    Sequence sequence = interleaved(true, true);
    assertEquals(4, sequence.labels().size());
    int first = sequence.firstFullFrame();
    List<Image> frames = new ArrayList<>();
    for (int counter = first - 4; counter < first + 33; counter++) {
      if (counter == first + 8) {
        continue;
      }
      frames.add(film(sequence, counter));
      if (counter == first + 14) {
        frames.add(frames.getLast());
      }
    }
    CaptureReport report = capture(sequence, write(frames), raster(sequence));
    assertEquals(Map.of("dropped", 1, "doubled", 1), report.faults());
    assertEquals(37, report.frames());
    assertEquals(1, report.incomplete());
    assertEquals(2, report.clips());
    // Whatever is not used has a reason.
    assertEquals(
        List.of(Fault.Kind.DROPPED, Fault.Kind.DOUBLED),
        report.namedFaults().stream().map(Fault::kind).toList());
    assertTrue(
        report.unused().stream().anyMatch(u -> u.reason().contains("doubled: shown once more")),
        report.unused().toString());
    assertTrue(
        report.cyclesWithout().stream().anyMatch(c -> c.reason().contains("dropped")),
        report.cyclesWithout().toString());
    assertTrue(
        report.cyclesWithout().stream().anyMatch(c -> c.reason().contains("begins or ends there")),
        report.cyclesWithout().toString());
    assertTrue(report.doubtful().stream().allMatch(d -> d.reason().contains("flow")));
    assertTrue(Files.isRegularFile(folder.resolve("clips/pairs.png")));
    assertTrue(Files.isRegularFile(folder.resolve("clips/faults.png")));
    assertTrue(Files.isRegularFile(folder.resolve("clips/report.json")));

    ClipDataset dataset = ClipDataset.open(folder.resolve("clips"));
    assertEquals(List.of(), dataset.verify(_ -> {}));
    List<DatasetIndex.Entry> entries = dataset.index().clips();
    assertEquals(2, entries.size());
    for (int light = 0; light < 2; light++) {
      Clip clip = dataset.read(entries.get(light));
      assertEquals(ClipMeta.Kind.CAPTURED, clip.meta().kind());
      assertEquals(report.outputs(), clip.meta().frames().size());
      double unaligned = 0;
      double aligned = 0;
      for (int i = 0; i < clip.meta().frames().size(); i++) {
        ClipMeta.FrameMeta meta = clip.meta().frames().get(i);
        int reference = first + (int) Math.round(60 * meta.timeSeconds());
        assertEquals(Label.FLAT, sequence.frame(reference).label());
        int filmed = reference + 2 + light;
        assertEquals(light, sequence.frame(filmed).label().index());
        Image truth = MovingScene.at(reference, light, SPEED);
        Image valid = data(clip, CapturedClip.VALID, i);
        aligned += MovingScene.psnr(scene(clip.picture(i)), truth, valid);
        unaligned += MovingScene.psnr(MovingScene.at(filmed, light, SPEED), truth, valid);
        Image flat = png(clip, CapturedClip.FLAT, i);
        assertTrue(MovingScene.psnr(scene(flat), MovingScene.at(reference, -1, SPEED), null) > 45);
        // The matte is 1 on the disc, 0 beside it.
        Image matte = data(clip, CapturedClip.MATTE, i);
        int cx = (int) (60 + SPEED * reference);
        assertTrue(matte.at(0, 72, cx) > 0.9);
        assertTrue(matte.at(0, 10, 10) < 0.1);
        // A panel's share of its peak is the radiance of the map.
        Path map = folder.resolve("light.hdr");
        Files.write(map, clip.member(meta.light().orElseThrow().map().orElseThrow()));
        EnvironmentMap seen = EnvironmentMap.load(map);
        assertEquals(
            light == 0 ? 0.25 : 0.5,
            seen.radiance(new org.pixelcube.math.Vector3(1, 0.3, -0.2)).luminance(),
            0.01);
      }
      int n = clip.meta().frames().size();
      String figures = "unaligned %.2f, aligned %.2f dB".formatted(unaligned / n, aligned / n);
      System.out.println(figures);
      assertTrue(aligned >= unaligned + 3 * n, figures);
    }
  }

  private Image png(Clip clip, String kind, int frame) throws Exception {
    Path file = folder.resolve("member.png");
    Files.write(file, clip.member(clip.meta().member(kind, frame) + ".png"));
    return ImageFile.read(file);
  }

  private Image data(Clip clip, String kind, int frame) throws Exception {
    Path file = folder.resolve("member.png");
    Files.write(file, clip.member(clip.meta().member(kind, frame) + ".png"));
    return scene(ImageFile.readData(file));
  }

  @Test
  void twoLightsAloneMeetHalfway() {
    Sequence sequence = interleaved(false, false);
    int first = sequence.firstFullFrame();
    List<Image> frames = new ArrayList<>();
    for (int counter = first; counter < first + 13; counter++) {
      frames.add(film(sequence, counter));
    }
    CaptureReport report = capture(sequence, write(frames), Optional.empty());
    assertEquals(Map.of(), report.faults());
    assertEquals(6, report.outputs() + 1);
    ClipDataset dataset = ClipDataset.open(folder.resolve("clips"));
    Clip own = dataset.read(dataset.index().clips().get(0));
    Clip other = dataset.read(dataset.index().clips().get(1));
    for (int i = 0; i < report.outputs(); i++) {
      int reference = first + (int) Math.round(60 * own.meta().frames().get(i).timeSeconds());
      Image truth = MovingScene.at(reference, 1, SPEED);
      double unaligned = MovingScene.psnr(MovingScene.at(reference + 1, 1, SPEED), truth, null);
      double aligned = MovingScene.psnr(scene(other.picture(i)), truth, null);
      assertTrue(aligned > unaligned + 3, "%.2f, %.2f".formatted(unaligned, aligned));
      assertTrue(
          MovingScene.psnr(scene(own.picture(i)), MovingScene.at(reference, 0, SPEED), null) > 45);
    }
  }

  @Test
  void panelsOneByOneBecomeAClipForEachCycle() {
    Sequence sequence =
        Sequence.olat(3, 60, 6, 3, false, 1, LIMITS)
            .withMarkers(List.of(new Sequence.MarkerPlace(0, 0, 1, 0.4)));
    int first = sequence.firstFullFrame();
    List<Image> frames = new ArrayList<>();
    for (int counter = first; counter < first + 18; counter++) {
      Label label = sequence.frame(counter).label();
      int light = label.kind() == Label.Kind.OLAT ? label.index() % 2 : -1;
      frames.add(framed(MovingScene.at(counter, light, SPEED), sequence, counter, 1));
    }
    CaptureReport report =
        capture(
            sequence,
            write(frames),
            Optional.of(new SequenceRaster("s", RIG, sequence, (_, _) -> new float[0])));
    assertEquals(2, report.outputs());
    ClipDataset dataset = ClipDataset.open(folder.resolve("clips"));
    assertEquals(List.of(), dataset.verify(_ -> {}));
    Clip clip = dataset.read(dataset.index().clips().get(1));
    assertEquals(6, clip.meta().frames().size());
    int reference = first + 8;
    for (int panel = 0; panel < 6; panel++) {
      assertEquals("olat-" + panel, clip.meta().frames().get(panel).light().orElseThrow().name());
      int filmed = reference + 1 + panel + panel / 3;
      Image truth = MovingScene.at(reference, panel % 2, SPEED);
      double unaligned = MovingScene.psnr(MovingScene.at(filmed, panel % 2, SPEED), truth, null);
      double aligned = MovingScene.psnr(scene(clip.picture(panel)), truth, null);
      assertTrue(aligned > unaligned + 3, "%.2f, %.2f".formatted(unaligned, aligned));
    }
  }

  @Test
  void footageOfAnotherSequenceWritesNothing() {
    Sequence sequence = interleaved(true, false);
    List<Image> frames = new ArrayList<>();
    for (int counter = 20; counter < 26; counter++) {
      frames.add(film(sequence, counter));
    }
    Path footage = write(frames);
    Sequence other =
        Sequence.interleaved(4, 60, sequence.lights(), true, false, 1, LIMITS)
            .withMarkers(sequence.markers());
    UserError error =
        assertThrows(UserError.class, () -> capture(other, footage, Optional.empty()));
    assertTrue(error.getMessage().contains("shows sequence 3, not 4"), error.getMessage());
    assertTrue(Files.notExists(folder.resolve("clips")));
  }

  private UserError refused(Rig rig, Sequence sequence, Path footage) {
    UserError error =
        assertThrows(
            UserError.class,
            () ->
                new CaptureJob(
                        rig,
                        sequence,
                        Optional.empty(),
                        new CaptureSettings("ball", "moving", "CC0-1.0", 16),
                        new CameraResponse(TransferCurve.SRGB),
                        Optional.empty(),
                        Warnings.silent(),
                        (_, _, _) -> Progress.silent(),
                        Interruption.manual())
                    .run(footage, folder.resolve("clips")));
    assertTrue(Files.notExists(folder.resolve("clips")));
    assertEquals(1, error.getMessage().lines().count());
    return error;
  }

  private Rig filmedAt(double framesPerSecond) {
    StageCamera c = RIG.mainCamera();
    StageCamera other =
        new StageCamera(
            c.name(),
            c.position(),
            c.yawDegrees(),
            c.pitchDegrees(),
            c.rollDegrees(),
            c.fieldOfViewDegrees(),
            c.width(),
            c.height(),
            framesPerSecond,
            0.4 / framesPerSecond,
            0,
            c.response());
    return new Rig(
        RIG.name(),
        RIG.head(),
        RIG.panelTypes(),
        RIG.panels(),
        RIG.raster(),
        RIG.processors(),
        List.of(other));
  }

  @Test
  void footageThatDoesNotFitWritesNothing() throws Exception {
    Sequence sequence = interleaved(true, false);
    List<Image> frames = new ArrayList<>();
    List<Image> unmarked = new ArrayList<>();
    for (int counter = 20; counter < 32; counter++) {
      frames.add(film(sequence, counter));
      unmarked.add(MovingScene.at(counter, 0, SPEED));
    }
    Path footage = write(frames);
    assertTrue(
        refused(filmedAt(30), sequence, footage).getMessage().contains("some are never filmed"));
    assertTrue(refused(filmedAt(120), sequence, footage).getMessage().contains("about 60"));
    byte[] bytes = Files.readAllBytes(footage);
    Path cut = folder.resolve("cut.mkv");
    Files.write(cut, Arrays.copyOf(bytes, bytes.length * 2 / 3));
    String message = refused(RIG, sequence, cut).getMessage();
    assertTrue(message.contains("cannot be decoded"), message);
    Path bare = folder.resolve("bare.mkv");
    ClipInfo info =
        ClipInfo.synthetic(MovingScene.SIZE, MovingScene.SIZE, new Rational(60, 1), false);
    try (ClipWriter writer = ClipWriter.open(bare, Encoding.forPath(bare), info)) {
      for (int i = 0; i < unmarked.size(); i++) {
        writer.write(new Frame(unmarked.get(i), i, i, 1));
      }
      writer.finish();
    }
    assertTrue(refused(RIG, sequence, bare).getMessage().contains("no frame has a marker"));
  }
}
