package org.pixelcube.dataset;

import java.util.ArrayList;
import java.util.List;
import java.util.random.RandomGenerator;
import org.pixelcube.image.GaussianBlur;
import org.pixelcube.image.Image;
import org.pixelcube.light.EnvironmentMap;
import org.pixelcube.light.Exposure;
import org.pixelcube.light.MapPyramid;
import org.pixelcube.light.Rgb;
import org.pixelcube.math.Rotation;
import org.pixelcube.math.Vector3;
import org.pixelcube.render.Camera;
import org.pixelcube.render.CodedField;
import org.pixelcube.render.HardSources;
import org.pixelcube.render.LightBasis;

/**
 * Draws training samples from rendered clips: which frames, under which two lights, before which
 * backgrounds, through which camera. The same random numbers give the same sample.
 */
public final class SampleGenerator {
  private static final double NARROWEST_VIEW_DEGREES = 30;
  private static final double REACH_DEGREES = 3;

  private final LightCollection maps;
  private final int frames;
  private final double recoloured;
  private final boolean frontLit;

  private SampleGenerator(LightCollection maps, int frames, double recoloured, boolean frontLit) {
    this.maps = maps;
    this.frames = frames;
    this.recoloured = recoloured;
    this.frontLit = frontLit;
  }

  /**
   * A generator.
   *
   * @param frames in a row in each sample, at least 1; fewer if the clip has fewer
   */
  public static SampleGenerator of(LightCollection maps, int frames) {
    if (frames < 1) {
      throw new IllegalArgumentException("%d frames (expected at least 1)".formatted(frames));
    }
    return new SampleGenerator(maps, frames, 0, false);
  }

  /** The same, with other {@linkplain PigmentChange pigments} in a share of the samples, 0 to 1. */
  public SampleGenerator recolouring(double share) {
    if (!(share >= 0 && share <= 1)) {
      throw new IllegalArgumentException("a share of %s (expected 0 to 1)".formatted(share));
    }
    return new SampleGenerator(maps, frames, share, frontLit);
  }

  /**
   * The same, whose flat-lit colour is {@link CodedField#frontLit} or {@link CodedField#flatLit}.
   */
  public SampleGenerator frontLit(boolean front) {
    return new SampleGenerator(maps, frames, recoloured, front);
  }

  /**
   * Draws a sample of a rendered clip.
   *
   * @throws IllegalArgumentException if the clip was captured: it has one light only
   */
  public TrainingSample draw(Clip clip, RandomGenerator random) {
    if (clip.meta().kind() != ClipMeta.Kind.RENDERED) {
      throw new IllegalArgumentException(
          "clip '%s' is captured (expected rendered)".formatted(clip.meta().name()));
    }
    LightBasis basis = clip.basis().lights();
    int count = Math.min(frames, clip.meta().frames().size());
    int first = random.nextInt(clip.meta().frames().size() - count + 1);
    DrawnLight source = DrawnLight.draw(maps, basis, random);
    DrawnLight target = DrawnLight.draw(maps, basis, random);
    double sourceBlur = 0.04 * random.nextDouble();
    double targetBlur = 0.04 * random.nextDouble();
    CameraAugmentation camera = CameraAugmentation.draw(random);
    List<Camera> cameras = new ArrayList<>();
    for (int i = 0; i < count; i++) {
      cameras.add(clip.camera(first + i));
    }
    double[] times = DrawnLight.times(clip.meta().frames().subList(first, first + count));
    Stage before = new Stage(source, sourceBlur, cameras, times);
    Stage after = new Stage(target, targetBlur, cameras, times);
    PigmentChange pigments =
        recoloured > 0 && random.nextDouble() < recoloured
            ? PigmentChange.draw(random)
            : PigmentChange.NONE;
    List<TrainingSample.Frame> drawn = new ArrayList<>();
    for (int i = 0; i < count; i++) {
      CodedField field = clip.field(first + i);
      int w = field.camera().width();
      int h = field.camera().height();
      Lit sourceLit = before.light(i, basis);
      Lit targetLit = after.light(i, basis);
      Image background = after.view(i);
      Image flatLit = frontLit ? field.frontLit() : field.flatLit();
      float[] factors = pigments.factors(flatLit);
      var aovs = field.aovs();
      drawn.add(
          new TrainingSample.Frame(
              camera.apply(composite(field, factors, sourceLit, before.view(i)), random),
              composite(field, factors, targetLit, background),
              PigmentChange.times(flatLit.color(), factors),
              PigmentChange.times(Image.rgb(w, h, aovs.albedo()), factors),
              unit(w, h, aovs.normal()),
              Image.data(w, h, 1, aovs.alpha()),
              Image.data(w, h, 1, aovs.depth()),
              Image.data(w, h, 2, aovs.motion()),
              sourceLit.map().map(),
              targetLit.map().map(),
              after.turn(i),
              after.gain(i),
              background));
    }
    return new TrainingSample(
        clip.meta().name(), first, source, target, camera, List.copyOf(drawn));
  }

  private static Image unit(int w, int h, float[] mean) {
    float[] out = mean.clone();
    int n = w * h;
    for (int i = 0; i < n; i++) {
      double x = out[i];
      double y = out[n + i];
      double z = out[2 * n + i];
      double length = Math.sqrt(x * x + y * y + z * z);
      if (length > 0) {
        out[i] = (float) (x / length);
        out[n + i] = (float) (y / length);
        out[2 * n + i] = (float) (z / length);
      }
    }
    return Image.data(w, h, 3, out);
  }

