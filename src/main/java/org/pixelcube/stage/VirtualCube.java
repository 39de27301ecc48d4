package org.pixelcube.stage;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.concurrent.ConcurrentHashMap;
import java.util.stream.IntStream;
import org.pixelcube.config.InvalidSetting;
import org.pixelcube.image.GaussianBlur;
import org.pixelcube.image.Image;
import org.pixelcube.math.Matrix3;
import org.pixelcube.math.Vector3;
import org.pixelcube.render.Camera;
import org.pixelcube.render.DirectionBins;
import org.pixelcube.render.FieldDenoiser;
import org.pixelcube.render.FieldTracer;
import org.pixelcube.render.Instance;
import org.pixelcube.render.LightBasis;
import org.pixelcube.render.Pose;
import org.pixelcube.render.ReflectanceField;
import org.pixelcube.render.Scene;

/**
 * A stage that is computed: a rendered subject between the panels of a rig, each a light of its
 * reflectance field or several, and the main camera that films it with what is wrong with cameras
 * and walls. What it films is known without noise too.
 *
 * <p>Simplified: three colours in place of spectra, no light from panel to panel, LEDs that are lit
 * throughout a frame of the wall, a subject that holds still while the shutter is open.
 */
public final class VirtualCube {
  /** Moments of a take at which the subject is looked at to keep markers clear of it. */
  private static final double LOOKS_PER_SECOND = 10;

  private final Rig rig;
  private final Settings settings;
  private final Subject subject;
  private final Wall wall;
  private final List<StageFault> faults;
  private final List<VirtualPanel> panels;
  private final StageCamera film;
  private final Camera camera;
  private final PanelView view;
  private final LightBasis basis;
  private final List<Block> blocks;
  private final Map<Integer, ReflectanceField> fields = new TreeMap<>();
  private final Map<Integer, float[]> lights = new TreeMap<>();

  /** What is seen of exposures under frames of the wall, where it is kept. */
  private final Map<Long, float[]> kept;

  /** A part of a panel that is one column of the field. */
  private record Block(int panel, int fromX, int toX, int fromY, int toY) {}

  /** Who is filmed. */
  @FunctionalInterface
  public interface Subject {
    /**
     * The subject at a moment, the middle between the eyes at the origin, looking towards +Z.
     *
     * @param beforeSeconds of the exposure before, for motion vectors
     */
    List<Instance> at(double seconds, double beforeSeconds);
  }

  /** What is shown. */
  public interface Wall {
    /** How many frames there are; the last one stays on. */
    int frames();

    /** Frames a second. */
    double framesPerSecond();

    /** The linear drive of a frame, 0 to 1 of each primary, {@code (3, raster height, width)}. */
    float[] drive(int frame);
  }

  /**
   * How it is filmed.
   *
   * @param size of the camera's picture, pixels a side: the rig's camera is reduced to it, its
   *     narrower side framed
   * @param samples rays through a pixel
   * @param blocks columns of the field per panel, a side
   * @param exposure light of the radiance of full white relative to saturation
   * @param sensor of the camera
   * @param spreadPixels what lens, optical low-pass and demosaicing spread a point over: standard
   *     deviation of a Gaussian, pixels; 0 for none
   * @param denoised whether fields go through {@link FieldDenoiser}: a camera has no noise of few
   *     rays, which differs from frame to frame
   * @param seed of all that is random
   */
  public record Settings(
      int size,
      int samples,
      int blocks,
      double exposure,
      Sensor sensor,
      double spreadPixels,
      boolean denoised,
      long seed) {
    public static final Settings DEFAULT = new Settings(128, 16, 1, 0.8, Sensor.DEFAULT, 1);

    public Settings {
      InvalidSetting.inRange("size", size, 16, 4096);
      InvalidSetting.inRange("samples", samples, 1, 4096);
      InvalidSetting.inRange("blocks", blocks, 1, 16);
      InvalidSetting.inRange("exposure", exposure, 1e-6, 1e6);
      InvalidSetting.inRange("spreadPixels", spreadPixels, 0, 8);
    }

    /** A perfect lens, and fields as they are traced. */
    public Settings(int size, int samples, int blocks, double exposure, Sensor sensor, long seed) {
      this(size, samples, blocks, exposure, sensor, 0, false, seed);
    }
  }

