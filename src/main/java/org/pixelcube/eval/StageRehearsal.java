package org.pixelcube.eval;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import org.pixelcube.capture.CameraResponse;
import org.pixelcube.capture.CaptureJob;
import org.pixelcube.capture.CaptureReport;
import org.pixelcube.capture.CaptureSettings;
import org.pixelcube.color.TransferFunction;
import org.pixelcube.config.Interruption;
import org.pixelcube.config.InvalidSetting;
import org.pixelcube.config.JsonSettings;
import org.pixelcube.config.Progress;
import org.pixelcube.config.UserError;
import org.pixelcube.config.Warnings;
import org.pixelcube.dataset.CapturedClip;
import org.pixelcube.dataset.Clip;
import org.pixelcube.dataset.ClipDataset;
import org.pixelcube.dataset.DatasetIndex;
import org.pixelcube.image.Image;
import org.pixelcube.image.ImageFile;
import org.pixelcube.image.Montage;
import org.pixelcube.light.EnvironmentMap;
import org.pixelcube.light.LightProbe;
import org.pixelcube.light.Lighting;
import org.pixelcube.math.Rotation;
import org.pixelcube.stage.DriveFrame;
import org.pixelcube.stage.DriveReport;
import org.pixelcube.stage.DriveSettings;
import org.pixelcube.stage.Label;
import org.pixelcube.stage.Rig;
import org.pixelcube.stage.SafetyLimits;
import org.pixelcube.stage.Sensor;
import org.pixelcube.stage.Sequence;
import org.pixelcube.stage.SequenceLights;
import org.pixelcube.stage.SequenceRaster;
import org.pixelcube.stage.StageDriver;
import org.pixelcube.stage.StageFault;
import org.pixelcube.stage.StagePictures;
import org.pixelcube.stage.VirtualCube;
import org.pixelcube.stage.VirtualPanel;
import org.pixelcube.stage.WallView;

/**
 * The whole way of a take without a stage: maps become drive frames, the virtual cube shows them in
 * turn and films its subject, the footage is captured into a dataset, and the pictures of the
 * dataset are compared with what the camera would have seen at their moments.
 */
public final class StageRehearsal {
  /** Pixels of the camera that a cell of the marker should have, and at least. */
  private static final double[] MARKER_PIXELS = {3.2, 2.6};

  /** Light of the marker's white relative to saturation. */
  private static final double MARKER_LIGHT = 0.6;

  /** Light of a flat frame's walls relative to saturation: skin then has about a third of it. */
  private static final double FLAT_LIGHT = 0.9;

  /** What exposure is metered by: white cloth, turned to where the lights are brightest. */
  private static final double METER_ALBEDO = 0.8;

  /** Light of that cloth relative to saturation; gloss is brighter. */
  private static final double METER_LIGHT = 0.7;

  private static final int METER_PIXELS = 24;

  /** Looks at each light of the take, spread evenly. */
  private static final int METER_LOOKS = 3;

  /**
   * What lens, optical low-pass and demosaicing spread a point over, pixels: contrast is a third at
   * a quarter of the sampling frequency, as of cameras with a colour filter array.
   */
  private static final double SPREAD_PIXELS = 0.7;

  /** Maps a second in a folder or pattern of maps, as {@link SequenceLights} takes them. */
  private static final double MAPS_PER_SECOND = 30;

  private static final int SHEET_MOMENTS = 3;
  private static final int BALL_PIXELS = 160;
  private static final int MAP_ROWS = 128;

  /** How much the picture of differences is brightened. */
  private static final float DIFFERENCE = 8;

  private final Rig rig;
  private final Settings settings;
  private final Performer performer;
  private final CaptureSettings take;
  private final Path folder;
  private final Warnings warnings;
  private final Progress.Opener progress;
  private final Interruption interruption;
  private final Map<Integer, float[]> filmed = new HashMap<>();
  private final Map<Long, float[]> truths = new HashMap<>();
  private final Map<Integer, float[]> coverage = new HashMap<>();
  private double renderPsnr = Double.NaN;

