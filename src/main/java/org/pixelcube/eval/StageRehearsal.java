package org.pixelcube.eval;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
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
import org.pixelcube.dataset.Clip;
import org.pixelcube.dataset.ClipDataset;
import org.pixelcube.dataset.DatasetIndex;
import org.pixelcube.image.Image;
import org.pixelcube.image.ImageFile;
import org.pixelcube.image.Montage;
import org.pixelcube.light.EnvironmentMap;
import org.pixelcube.stage.DriveFrame;
import org.pixelcube.stage.DriveReport;
import org.pixelcube.stage.DriveSettings;
import org.pixelcube.stage.Rig;
import org.pixelcube.stage.SafetyLimits;
import org.pixelcube.stage.Sensor;
import org.pixelcube.stage.Sequence;
import org.pixelcube.stage.SequenceRaster;
import org.pixelcube.stage.StageDriver;
import org.pixelcube.stage.StageFault;
import org.pixelcube.stage.VirtualCube;
import org.pixelcube.stage.VirtualPanel;

/**
 * The whole way of a take without a stage: maps become drive frames, the virtual cube shows them in
 * turn and films its subject, the footage is captured into a dataset, and the pictures of the
 * dataset are compared with what the camera would have seen at their moments.
 */
public final class StageRehearsal {
  /** Pixels of the camera that a cell of the marker should have. */
  private static final double MARKER_PIXELS = 3.2;

  /** Light of the marker's white relative to saturation. */
  private static final double MARKER_LIGHT = 0.6;

  /** Light of a flat frame's walls relative to saturation: skin then has about a third of it. */
  private static final double FLAT_LIGHT = 0.9;

  private static final int SHEET_MOMENTS = 3;

  private final Rig rig;
  private final Settings settings;
  private final VirtualCube.Subject subject;
  private final CaptureSettings take;
  private final Path folder;
  private final Warnings warnings;
  private final Progress.Opener progress;
  private final Interruption interruption;

  /**
   * What is rehearsed.
   *
   * @param size of the footage, pixels a side
   * @param samples rays through a pixel
   * @param cycles of the lights and a flat frame
   * @param faults of frames, drawn at random
   * @param flatLevel drive of a flat frame
   * @param seed of all that is random
   */
  public record Settings(
      int size, int samples, int cycles, int faults, double flatLevel, long seed) {
    public static final Settings DEFAULT = new Settings(192, 16, 6, 0, 0.1, 1);

    public Settings {
      InvalidSetting.inRange("size", size, 96, 2048);
      InvalidSetting.inRange("samples", samples, 1, 4096);
      InvalidSetting.inRange("cycles", cycles, 3, 1000);
      InvalidSetting.inRange("faults", faults, 0, 1000);
      InvalidSetting.inRange("flatLevel", flatLevel, 0.001, 1);
    }
  }

  /**
   * A light of the take.
   *
   * @param name for files, of letters, digits, - and _
   * @param map in the world's axes
   */
  public record Light(String name, EnvironmentMap map) {}