  /**
   * An exposure of the camera.
   *
   * @param number from 0, counting those that are not recorded
   * @param seconds of the middle of the first row's exposure
   * @param codes what the sensor read, planar {@code (3, h, w)}, 0 to 1
   * @param top share of each frame of the wall in the first row
   * @param bottom share of each frame of the wall in the last row
   */
  public record Exposure(
      int number,
      double seconds,
      float[] codes,
      Map<Integer, Double> top,
      Map<Integer, Double> bottom) {}

  /**
   * Builds the stage.
   *
   * @param panels as they are, in the rig's order
   * @param faults in any order
   */
  public VirtualCube(
      Rig rig,
      List<VirtualPanel> panels,
      Subject subject,
      Wall wall,
      List<StageFault> faults,
      Settings settings) {
    this.rig = rig;
    this.panels = List.copyOf(panels);
    this.subject = subject;
    this.wall = wall;
    this.faults = List.copyOf(faults);
    this.settings = settings;
    this.film = rig.mainCamera();
    this.camera = aroundHead(filming(rig, settings.size), rig);
    List<PanelGeometry> placed = panels.stream().map(p -> aroundHead(p.geometry())).toList();
    int side = (int) Math.max(1, Math.round(Math.sqrt(settings.samples)));
    this.view = new PanelView(camera, placed, Math.min(4, side));
    this.blocks = new ArrayList<>();
    List<LightBasis.Panel> emitters = new ArrayList<>();
    int n = settings.blocks;
    for (int p = 0; p < placed.size(); p++) {
      PanelGeometry g = placed.get(p);
      for (int j = 0; j < n; j++) {
        for (int i = 0; i < n; i++) {
          blocks.add(
              new Block(
                  p,
                  i * g.pixelsWide() / n,
                  (i + 1) * g.pixelsWide() / n,
                  j * g.pixelsHigh() / n,
                  (j + 1) * g.pixelsHigh() / n));
          emitters.add(
              new LightBasis.Panel(
                  g.at((double) i / n, (j + 1.0) / n),
                  g.right().times(1.0 / n),
                  g.up().times(1.0 / n)));
        }
      }
    }
    // One cell, which stays dark: the panels are all the light there is.
    this.basis = new LightBasis(new DirectionBins(1), List.of(), emitters);
    this.kept = new ConcurrentHashMap<>();
  }

  /** Another take of what is kept. */
  private VirtualCube(VirtualCube first, List<StageFault> faults, long seed) {
    this.rig = first.rig;
    this.panels = first.panels;
    this.subject = first.subject;
    this.wall = first.wall;
    this.faults = List.copyOf(faults);
    Settings s = first.settings;
    this.settings =
        new Settings(
            s.size, s.samples, s.blocks, s.exposure, s.sensor, s.spreadPixels, s.denoised, seed);
    this.film = first.film;
    this.camera = first.camera;
    this.view = first.view;
    this.blocks = first.blocks;
    this.basis = first.basis;
    this.kept = first.kept;
  }

  /**
   * Renders an exposure under its own frame of the wall and those next to it for {@link #retaken},
   * and lets go of its field.
   */
  public void keep(int exposure) {
    for (int frame = exposure - 1; frame <= exposure + 1; frame++) {
      if (frame >= 0 && frame < wall.frames()) {
        kept.put(key(exposure, frame), clean(exposure, frame, true));
      }
    }
    forget(exposure + 1);
  }

  private static long key(int exposure, int wallFrame) {
    return (long) exposure << 32 | wallFrame;
  }

  /**
   * The same performance with other faults of frames, of what was kept: {@link #expose} renders
   * nothing anew. Dead LEDs and drift are those of this stage; while lock is lost the subject is
   * where it would be with it.
   *
   * @param ofFrames faults of frames
   * @param seed of the sensor's noise
   */
  public VirtualCube retaken(List<StageFault> ofFrames, long seed) {
    return new VirtualCube(this, ofFrames, seed);
  }

  private PanelGeometry aroundHead(PanelGeometry g) {
    return new PanelGeometry(
        g.panel(), g.type(), g.corner().minus(rig.head()), g.right(), g.up(), g.normal());
  }