  /**
   * What is rehearsed.
   *
   * @param size of the footage, pixels a side
   * @param samples rays through a pixel
   * @param cycles of the lights, a flat frame and, if wanted, a matte frame
   * @param matte whether each cycle ends with a matte frame
   * @param faults of frames, drawn at random; with any, some LEDs are dead and a panel drifts
   * @param seed of all that is random
   */
  public record Settings(int size, int samples, int cycles, boolean matte, int faults, long seed) {
    public static final Settings DEFAULT = new Settings(192, 36, 5, true, 0, 1);

    public Settings {
      InvalidSetting.inRange("size", size, 96, 2048);
      InvalidSetting.inRange("samples", samples, 1, 4096);
      InvalidSetting.inRange("cycles", cycles, 3, 1000);
      InvalidSetting.inRange("faults", faults, 0, 1000);
    }
  }

  /** Makes the subject. */
  @FunctionalInterface
  public interface Performer {
    /**
     * The subject of a take.
     *
     * @param seconds that it is filmed for, from 0
     */
    VirtualCube.Subject during(double seconds);
  }

  /**
   * A light of the take.
   *
   * @param name for files, of letters, digits, - and _
   * @param map as {@link Lighting#find} takes it: a map or a moving one
   * @param yawDegrees how far it is turned
   */
  public record Light(String name, String map, double yawDegrees) {}

  /**
   * What was measured. PSNR is that of sRGB-coded pictures, 1 being the brightest percent of the
   * truth, over the pixels that the subject covers by more than half at the moment of the output
   * and that the capture calls valid.
   *
   * @param drives of each light, at its start
   * @param capture what the capture says of itself
   * @param unalignedPsnr of each light's frame as it was filmed against the truth at the moment of
   *     the output, without noise of the camera, in dB, mean
   * @param alignedPsnr of the dataset's picture against that truth, in dB, mean
   * @param worstPsnr the worst of these
   * @param renderPsnr of one truth rendered anew by other rays against it, in dB: what no picture
   *     can surpass by more than 3
   * @param validShare part of the subject's pixels that the capture calls valid
   * @param matteError mean difference of the captured mattes from the subject's coverage; not a
   *     number without matte frames
   * @param pictures that were compared
   * @param faults injected ones as lines of a table, empty without
   * @param faultsFound whether every fault that a capture looks for was found, and none invented
   */
  public record Outcome(
      Map<String, DriveReport> drives,
      CaptureReport capture,
      double unalignedPsnr,
      double alignedPsnr,
      double worstPsnr,
      double renderPsnr,
      double validShare,
      double matteError,
      int pictures,
      String faults,
      boolean faultsFound) {
    /** A table. */
    public String table() {
      StringBuilder text = new StringBuilder();
      drives.forEach((name, d) ->
          line(
              text,
              "drive %s: irradiance off by %.2f %% at worst, %.2f %% in the mean; chrome ball %.1f"
                  + " dB; clipped %.3f %%; spread by up to %.1f°; open %.1f %% of the sphere",
              name,
              100 * d.irradianceWorst(),
              100 * d.irradianceMean(),
              d.chromeBallPsnr(),
              100 * d.clippedFraction(),
              d.widestSpreadDegrees(),
              100 * d.openFraction()));
      line(
          text,
          "footage: %d frames, %d usable; faults found %s",
          capture.frames(),
          capture.usable(),
          capture.faults().isEmpty() ? "none" : capture.faults());
      text.append(faults);
      line(
          text,
          "pairs: %d moments, %d pictures, %d cycles lost; %.1f %% of the subject valid",
          capture.outputs(),
          pictures,
          capture.incomplete(),
          100 * validShare);
      line(
          text,
          "against the truth: demultiplexed %.1f dB (worst %.1f), as filmed %.1f dB: %+.1f dB",
          alignedPsnr,
          worstPsnr,
          unalignedPsnr,
          alignedPsnr - unalignedPsnr);
      line(text, "truth rendered twice: %.1f dB", renderPsnr);
      if (!Double.isNaN(matteError)) {
        line(text, "mattes: off by %.4f in the mean", matteError);
      }
      return text.toString();
    }

    private static void line(StringBuilder text, String format, Object... values) {
      text.append(String.format(Locale.ROOT, format, values)).append(System.lineSeparator());
    }
  }

