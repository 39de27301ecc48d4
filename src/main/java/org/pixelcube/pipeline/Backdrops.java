package org.pixelcube.pipeline;

import java.nio.file.Path;
import java.util.Optional;
import java.util.function.Supplier;
import org.pixelcube.color.TransferFunction;
import org.pixelcube.image.Image;
import org.pixelcube.image.Resize;
import org.pixelcube.video.ClipInfo;
import org.pixelcube.video.ClipReader;
import org.pixelcube.video.Frame;

/**
 * The backgrounds of a clip, one per frame and in order: what must be read in order is read at
 * once, what can be worked out apart is left to the supplier.
 */
final class Backdrops implements AutoCloseable {
  private final Background background;
  private final RelightSettings settings;
  private final ClipInfo clip;
  private ClipReader footage;
  private long footageFrame;
  private Image last;
  private volatile View view;

  /** The last view of the environment, for light that does not move. */
  private record View(IlluminationTrack.Moment moment, Image picture) {
    boolean shows(IlluminationTrack.Moment other) {
      return moment.map() == other.map()
          && moment.illumination().rotation().equals(other.illumination().rotation())
          && moment.illumination().scale() == other.illumination().scale();
    }
  }

  Backdrops(RelightSettings settings, ClipInfo clip) {
    this.background = Background.parse(settings.background().source());
    this.settings = settings;
    this.clip = clip;
  }

  /**
   * The backdrop of the next frame; empty for none.
   *
   * @param moment the light of that frame
   */
  Supplier<Optional<Backdrop>> next(Frame frame, IlluminationTrack.Moment moment) {
    int w = clip.width();
    int h = clip.height();
    return switch (background) {
      case Background.Original _ -> () -> Optional.of(Backdrop.plain(frame.image(), true));
      case Background.Transparent _ -> Optional::empty;
      case Background.Solid solid -> {
        if (last == null) {
          last = solid(solid, w, h);
        }
        Image picture = last;
        yield () -> Optional.of(Backdrop.plain(picture, false));
      }
      case Background.Footage source -> {
        Image picture = nextFootage(source.path(), w, h);
        boolean match = settings.tone() == RelightSettings.Tone.MATCH;
        yield () -> Optional.of(match ? Backdrop.matched(picture) : Backdrop.plain(picture, false));
      }
      case Background.Environment _ ->
          () -> Optional.of(Backdrop.plain(environment(moment), false));
    };
  }

  private Image environment(IlluminationTrack.Moment moment) {
    View seen = view;
    if (seen != null && seen.shows(moment)) {
      return seen.picture();
    }
    double blur = settings.background().blur() / 1000 * clip.height();
    double gain = moment.illumination().scale() * Math.pow(2, settings.background().exposure());
    Image scene =
        EnvironmentView.render(
            moment.map(),
            moment.illumination().rotation(),
            settings.fov(),
            clip.width(),
            clip.height(),
            blur,
            gain);
    Image picture = settings.tone() == RelightSettings.Tone.MATCH ? toned(scene) : scene;
    view = new View(moment, picture);
    return picture;
  }

  private static Image toned(Image scene) {
    float[] s = scene.samples();
    float[] out = new float[s.length];
    for (int i = 0; i < s.length; i++) {
      out[i] = ToneCurve.apply(s[i]);
    }
    return Image.of(scene.width(), scene.height(), 3, scene.space(), out);
  }

  private Image solid(Background.Solid colour, int w, int h) {
    float[] out = new float[3 * w * h];
    double[] rgb = {colour.red(), colour.green(), colour.blue()};
    double gain = Math.pow(2, settings.background().exposure());
    for (int c = 0; c < 3; c++) {
      float value = (float) (gain * TransferFunction.SRGB.toLinear(rgb[c]));
      java.util.Arrays.fill(out, c * w * h, (c + 1) * w * h, value);
    }
    return Image.rgb(w, h, out);
  }

  /** The next picture of the footage, scaled to cover the frame; after its end it starts again. */
  private Image nextFootage(Path path, int w, int h) {
    if (footage == null) {
      footage = ClipReader.open(path);
      if (footageFrame > 0 && footage.info().frameCount() > 0) {
        footage.seek(footageFrame % footage.info().frameCount());
      }
    }
    if (last != null && footage.info().still()) {
      return last;
    }
    Optional<Frame> frame = footage.next();
    if (frame.isEmpty()) {
      footage.close();
      footage = ClipReader.open(path);
      frame = footage.next();
    }
    footageFrame++;
    last = prepared(frame.orElseThrow().image(), w, h);
    return last;
  }

  private Image prepared(Image picture, int w, int h) {
    double k = Math.max((double) w / picture.width(), (double) h / picture.height());
    int sw = Math.max(w, (int) Math.round(k * picture.width()));
    int sh = Math.max(h, (int) Math.round(k * picture.height()));
    Image scaled = Resize.to(picture, sw, sh);
    float gain = (float) Math.pow(2, settings.background().exposure());
    float[] out = new float[3 * w * h];
    int x0 = (sw - w) / 2;
    int y0 = (sh - h) / 2;
    float[] s = scaled.samples();
    for (int c = 0; c < 3; c++) {
      int source = Math.min(c, scaled.channels() - 1) * sw * sh;
      for (int y = 0; y < h; y++) {
        for (int x = 0; x < w; x++) {
          out[(c * h + y) * w + x] = gain * s[source + (y + y0) * sw + x + x0];
        }
      }
    }
    double sigma = settings.background().blur() / 1000 * h;
    if (sigma >= 0.5) {
      Image sharp = Image.rgb(w, h, out);
      out = new float[out.length];
      for (int c = 0; c < 3; c++) {
        float[] plane = Planes.smooth(sharp.channel(c).samples(), w, h, sigma);
        System.arraycopy(plane, 0, out, c * w * h, w * h);
      }
    }
    return Image.rgb(w, h, out);
  }

  /** How many pictures of the footage have been shown, for state that is saved. */
  long position() {
    return footageFrame;
  }

  /** Goes on after {@code position} pictures. */
  void restore(long position) {
    footageFrame = position;
    if (footage != null) {
      footage.close();
      footage = null;
    }
    last = null;
  }

  @Override
  public void close() {
    if (footage != null) {
      footage.close();
    }
  }
}