  /** The exposures as they are recorded, in order: with holes, and some twice. */
  public List<Integer> recorded(int exposures) {
    List<Integer> out = new ArrayList<>();
    for (int i = 0; i < exposures; i++) {
      if (!has(StageFault.Kind.DROPPED, i)) {
        out.add(i);
      }
      if (has(StageFault.Kind.DOUBLED, i)) {
        out.add(i);
      }
    }
    return out;
  }

  private boolean has(StageFault.Kind kind, int frame) {
    return faults.stream().anyMatch(f -> f.kind() == kind && f.frame() == frame);
  }

  /**
   * When a row's shutter opens: exposure 0's first row is open in the middle of frame 0 of the
   * wall.
   */
  private double opens(int exposure, double row) {
    double slip = 0;
    for (StageFault f : faults) {
      if (f.kind() == StageFault.Kind.GENLOCK_SLIP && f.frame() <= exposure) {
        slip += f.amount();
      }
    }
    double phase = (1 / wall.framesPerSecond() - film.shutterSeconds() - film.readoutSeconds()) / 2;
    return exposure / film.framesPerSecond() + phase + slip + row * film.readoutSeconds();
  }

  /** Which frame of the wall is really on at a time when frame {@code due} should be. */
  private int held(int due) {
    int frame = Math.clamp(due, 0, wall.frames() - 1);
    while (frame > 0 && has(StageFault.Kind.HELD, frame)) {
      frame--;
    }
    return frame;
  }

  /** The share of each frame of the wall in an exposure of a row, 0 the first, 1 the last. */
  Map<Integer, Double> shares(int exposure, double row) {
    double from = opens(exposure, row) * wall.framesPerSecond();
    double to = from + film.shutterSeconds() * wall.framesPerSecond();
    Map<Integer, Double> shares = new TreeMap<>();
    for (int due = (int) Math.floor(from); due < to; due++) {
      double share = (Math.min(to, due + 1.0) - Math.max(from, due)) / (to - from);
      if (share > 1e-12) {
        shares.merge(held(due), share, Double::sum);
      }
    }
    return shares;
  }

  /** The moment of an exposure: the middle of its first row's. */
  public double seconds(int exposure) {
    return opens(exposure, 0) + film.shutterSeconds() / 2;
  }

  /** The subject's reflectance field at an exposure, traced when first asked for and kept. */
  public synchronized ReflectanceField field(int exposure) {
    return fields.computeIfAbsent(
        exposure, number -> traced(number, settings.seed * 7919 + number));
  }

  private ReflectanceField traced(int exposure, long seed) {
    double now = seconds(exposure);
    double before = exposure == 0 ? now : seconds(exposure - 1);
    ReflectanceField field =
        FieldTracer.trace(
            new Scene(subject.at(now, before), camera),
            basis,
            FieldTracer.Settings.DEFAULT.withSamples(settings.samples).withSeed(seed));
    return settings.denoised ? FieldDenoiser.denoised(field) : field;
  }

  /** Lets go of the fields of exposures before this one. */
  public synchronized void forget(int exposure) {
    fields.keySet().removeIf(number -> number < exposure);
  }

  /** What panel {@code p} shines at a time relative to what it should. */
  private double drift(int p, double seconds) {
    double gain = 1;
    for (StageFault f : faults) {
      if (f.kind() == StageFault.Kind.DRIFT && f.panel() == p) {
        gain += f.amount() * seconds;
      }
    }
    return Math.max(0, gain);
  }

  /** Linear light of every LED for a frame, {@code (3, raster)}, of the panels as they are. */
  private float[] ledLight(int frame) {
    float[] drive = wall.drive(frame);
    int width = rig.raster().width();
    int plane = width * rig.raster().height();
    if (drive.length != 3 * plane) {
      throw new IllegalArgumentException(
          "%d drive values for a raster of %d pixels".formatted(drive.length, plane));
    }
    float[] light = new float[3 * plane];
    for (int p = 0; p < panels.size(); p++) {
      VirtualPanel panel = panels.get(p);
      PanelGeometry g = panel.geometry();
      Matrix3 m = panel.matrix();
      Vector3 power = panel.power();
      boolean straight = power.equals(new Vector3(1, 1, 1));
      for (int y = 0; y < g.pixelsHigh(); y++) {
        for (int x = 0; x < g.pixelsWide(); x++) {
          int i = g.rasterIndex(x, y, width);
          double r = Math.clamp(drive[i], 0f, 1f);
          double gr = Math.clamp(drive[plane + i], 0f, 1f);
          double b = Math.clamp(drive[2 * plane + i], 0f, 1f);
          if (!straight) {
            r = Math.pow(r, power.x());
            gr = Math.pow(gr, power.y());
            b = Math.pow(b, power.z());
          }
          light[i] = (float) (m.m00() * r + m.m01() * gr + m.m02() * b + panel.black());
          light[plane + i] = (float) (m.m10() * r + m.m11() * gr + m.m12() * b + panel.black());
          light[2 * plane + i] = (float) (m.m20() * r + m.m21() * gr + m.m22() * b + panel.black());
        }
      }
    }
    for (StageFault f : faults) {
      if (f.kind() == StageFault.Kind.DEAD_LED) {
        PanelGeometry g = panels.get(f.panel()).geometry();
        int i = g.rasterIndex(f.frame() % g.pixelsWide(), f.frame() / g.pixelsWide(), width);
        for (int c = 0; c < 3; c++) {
          light[c * plane + i] = 0;
        }
      }
    }
    return light;
  }