  /**
   * A rehearsal.
   *
   * @param take what the captured clips say of the subject
   * @param folder where footage, dataset and pictures are written; made if it is not there
   */
  public StageRehearsal(
      Rig rig,
      Performer performer,
      CaptureSettings take,
      Settings settings,
      Path folder,
      Warnings warnings,
      Progress.Opener progress,
      Interruption interruption) {
    this.rig = rig;
    this.performer = performer;
    this.take = take;
    this.settings = settings;
    this.folder = folder;
    this.warnings = warnings;
    this.progress = progress;
    this.interruption = interruption;
  }

  /**
   * Runs it, once.
   *
   * @param lights one or more
   * @throws UserError if a map is not there, the folder has a rehearsal already, the picture is too
   *     small for a marker, or no cycle of the lights is left without a fault
   */
  public Outcome run(List<Light> lights) {
    Sequence planned = planned(lights);
    // Whether there is room for a marker does not wait for the lights.
    Sequence.MarkerPlace marker = marker(planned);
    prepareFolder();
    try (SequenceLights wall = new SequenceLights(rig, planned)) {
      double exposure = metered(planned, wall);
      Sequence sequence = levelled(planned, marker, exposure);
      JsonSettings.write(folder.resolve("sequence.json"), sequence);
      SequenceRaster raster = new SequenceRaster("sequence", rig, sequence, wall);
      Map<String, DriveReport> drives = drives(sequence, wall);
      List<StageFault> faults =
          RehearsalFaults.drawn(settings.seed, rig, sequence, settings.faults);
      VirtualCube cube = cube(sequence, raster, exposure, faults);
      film(cube, sequence, wall);
      CaptureReport capture =
          new CaptureJob(
                  rig,
                  sequence,
                  Optional.of(raster),
                  take,
                  new CameraResponse(rig.mainCamera().response()),
                  plate(cube, sequence),
                  warnings,
                  progress,
                  interruption)
              .run(folder.resolve("footage"), folder.resolve("dataset"));
      return compared(sequence, drives, capture, faults);
    }
  }

  VirtualCube cube(
      Sequence sequence, SequenceRaster raster, double exposure, List<StageFault> faults) {
    return new VirtualCube(
        rig,
        rig.geometry().stream().map(VirtualPanel::exact).toList(),
        performer.during(seconds(sequence)),
        shown(sequence, raster),
        faults,
        new VirtualCube.Settings(
            settings.size,
            settings.samples,
            1,
            exposure,
            Sensor.DEFAULT,
            SPREAD_PIXELS,
            true,
            settings.seed));
  }

  private void prepareFolder() {
    for (String part : List.of("footage", "dataset")) {
      if (Files.exists(folder.resolve(part))) {
        throw new UserError(
            folder.toString(), "has a rehearsal already", "give another folder, or remove it");
      }
    }
    makeFolder(folder.resolve("footage"));
  }

  private static void makeFolder(Path path) {
    try {
      Files.createDirectories(path);
    } catch (IOException e) {
      throw UserError.of(path, e);
    }
  }

  Sequence planned(List<Light> lights) {
    List<Sequence.Light> named = new ArrayList<>();
    double first = Double.NaN;
    for (Light light : lights) {
      // Each at the exposure that suits it, as one of its own would be.
      try (Lighting lighting = Lighting.find(light.map(), MAPS_PER_SECOND)) {
        double nits = DriveSettings.autoNits(rig, lighting.at(0));
        first = Double.isNaN(first) ? nits : first;
        double stops = Math.clamp(Math.log(nits / first) / Math.log(2), -20, 20);
        named.add(new Sequence.Light(light.name(), light.map(), light.yawDegrees(), 0, stops));
      }
    }
    double rate = rig.raster().framesPerSecond();
    int slots = lights.size() + (settings.matte ? 2 : 1);
    // Nobody looks at it.
    SafetyLimits none = new SafetyLimits(100_000, 0, 200, 0.05);
    return Sequence.interleaved(
        (int) (settings.seed & 0xFF),
        rate,
        named,
        true,
        settings.matte,
        settings.cycles * slots / rate,
        none);
  }