  /**
   * What was measured. PSNR is that of sRGB-coded pictures of the subject, 1 being the brightest
   * percent of the truth, where the capture says that it is valid.
   *
   * @param drives of each light
   * @param capture what the capture says of itself
   * @param unalignedPsnr of each light's frame as it was filmed against the truth at the moment of
   *     the output, in dB, mean
   * @param alignedPsnr of the dataset's picture against that truth, in dB, mean
   * @param worstPsnr the worst of these
   * @param pictures that were compared
   * @param injected faults that the virtual stage had
   */
  public record Outcome(
      Map<String, DriveReport> drives,
      CaptureReport capture,
      double unalignedPsnr,
      double alignedPsnr,
      double worstPsnr,
      int pictures,
      List<StageFault> injected) {
    /** A table. */
    public String table() {
      StringBuilder text = new StringBuilder();
      drives.forEach((name, d) ->
          text.append(
              String.format(
                  Locale.ROOT,
                  "%s: irradiance off by %.2f %% at worst, %.2f %% in the mean; chrome ball %.1f dB;"
                      + " clipped %.3f %%; spread by up to %.1f°; open %.1f %% of the sphere%n",
                  name,
                  100 * d.irradianceWorst(),
                  100 * d.irradianceMean(),
                  d.chromeBallPsnr(),
                  100 * d.clippedFraction(),
                  d.widestSpreadDegrees(),
                  100 * d.openFraction())));
      text.append(
          String.format(
              Locale.ROOT,
              "footage: %d frames, %d usable, faults injected %d, found %s%n",
              capture.frames(),
              capture.usable(),
              injected.size(),
              capture.faults().isEmpty() ? "none" : capture.faults()));
      text.append(
          String.format(
              Locale.ROOT,
              "pairs: %d moments, %d pictures; against the truth %.1f dB, as filmed %.1f dB"
                  + " (%+.1f dB), worst %.1f dB%n",
              capture.outputs(),
              pictures,
              alignedPsnr,
              unalignedPsnr,
              alignedPsnr - unalignedPsnr,
              worstPsnr));
      return text.toString();
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
      VirtualCube.Subject subject,
      CaptureSettings take,
      Settings settings,
      Path folder,
      Warnings warnings,
      Progress.Opener progress,
      Interruption interruption) {
    this.rig = rig;
    this.subject = subject;
    this.take = take;
    this.settings = settings;
    this.folder = folder;
    this.warnings = warnings;
    this.progress = progress;
    this.interruption = interruption;
  }

  /**
   * Runs it.
   *
   * @param lights one or more
   */
  public Outcome run(List<Light> lights) {
    makeFolder(folder);
    Map<String, DriveReport> reports = new java.util.LinkedHashMap<>();
    List<float[]> drives = new ArrayList<>();
    for (Light light : lights) {
      interruption.check();
      DriveSettings how =
          new DriveSettings(
              DriveSettings.autoNits(rig, light.map()),
              DriveSettings.Range.DILATION,
              1,
              DriveSettings.Fill.IRRADIANCE);
      StageDriver driver = new StageDriver(rig, how);
      StageDriver.Prepared prepared = driver.prepare(light.map());
      List<DriveFrame> frames = driver.frames(prepared);
      reports.put(light.name(), DriveReport.of(driver, light.map(), prepared, frames));
      drives.add(frames.getFirst().samples());
    }
    double exposure = FLAT_LIGHT / settings.flatLevel;
    Sequence sequence = sequence(lights, exposure);
    JsonSettings.write(folder.resolve("sequence.json"), sequence);
    SequenceRaster raster =
        new SequenceRaster("sequence", rig, sequence, (index, _) -> drives.get(index));
    List<StageFault> faults = faults(sequence);
    VirtualCube cube =
        new VirtualCube(
            rig,
            rig.geometry().stream().map(VirtualPanel::exact).toList(),
            subject,
            wall(sequence, raster),
            faults,
            new VirtualCube.Settings(
                settings.size, settings.samples, 1, exposure, Sensor.DEFAULT, settings.seed));
    film(cube, sequence);
    CaptureReport capture =
        new CaptureJob(
                rig,
                sequence,
                Optional.of(raster),
                take,
                new CameraResponse(rig.mainCamera().response()),
                Optional.empty(),
                warnings,
                progress,
                interruption)
            .run(folder.resolve("footage"), folder.resolve("dataset"));
    return compared(lights, sequence, cube, reports, capture, faults);
  }

  private static void makeFolder(Path path) {
    try {
      Files.createDirectories(path);
    } catch (IOException e) {
      throw UserError.of(path, e);
    }
  }

  private Sequence sequence(List<Light> lights, double exposure) {
    List<Sequence.Light> named =
        lights.stream().map(l -> new Sequence.Light(l.name(), l.name(), 0, 0, 0)).toList();
    double rate = rig.raster().framesPerSecond();
    int slots = lights.size() + 1;
    // Nobody looks at it.
    SafetyLimits none = new SafetyLimits(100_000, 0, 200, 0.05);
    Sequence plain =
        Sequence.interleaved(
            (int) (settings.seed & 0xFF),
            rate,
            named,
            true,
            false,
            settings.cycles * slots / rate,
            none);
    double level = Math.min(1, MARKER_LIGHT / exposure);
    Sequence.MarkerPlace place =
        VirtualCube.markerPlace(rig, settings.size, MARKER_PIXELS, level)
            .orElseThrow(() ->
                new UserError(
                    "--size",
                    "is %d, too small for a marker in view".formatted(settings.size),
                    "give more"));
    Sequence.Levels levels = plain.levels();
    return plain
        .withLevels(
            new Sequence.Levels(
                settings.flatLevel, levels.tracking(), levels.olat(), levels.matte()))
        .withMarkers(List.of(place));
  }

  private List<StageFault> faults(Sequence sequence) {
    return settings.faults == 0
        ? List.of()
        : StageFault.ofFrames(
            settings.seed,
            List.of(
                StageFault.Kind.DROPPED,
                StageFault.Kind.DOUBLED,
                StageFault.Kind.HELD,
                StageFault.Kind.MISEXPOSED),
            sequence.firstFullFrame() + 1,
            sequence.endOfFullFrames() - 1,
            settings.faults);
  }

  private VirtualCube.Wall wall(Sequence sequence, SequenceRaster raster) {
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

  /** Films all exposures that see a frame at full level; the files hold the camera's codes. */
  private void film(VirtualCube cube, Sequence sequence) {
    Path footage = folder.resolve("footage");
    makeFolder(footage);
    List<Integer> recorded =
        cube.recorded(sequence.endOfFullFrames()).stream()
            .filter(e -> e >= sequence.firstFullFrame())
            .toList();
    Map<Integer, Image> last = new HashMap<>();
    try (Progress bar = progress.open("filming", recorded.size(), 0)) {
      for (int i = 0; i < recorded.size(); i++) {
        interruption.check();
        int exposure = recorded.get(i);
        Image codes =
            last.computeIfAbsent(
                exposure, e -> Image.data(settings.size, settings.size, 3, cube.expose(e).codes()));
        last.keySet().removeIf(e -> e < exposure);
        ImageFile.write(
            footage.resolve(String.format(Locale.ROOT, "%06d.png", i)),
            codes,
            ImageFile.Options.sixteenBit());
        bar.done(i + 1L);
      }
    }
  }

  private Outcome compared(
      List<Light> lights,
      Sequence sequence,
      VirtualCube cube,
      Map<String, DriveReport> reports,
      CaptureReport capture,
      List<StageFault> faults) {
    ClipDataset dataset = ClipDataset.open(folder.resolve("dataset"));
    double aligned = 0;
    double unaligned = 0;
    double worst = Double.POSITIVE_INFINITY;
    int n = 0;
    List<Montage.Cell> sheet = new ArrayList<>();
    int slots = sequence.cycle().size();
    for (DatasetIndex.Entry entry : dataset.index().clips()) {
      Clip clip = dataset.read(entry);
      for (int f = 0; f < clip.meta().frames().size(); f++) {
        interruption.check();
        var frame = clip.meta().frames().get(f);
        String name = frame.light().orElseThrow().name();
        int light = 0;
        while (light < lights.size() - 1 && !name.startsWith(lights.get(light).name() + "-")) {
          light++;
        }
        int reference =
            sequence.firstFullFrame()
                + (int) Math.round(frame.timeSeconds() * sequence.framesPerSecond());
        // The frame of this light that follows the reference.
        int slot = sequence.cycle().indexOf("light-" + light);
        int wall = reference;
        while (Math.floorMod(wall - sequence.firstFullFrame(), slots) != slot) {
          wall++;
        }
        if (wall >= sequence.endOfFullFrames()) {
          wall -= slots;
        }
        float[] truth = cube.clean(reference, wall, true);
        float[] filmed = cube.clean(wall, wall, true);
        float[] made = clip.picture(f).samples();
        float[] alpha = cube.alpha(reference);
        float[] valid = valid(clip, f);
        double scale = white(truth, alpha);
        double good = psnr(made, truth, alpha, valid, scale);
        aligned += good;
        unaligned += psnr(filmed, truth, alpha, valid, scale);
        worst = Math.min(worst, good);
        n++;
        if (f < SHEET_MOMENTS) {
          sheet.add(cell(truth, scale, "truth " + name));
          sheet.add(cell(filmed, scale, "as filmed"));
          sheet.add(cell(made, scale, String.format(Locale.ROOT, "captured %.1f dB", good)));
        }
      }
    }
    if (!sheet.isEmpty()) {
      ImageFile.write(folder.resolve("truth.png"), Montage.sheet(sheet, 3));
    }
    return new Outcome(reports, capture, unaligned / n, aligned / n, worst, n, faults);
  }

  private float[] valid(Clip clip, int frame) {
    String member = String.format(Locale.ROOT, "%s.valid.%04d.png", clip.meta().name(), frame);
    Path file = folder.resolve("valid.png");
    try {
      Files.write(file, clip.member(member));
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
      shown[i] = (float) Math.min(1, Math.max(0, linear[i] / scale));
    }
    return new Montage.Cell(Image.rgb(settings.size, settings.size, shown), text);
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
    java.util.Arrays.sort(values, 0, n);
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