  /** The light of a frame's LEDs; the last few are kept. */
  private synchronized float[] light(int frame) {
    float[] light = lights.get(frame);
    if (light == null) {
      light = ledLight(frame);
      while (lights.size() >= 3) {
        lights.remove(lights.keySet().iterator().next());
      }
      lights.put(frame, light);
    }
    return light;
  }

  /**
   * What the camera would see of an exposure's moment under one frame of the wall, without noise or
   * shutter: linear Rec.709 relative to saturation, {@code (3, h, w)}.
   *
   * @param withWall whether the panels behind the subject are seen, or black
   */
  public float[] clean(int exposure, int wallFrame, boolean withWall) {
    return picture(field(exposure), exposure, wallFrame, withWall);
  }

  /**
   * {@link #clean} with the wall, traced anew by other rays: what it differs by is noise of few
   * rays, beyond which pictures of two exposures cannot agree.
   */
  public float[] again(int exposure, int wallFrame) {
    return picture(
        traced(exposure, settings.seed * 7919 + exposure + 0x5DEECE66DL),
        exposure,
        wallFrame,
        true);
  }

  private float[] picture(ReflectanceField field, int exposure, int wallFrame, boolean withWall) {
    float[] light = light(wallFrame);
    int width = rig.raster().width();
    int plane = width * rig.raster().height();
    double seconds = seconds(exposure);
    float[] gains = gains(seconds);
    float[] weights = new float[3 * basis.columns()];
    for (int k = 0; k < blocks.size(); k++) {
      Block block = blocks.get(k);
      PanelGeometry g = panels.get(block.panel).geometry();
      double[] sum = new double[3];
      for (int y = block.fromY; y < block.toY; y++) {
        for (int x = block.fromX; x < block.toX; x++) {
          int i = g.rasterIndex(x, y, width);
          sum[0] += light[i];
          sum[1] += light[plane + i];
          sum[2] += light[2 * plane + i];
        }
      }
      double leds = (double) (block.toX - block.fromX) * (block.toY - block.fromY);
      for (int c = 0; c < 3; c++) {
        weights[3 * (basis.firstPanel() + k) + c] =
            (float) (sum[c] / leds * gains[block.panel] * towardsHead(g));
      }
    }
    float[] out = field.product(weights);
    if (withWall) {
      float[] behind = behind(light, gains);
      int pixels = camera.width() * camera.height();
      float[] alpha = field.aovs().alpha();
      for (int i = 0; i < out.length; i++) {
        out[i] += (1 - alpha[i % pixels]) * behind[i];
      }
    }
    return spread(out);
  }

  private float[] gains(double seconds) {
    float[] gains = new float[panels.size()];
    for (int p = 0; p < gains.length; p++) {
      gains[p] = (float) (settings.exposure * drift(p, seconds));
    }
    return gains;
  }

  /** The panels as the camera sees them where nobody stands. */
  private float[] behind(float[] light, float[] gains) {
    int width = rig.raster().width();
    int plane = width * rig.raster().height();
    return view.render((c, p, x, y) -> {
      PanelGeometry g = panels.get(p).geometry();
      return gains[p] * light[c * plane + g.rasterIndex(x, y, width)];
    });
  }