  /** Light of the radiance of full white relative to saturation, at which no light clips cloth. */
  double metered(Sequence sequence, SequenceLights wall) {
    WallView view = new WallView(rig, METER_PIXELS);
    double seconds = seconds(sequence);
    double brightest = 0;
    for (int i = 0; i < sequence.lights().size(); i++) {
      for (int k = 0; k < (wall.stands(i) ? 1 : METER_LOOKS); k++) {
        EnvironmentMap made = view.map(wall.at(i, seconds * k / (METER_LOOKS - 1)));
        Image ball = LightProbe.diffuseBall(made, METER_PIXELS, METER_ALBEDO);
        int n = ball.planeSize();
        for (int p = 0; p < 3 * n; p++) {
          if (ball.samples()[3 * n + p % n] > 0.5f) {
            brightest = Math.max(brightest, ball.samples()[p]);
          }
        }
      }
    }
    return METER_LIGHT / Math.max(1e-4, brightest);
  }

  /** A place for the marker beside the subject, wherever that is while it is filmed. */
  Sequence.MarkerPlace marker(Sequence sequence) {
    double seconds = seconds(sequence);
    VirtualCube.Subject subject = performer.during(seconds);
    for (double pixels : MARKER_PIXELS) {
      Optional<Sequence.MarkerPlace> place =
          VirtualCube.markerPlace(rig, settings.size, pixels, 1, Optional.of(subject), seconds);
      if (place.isPresent()) {
        return place.get();
      }
    }
    double least = MARKER_PIXELS[MARKER_PIXELS.length - 1];
    boolean empty =
        VirtualCube.markerPlace(rig, settings.size, least, 1, Optional.empty(), seconds)
            .isPresent();
    throw empty
        ? new UserError(
            "--size",
            "is %d, and wherever a marker fits the subject stands before it or sways there"
                .formatted(settings.size),
            "give more, or less --sway")
        : new UserError(
            "--size",
            "is %d, but no panel in view has room for a marker".formatted(settings.size),
            "give more, or a rig whose camera sees panels behind the head");
  }

  private static double seconds(Sequence sequence) {
    return sequence.endOfFullFrames() / sequence.framesPerSecond();
  }

  /** Flat and matte frames and the marker as bright as an exposure wants them. */
  Sequence levelled(Sequence planned, Sequence.MarkerPlace marker, double exposure) {
    Sequence.Levels levels = planned.levels();
    double flat = Math.min(1, FLAT_LIGHT / exposure);
    return planned
        .withLevels(new Sequence.Levels(flat, levels.tracking(), levels.olat(), flat))
        .withMarkers(
            List.of(
                new Sequence.MarkerPlace(
                    marker.rasterU(),
                    marker.rasterV(),
                    marker.cellPixels(),
                    Math.min(1, MARKER_LIGHT / exposure))));
  }