  /**
   * The lit subject over a background.
   *
   * @param factors of its own light, planar; what it mirrors keeps its colour
   */
  static Image composite(CodedField field, float[] factors, Lit lit, Image background) {
    float[] out = field.product(lit.weights());
    for (int i = 0; i < out.length; i++) {
      out[i] *= factors[i];
    }
    field.addMirrored(lit.map(), out);
    float[] alpha = field.aovs().alpha();
    float[] behind = background.samples();
    int n = alpha.length;
    for (int i = 0; i < out.length; i++) {
      out[i] = Math.max(0, out[i]) + (1 - alpha[i % n]) * behind[i];
    }
    return Image.rgb(background.width(), background.height(), out);
  }

  /** A map in camera space and what it makes of each column. */
  record Lit(MapPyramid map, float[] weights) {}

  /** A light over the frames of a sample. */
  private final class Stage {
    private final DrawnLight light;
    private final LightCollection.Ready ready;
    private final double blur;
    private final List<Camera> cameras;
    private final double[] times;
    private final double metered;
    private Rotation lastTurn;
    private double lastScale;
    private Lit lastLit;

    Stage(DrawnLight light, double blur, List<Camera> cameras, double[] times) {
      this.light = light;
      this.ready = maps.get(light.map());
      this.blur = blur;
      this.cameras = cameras;
      this.times = times;
      this.metered = metered();
    }

    /** The map's axes to those of the camera of a frame. */
    private Rotation turn(int frame) {
      return cameras.get(frame).pose().rotation().inverse().after(light.rotation(times[frame]));
    }

    /** Light that moves is metered once, on its mean. */
    private double metered() {
      EnvironmentMap small = light.tinted(ready.light().downsampled(64, 32));
      double mean = 0;
      int looks = light.stands() ? 1 : times.length;
      for (int i = 0; i < looks; i++) {
        Rgb e = Exposure.meanFrontIrradiance(small.rotated(turn(i)));
        mean += e.luminance() * Math.pow(2, light.stops(times[i]) - light.exposureStops()) / looks;
      }
      double scale = Math.PI / mean;
      return scale > 0 && scale < Double.POSITIVE_INFINITY ? scale : 1;
    }

    private double scale(int frame) {
      return metered * Math.pow(2, light.stops(times[frame]));
    }

    private Rgb gain(int frame) {
      return light.tint().times(scale(frame));
    }

    Lit light(int frame, LightBasis basis) {
      Rotation turn = turn(frame);
      double scale = scale(frame);
      if (!turn.equals(lastTurn) || scale != lastScale) {
        Rgb f = gain(frame);
        EnvironmentMap map = scaled(ready.light().rotated(turn), f);
        float[] weights = light.sharp() ? sharpWeights(basis, turn, f) : basis.weights(map);
        lastLit = new Lit(MapPyramid.of(map), weights);
        lastTurn = turn;
        lastScale = scale;
      }
      return lastLit;
    }

    private float[] sharpWeights(LightBasis basis, Rotation turn, Rgb f) {
      List<HardSources.Source> turned = new ArrayList<>();
      for (HardSources.Source s : ready.hard().sources()) {
        float[] e = s.irradiance();
        turned.add(
            new HardSources.Source(
                turn.apply(s.direction()),
                new float[] {
                  (float) (e[0] * f.red()), (float) (e[1] * f.green()), (float) (e[2] * f.blue())
                },
                s.diameterDegrees()));
      }
      EnvironmentMap rest = scaled(ready.hard().rest().rotated(turn), f);
      return basis.weights(new HardSources(List.copyOf(turned), rest), REACH_DEGREES);
    }

    private static EnvironmentMap scaled(EnvironmentMap map, Rgb f) {
      return map.scaled(f.red(), f.green(), f.blue());
    }

    /** What the camera sees of the map, out of focus. */
    Image view(int frame) {
      Camera camera = cameras.get(frame);
      Rgb f = gain(frame);
      Image sharp = perspective(ready.view(), turn(frame).inverse(), camera, f);
      return GaussianBlur.blur(sharp, blur * camera.height());
    }
  }

  /**
   * A map as a camera sees it, at least {@value #NARROWEST_VIEW_DEGREES}° of it, so that something
   * is to be seen.
   */
  private static Image perspective(EnvironmentMap map, Rotation toMap, Camera camera, Rgb factor) {
    int w = camera.width();
    int h = camera.height();
    double longest = 0.5 * Math.max(w, h) / Math.tan(Math.toRadians(NARROWEST_VIEW_DEGREES / 2));
    double focal = Math.min(camera.focalLengthPixels(), longest);
    float[] f = {(float) factor.red(), (float) factor.green(), (float) factor.blue()};
    float[] out = new float[3 * w * h];
    float[] dx = new float[w];
    float[] dy = new float[w];
    float[] dz = new float[w];
    float[] row = new float[3 * w];
    for (int y = 0; y < h; y++) {
      for (int x = 0; x < w; x++) {
        Vector3 d =
            toMap.apply(
                new Vector3((x + 0.5 - 0.5 * w) / focal, (0.5 * h - y - 0.5) / focal, -1)
                    .normalized());
        dx[x] = (float) d.x();
        dy[x] = (float) d.y();
        dz[x] = (float) d.z();
      }
      map.radiance(dx, dy, dz, row);
      for (int c = 0; c < 3; c++) {
        for (int x = 0; x < w; x++) {
          out[(c * h + y) * w + x] = f[c] * row[c * w + x];
        }
      }
    }
    return Image.rgb(w, h, out);
  }
}