  /** What the lens makes of planes of the picture's size. */
  private float[] spread(float[] planes) {
    if (settings.spreadPixels == 0) {
      return planes;
    }
    int channels = planes.length / (camera.width() * camera.height());
    return GaussianBlur.blur(
            Image.data(camera.width(), camera.height(), channels, planes), settings.spreadPixels)
        .samples();
  }

  /**
   * What the sensor reads of the stage without the subject under one frame of the wall, at its
   * start: code values, {@code (3, h, w)}.
   */
  public float[] plate(int wallFrame) {
    float[] linear = spread(behind(light(wallFrame), gains(0)));
    return settings.sensor.expose(linear, film.response(), settings.seed * 1_000_003 - 1);
  }

  /** A panel's radiance towards the head relative to its normal. */
  private double towardsHead(PanelGeometry g) {
    Vector3 d = rig.head().minus(g.centre());
    return g.type().viewingAngle().relativeRadiance(d.dot(g.normal()) / d.length());
  }

  private float[] seen(int exposure, int wallFrame) {
    float[] picture = kept.get(key(exposure, wallFrame));
    return picture != null ? picture : clean(exposure, wallFrame, true);
  }

  /** Takes an exposure. */
  public Exposure expose(int exposure) {
    int w = camera.width();
    int h = camera.height();
    Map<Integer, float[]> pictures = new TreeMap<>();
    float[] linear = new float[3 * w * h];
    double gain = 1;
    for (StageFault f : faults) {
      if (f.kind() == StageFault.Kind.MISEXPOSED && f.frame() == exposure) {
        gain *= f.amount();
      }
    }
    for (int y = 0; y < h; y++) {
      for (Map.Entry<Integer, Double> share : shares(exposure, y / (h - 1.0)).entrySet()) {
        float[] picture = pictures.computeIfAbsent(share.getKey(), frame -> seen(exposure, frame));
        float weight = (float) (gain * share.getValue());
        for (int c = 0; c < 3; c++) {
          int row = (c * h + y) * w;
          for (int x = row; x < row + w; x++) {
            linear[x] += weight * picture[x];
          }
        }
      }
    }
    return new Exposure(
        exposure,
        seconds(exposure),
        settings.sensor.expose(linear, film.response(), settings.seed * 1_000_003 + exposure),
        shares(exposure, 0),
        shares(exposure, 1));
  }

  /**
   * A place for a marker that the main camera sees beside the subject throughout a take, in
   * pictures of a size.
   *
   * @param pixelsPerCell of the camera's picture, at least
   * @param level of its white
   * @param subject who is filmed; nobody if empty
   * @param seconds of the take
   */
  public static Optional<Sequence.MarkerPlace> markerPlace(
      Rig rig,
      int size,
      double pixelsPerCell,
      double level,
      Optional<Subject> subject,
      double seconds) {
    Camera camera = filming(rig, size);
    int looks = Math.clamp((long) Math.ceil(seconds * LOOKS_PER_SECOND) + 1, 5, 65);
    double[] moments =
        IntStream.range(0, looks).mapToDouble(i -> seconds * i / (looks - 1)).toArray();
    Silhouette silhouette =
        subject
            .map(who -> Silhouette.of(aroundHead(camera, rig), who, moments))
            .orElseGet(() -> Silhouette.none(camera));
    return MarkerPlacement.find(camera, rig.geometry(), FrameMarker.SIDE, pixelsPerCell, silhouette)
        .map(p -> new Sequence.MarkerPlace(p.u(), p.v(), p.cellPixels(), level));
  }

  private static Camera aroundHead(Camera world, Rig rig) {
    return new Camera(
        new Pose(world.pose().rotation(), world.pose().translation().minus(rig.head())),
        world.width(),
        world.height(),
        world.focalLengthPixels());
  }

  /** The main camera with a square picture of a size, in the world. */
  private static Camera filming(Rig rig, int size) {
    StageCamera film = rig.mainCamera();
    Camera full = PanelView.pinhole(film);
    double scale = (double) size / Math.min(film.width(), film.height());
    return new Camera(full.pose(), size, size, full.focalLengthPixels() * scale);
  }

  /** The camera as the pictures have it, around the head. */
  public Camera camera() {
    return camera;
  }

  /** The subject's coverage at an exposure as the camera sees it, {@code h × w}. */
  public float[] alpha(int exposure) {
    return spread(field(exposure).aovs().alpha());
  }
}