  /** Reports on the lights at their start, with pictures of the wall and of balls at the head. */
  private Map<String, DriveReport> drives(Sequence sequence, SequenceLights wall) {
    Map<String, DriveReport> reports = new LinkedHashMap<>();
    List<Montage.Cell> cubes = new ArrayList<>();
    List<Montage.Cell> balls = new ArrayList<>();
    WallView view = new WallView(rig, MAP_ROWS);
    double nits = Double.NaN;
    StageDriver driver = null;
    for (int i = 0; i < sequence.lights().size(); i++) {
      interruption.check();
      Sequence.Light light = sequence.lights().get(i);
      EnvironmentMap map;
      try (Lighting lighting = Lighting.find(light.map(), MAPS_PER_SECOND)) {
        map = lighting.at(0);
      }
      if (driver == null) {
        nits = DriveSettings.autoNits(rig, map);
        driver =
            new StageDriver(
                rig,
                new DriveSettings(
                    nits, DriveSettings.Range.DILATION, 1, DriveSettings.Fill.IRRADIANCE));
      }
      EnvironmentMap turned =
          map.exposed(light.exposureStops())
              .rotated(Rotation.yawPitchRoll(light.yawDegrees(), 0, 0));
      StageDriver.Prepared prepared = driver.prepare(turned);
      List<DriveFrame> frames = driver.frames(prepared);
      reports.put(light.name(), DriveReport.of(driver, turned, prepared, frames));
      cubes.add(new Montage.Cell(StagePictures.light(rig, frames), light.name()));
      double scale = nits / view.nitsPerUnit();
      EnvironmentMap truth = turned.scaled(scale, scale, scale);
      EnvironmentMap made = view.map(wall.at(i, 0));
      // White paper in this light has the value 1 at the brightest.
      double open = 1 / Math.max(1e-9, 2 * truth.meanRadiance().luminance());
      balls.add(ball(LightProbe.mirrorBall(truth, BALL_PIXELS), open, light.name() + " map"));
      balls.add(ball(LightProbe.mirrorBall(made, BALL_PIXELS), open, "panels"));
      balls.add(ball(LightProbe.diffuseBall(truth, BALL_PIXELS, 0.5), open, "map"));
      balls.add(ball(LightProbe.diffuseBall(made, BALL_PIXELS, 0.5), open, "panels"));
    }
    ImageFile.write(folder.resolve("cube.png"), Montage.sheet(cubes, Math.min(2, cubes.size())));
    ImageFile.write(folder.resolve("balls.png"), Montage.sheet(balls, 4));
    return reports;
  }

  private static Montage.Cell ball(Image picture, double gain, String label) {
    Image color = picture.color();
    float[] s = color.samples().clone();
    int n = picture.planeSize();
    for (int i = 0; i < s.length; i++) {
      float alpha = picture.samples()[3 * n + i % n];
      s[i] = (float) Math.clamp(gain * s[i] * alpha, 0, 1);
    }
    return new Montage.Cell(Image.rgb(picture.width(), picture.height(), s), label);
  }

  private VirtualCube.Wall shown(Sequence sequence, SequenceRaster raster) {
    return new VirtualCube.Wall() {
      @Override
      public int frames() {
        return sequence.frameCount();
      }

      @Override
      public double framesPerSecond() {
        return sequence.framesPerSecond();
      }

      @Override
      public float[] drive(int frame) {
        DriveFrame wanted =
            new DriveFrame(rig.raster().width(), rig.raster().height(), raster.frame(frame));
        return DriveFrame.ofCodes(rig, wanted.codes(rig)).samples();
      }
    };
  }

  /**
   * Films all exposures that see a frame at full level; the files hold the camera's codes. What the
   * comparison needs is kept, the reflectance fields are not.
   */
  private void film(VirtualCube cube, Sequence sequence, SequenceLights wall) {
    List<Integer> recorded =
        cube.recorded(sequence.endOfFullFrames()).stream()
            .filter(e -> e >= sequence.firstFullFrame())
            .toList();
    Image codes = null;
    try (Progress bar = progress.open("filming", recorded.size(), 0)) {
      for (int i = 0; i < recorded.size(); i++) {
        interruption.check();
        int exposure = recorded.get(i);
        if (i == 0 || exposure != recorded.get(i - 1)) {
          codes = Image.data(settings.size, settings.size, 3, cube.expose(exposure).codes());
          keepTruth(cube, sequence, wall, exposure);
          cube.forget(exposure + 1);
        }
        ImageFile.write(
            folder.resolve("footage").resolve(String.format(Locale.ROOT, "%06d.png", i)),
            codes,
            ImageFile.Options.sixteenBit());
        bar.done(i + 1L);
      }
    }
  }

  private void keepTruth(VirtualCube cube, Sequence sequence, SequenceLights lights, int exposure) {
    Label label = sequence.frame(exposure).label();
    if (label.kind() == Label.Kind.LIGHT) {
      filmed.put(exposure, cube.clean(exposure, exposure, true));
    }
    if (!label.equals(sequence.trackingLabel().orElseThrow())) {
      return;
    }
    coverage.put(exposure, cube.alpha(exposure));
    int end = Math.min(exposure + sequence.cycle().size(), sequence.endOfFullFrames());
    for (int wall = exposure + 1; wall < end; wall++) {
      if (sequence.frame(wall).label().kind() == Label.Kind.LIGHT) {
        float[] truth = cube.clean(exposure, wall, true);
        if (Double.isNaN(renderPsnr)) {
          float[] alpha = coverage.get(exposure);
          float[] everywhere = new float[alpha.length];
          Arrays.fill(everywhere, 1);
          renderPsnr =
              psnr(cube.again(exposure, wall), truth, alpha, everywhere, white(truth, alpha));
        }
        int before = wall - sequence.cycle().size();
        if (before >= sequence.firstFullFrame()
            && !lights.stands(sequence.frame(wall).label().index())) {
          // A light that moves is at the moment what is between its two frames, evenly.
          float[] earlier = cube.clean(exposure, before, true);
          float share = (float) (wall - exposure) / sequence.cycle().size();
          for (int i = 0; i < truth.length; i++) {
            truth[i] += share * (earlier[i] - truth[i]);
          }
        }
        truths.put(key(exposure, wall), truth);
      }
    }
  }

  private static long key(int reference, int wall) {
    return (long) reference << 32 | wall;
  }

  /** The stage without the subject under a matte frame, filmed and read. */
  private Optional<Image> plate(VirtualCube cube, Sequence sequence) {
    if (!settings.matte) {
      return Optional.empty();
    }
    int slot = sequence.labels().indexOf(Label.MATTE);
    Image codes =
        Image.data(settings.size, settings.size, 3, cube.plate(sequence.firstFullFrame() + slot));
    Path file = folder.resolve("plate.png");
    ImageFile.write(file, codes, ImageFile.Options.sixteenBit());
    return Optional.of(ImageFile.read(file));
  }

  /** Sums over all pictures. */
  private static final class Sums {
    private double aligned;
    private double unaligned;
    private double worst = Double.POSITIVE_INFINITY;
    private double valid;
    private double covered;
    private double matte;
    private long mattePixels;
    private int n;
  }

  private Outcome compared(
      Sequence sequence,
      Map<String, DriveReport> drives,
      CaptureReport capture,
      List<StageFault> faults) {
    ClipDataset dataset = ClipDataset.open(folder.resolve("dataset"));
    Sums sums = new Sums();
    List<Montage.Cell> sheet = new ArrayList<>();
    for (DatasetIndex.Entry entry : dataset.index().clips()) {
      Clip clip = dataset.read(entry);
      for (int f = 0; f < clip.meta().frames().size(); f++) {
        interruption.check();
        compare(sequence, clip, f, sums, sheet);
      }
    }
    ImageFile.write(folder.resolve("aligned.png"), Montage.sheet(sheet, 4));
    RehearsalFaults.Outcome found = RehearsalFaults.matched(faults, capture.namedFaults());
    return new Outcome(
        drives,
        capture,
        sums.unaligned / sums.n,
        sums.aligned / sums.n,
        sums.worst,
        renderPsnr,
        sums.valid / sums.covered,
        sums.mattePixels == 0 ? Double.NaN : sums.matte / sums.mattePixels,
        sums.n,
        faults.isEmpty() && found.invented().isEmpty() ? "" : found.table(),
        found.whole());
  }

  private void compare(Sequence sequence, Clip clip, int f, Sums sums, List<Montage.Cell> sheet) {
    var frame = clip.meta().frames().get(f);
    String name = frame.light().orElseThrow().name();
    // A light's name and the number of the moment.
    String plain = name.substring(0, name.lastIndexOf('-'));
    int light = sequence.lights().stream().map(Sequence.Light::name).toList().indexOf(plain);
    int reference =
        sequence.firstFullFrame()
            + (int) Math.round(frame.timeSeconds() * sequence.framesPerSecond());
    int wall = reference + 1;
    while (!sequence.frame(wall).label().equals(Label.light(light))) {
      wall++;
    }
    float[] truth = truths.get(key(reference, wall));
    float[] alpha = coverage.get(reference);
    float[] asFilmed = filmed.get(wall);
    float[] made = clip.picture(f).samples();
    float[] valid = plane(clip, CapturedClip.VALID, f);
    double scale = white(truth, alpha);
    double good = psnr(made, truth, alpha, valid, scale);
    double before = psnr(asFilmed, truth, alpha, valid, scale);
    sums.aligned += good;
    sums.unaligned += before;
    sums.worst = Math.min(sums.worst, good);
    sums.n++;
    for (int i = 0; i < alpha.length; i++) {
      if (alpha[i] > 0.5f) {
        sums.covered++;
        sums.valid += valid[i] > 0.5f ? 1 : 0;
      }
    }
    if (settings.matte && light == 0) {
      float[] matte = plane(clip, CapturedClip.MATTE, f);
      for (int i = 0; i < matte.length; i++) {
        sums.matte += Math.abs(matte[i] - alpha[i]);
      }
      sums.mattePixels += matte.length;
    }
    if (f < SHEET_MOMENTS) {
      sheet.add(cell(truth, scale, "truth " + name));
      sheet.add(cell(asFilmed, scale, String.format(Locale.ROOT, "as filmed %.1f dB", before)));
      sheet.add(cell(made, scale, String.format(Locale.ROOT, "demultiplexed %.1f dB", good)));
      sheet.add(difference(made, truth, alpha, valid, scale));
    }
  }

  private float[] plane(Clip clip, String kind, int frame) {
    Path file = folder.resolve("plane.png");
    try {
      Files.write(file, clip.member(clip.meta().member(kind, frame) + ".png"));
      return ImageFile.readData(file).samples();
    } catch (IOException e) {
      throw UserError.of(file, e);
    } finally {
      try {
        Files.deleteIfExists(file);
      } catch (IOException e) {
        warnings.add(file + ": cannot be deleted");
      }
    }
  }

  private Montage.Cell cell(float[] linear, double scale, String text) {
    float[] shown = new float[linear.length];
    for (int i = 0; i < shown.length; i++) {
      shown[i] = (float) Math.clamp(linear[i] / scale, 0, 1);
    }
    return new Montage.Cell(Image.rgb(settings.size, settings.size, shown), text);
  }

  /** Differences of coded values on the subject; blue where the capture says not to trust them. */
  private Montage.Cell difference(
      float[] made, float[] truth, float[] alpha, float[] valid, double scale) {
    float[] shown = new float[made.length];
    int n = alpha.length;
    for (int i = 0; i < shown.length; i++) {
      int pixel = i % n;
      if (alpha[pixel] <= 0.5f) {
        continue;
      }
      double d = Math.abs(coded(made[i] / scale) - coded(truth[i] / scale));
      double coded = valid[pixel] > 0.5f ? Math.min(1, DIFFERENCE * d) : i < 2 * n ? 0 : 0.6;
      shown[i] = (float) TransferFunction.SRGB.toLinear(coded);
    }
    return new Montage.Cell(
        Image.rgb(settings.size, settings.size, shown),
        String.format(Locale.ROOT, "difference × %.0f", DIFFERENCE));
  }

  /** Light that the brightest percent of the subject has. */
  private static double white(float[] truth, float[] alpha) {
    float[] values = new float[truth.length];
    int n = 0;
    for (int i = 0; i < truth.length; i++) {
      if (alpha[i % alpha.length] > 0.99f) {
        values[n++] = truth[i];
      }
    }
    Arrays.sort(values, 0, n);
    return n == 0 ? 1 : Math.max(1e-6, values[(int) (0.99 * (n - 1))]);
  }

  private static double psnr(float[] a, float[] b, float[] alpha, float[] valid, double scale) {
    double sum = 0;
    long n = 0;
    for (int i = 0; i < a.length; i++) {
      int pixel = i % alpha.length;
      if (alpha[pixel] > 0.5f && valid[pixel] > 0.5f) {
        double d = coded(a[i] / scale) - coded(b[i] / scale);
        sum += d * d;
        n++;
      }
    }
    return -10 * Math.log10(Math.max(1e-12, sum / n));
  }

  private static double coded(double linear) {
    return TransferFunction.SRGB.fromLinear(Math.clamp(linear, 0, 1));
  }
}
