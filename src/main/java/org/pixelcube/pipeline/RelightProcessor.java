package org.pixelcube.pipeline;

import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.DataInputStream;
import java.io.DataOutputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.Set;
import java.util.function.Supplier;
import org.pixelcube.config.UserError;
import org.pixelcube.config.Warnings;
import org.pixelcube.diffusion.SvdFolder;
import org.pixelcube.image.Image;
import org.pixelcube.image.Resize;
import org.pixelcube.light.Lighting;
import org.pixelcube.torch.Device;
import org.pixelcube.video.ClipInfo;
import org.pixelcube.video.ClipReader;
import org.pixelcube.video.Frame;
import org.pixelcube.vision.CutDetector;
import org.pixelcube.vision.Face;
import org.pixelcube.vision.FaceTopology;
import org.pixelcube.vision.FaceTracker;
import org.pixelcube.vision.GreenScreen;
import org.pixelcube.vision.Model;
import org.pixelcube.vision.ModelStore;
import org.pixelcube.vision.Modnet;
import org.pixelcube.vision.OpticalFlow;

/**
 * Relighting of a clip: follows faces, matte and source light from frame to frame, asks the
 * networks about windows of frames where the settings say so, and leaves the rest of each frame to
 * {@link FrameRelighter}.
 */
public final class RelightProcessor implements FrameProcessor {
  private static final int STATE_VERSION = 4;

  /** Frames read ahead for the source light, and how many of them are looked at. */
  private static final int PREVIEW_FRAMES = 48;

  private static final int PREVIEW_STEP = 4;

  /** The matting network runs on every so many frames of a clip; flow carries the matte between. */
  static final int MATTE_EVERY = 2;

  /** Matting resolution as a share of the working resolution. */
  private static final double MATTE_SHARE = 0.75;

  /** Coverage below which a frame is taken to show nobody. */
  private static final double NOBODY = 0.003;

  /** The same for the network's matte where no face is seen: in a landscape it finds shreds. */
  private static final double NOBODY_FACELESS = 0.1;

  private final RelightSettings settings;
  private final ClipInfo clip;
  private final Warnings warnings;
  private final int workingWidth;
  private final int workingHeight;
  private final Optional<GreenScreen> screen;
  private final MatteSource mattes;
  private final FaceTracker faces;
  private final FaceSteadier steadier;
  private final SourceLightTracker sourceLight;
  private final IlluminationTrack illumination;
  private final Backdrops backdrops;
  private final Optional<WindowRelighter> networks;
  private final FrameWindows windows;
  private final NetworkFrame.Views views;
  private final FrameRelighter relighter;
  private final OpticalFlow flow = new OpticalFlow(OpticalFlow.Quality.ULTRAFAST);
  private final FrameRelighter.Look look;
  private final Set<Pass> wanted;
  private double firstSeconds = Double.NaN;
  private Image lastLuma;
  private SteadyView lastView;
  private StageClock clock = new StageClock();

  private RelightProcessor(
      RelightSettings settings, ClipInfo clip, Warnings warnings, ModelStore models) {
    this.settings = settings;
    this.clip = clip;
    this.warnings = warnings;
    double k = Math.min(1, settings.size() / Math.sqrt((double) clip.width() * clip.height()));
    this.workingWidth = Math.max(1, (int) Math.round(k * clip.width()));
    this.workingHeight = Math.max(1, (int) Math.round(k * clip.height()));
    this.illumination =
        new IlluminationTrack(
            Lighting.find(settings.env().orElseThrow(), clip.frameRate().toDouble()),
            settings,
            warnings);
    Path bundle = models.fetch(Model.FACE_LANDMARKER);
    FaceTopology topology = FaceTopology.read(bundle);
    this.relighter = new FrameRelighter(topology);
    this.steadier = new FaceSteadier(topology);
    this.sourceLight = new SourceLightTracker(topology);
    this.look =
        new FrameRelighter.Look(
            (float) settings.strength(),
            (float) settings.shadows(),
            (float) settings.specular(),
            settings.tone() == RelightSettings.Tone.MATCH);
    this.wanted = settings.passes().selected();
    this.screen = prepare(bundle);
    this.mattes =
        settings.alpha().isPresent()
            ? new MatteSource.File(Path.of(settings.alpha().get()), settings.start())
            : new MatteSource.Network(
                Modnet.open(models.fetch(Model.MODNET), matteShortSide(), networkThreads()),
                clip.still() ? 1 : MATTE_EVERY,
                screen);
    this.faces = new FaceTracker(bundle, trackerOptions());
    this.backdrops = new Backdrops(settings, clip);
    this.networks = networks(settings, clip, warnings);
    this.windows =
        new FrameWindows(
            networks.map(WindowRelighter::span).orElse(FrameWindows.SHORT),
            frames -> networks.orElseThrow().relight(frames));
    this.views = new NetworkFrame.Views(settings.fov(), settings.background().blur() / 1000);
  }

  /** The files of weights that a run looks at. */
  static List<Path> weights(RelightSettings settings) {
    return RelightModel.of(settings).files();
  }

  private static Optional<WindowRelighter> networks(
      RelightSettings settings, ClipInfo clip, Warnings warnings) {
    return switch (RelightModel.of(settings)) {
      case RelightModel.Physics _ -> Optional.empty();
      case RelightModel.Networks model -> networks(model, settings, warnings);
      case RelightModel.Prior model -> {
        WindowRelighter prior =
            PriorRelighter.load(model.folder(), settings, clip.frameRate().toDouble());
        warnings.add(
            "these weights of Stable Video Diffusion were not taught to relight: physics relights,"
                + " and they make a clip of it");
        yield Optional.of(prior);
      }
    };
  }

  private static Optional<WindowRelighter> networks(
      RelightModel.Networks model, RelightSettings settings, Warnings warnings) {
    if (settings.model().equals("auto") && !RelightNetworks.beatPhysics(model.weights())) {
      warnings.add(
          "the network's weights are not yet better than physics, so physics relights;"
              + " --model small tries them");
      return Optional.empty();
    }
    if (settings.shadows() != 1 || settings.specular() != 1) {
      warnings.add("shadows and specular are the network's own; --model physics can change them");
    }
    return Optional.of(
        RelightNetworks.load(
            model.weights(),
            model.base().map(SvdFolder::path),
            settings.svd().precision().dtype(),
            Device.named(settings.device()),
            settings.steps().orElse(1),
            settings.workers(),
            settings.seed()));
  }

  /** Makes processors whose networks come from {@code models}. */
  public static FrameProcessor.Factory factory(ModelStore models) {
    return (settings, clip, warnings) -> new RelightProcessor(settings, clip, warnings, models);
  }

  private FaceTracker.Options trackerOptions() {
    FaceTracker.Options d = FaceTracker.Options.DEFAULT;
    return new FaceTracker.Options(d.maxFaces(), d.detectEveryFrames(), false, !clip.still(), 1);
  }

  /** Half the threads: the other half finishes the frames before. */
  private int networkThreads() {
    return clip.still() ? settings.workers() : Math.max(1, settings.workers() / 2);
  }

  /** The matte's short side, so that its area does not depend on the picture's shape. */
  private int matteShortSide() {
    return matteShortSide(Math.min(workingWidth, workingHeight), clip.still());
  }

  /** The matte's short side for a working picture's. */
  static int matteShortSide(int shortSide, boolean still) {
    double share = still ? 1 : MATTE_SHARE;
    return 32 * Math.clamp(Math.round(share * shortSide / 32), 4, 32);
  }

  /** Looks ahead: a screen behind the subject, and the light of the first shot. */
  private Optional<GreenScreen> prepare(Path bundle) {
    List<SkinSamples> shot = new ArrayList<>();
    Optional<GreenScreen> found = Optional.empty();
    FaceTracker.Options d = trackerOptions();
    try (ClipReader reader = ClipReader.open(clip.path());
        FaceTracker still =
            new FaceTracker(
                bundle, new FaceTracker.Options(d.maxFaces(), 1, false, false, d.threads()))) {
      if (settings.start() > 0) {
        reader.seek(settings.start());
      }
      Image first = null;
      for (int i = 0; i < PREVIEW_FRAMES; i++) {
        Optional<Frame> frame = reader.next();
        if (frame.isEmpty()) {
          break;
        }
        if (i % PREVIEW_STEP != 0) {
          continue;
        }
        Image working = working(frame.get());
        Image luma = luma(working);
        if (first == null) {
          first = luma;
          found = GreenScreen.detect(working);
        } else if (CutDetector.isCut(first, luma)) {
          break;
        }
        List<Face> seen = still.next(working, i);
        still.reset();
        shot.addAll(samples(working, null, seen));
      }
    }
    sourceLight.prepare(shot);
    return found;
  }

  private Image working(Frame frame) {
    Image image = frame.image();
    if (image.channels() > 3) {
      float[] rgb = java.util.Arrays.copyOf(image.samples(), 3 * image.planeSize());
      image = Image.of(image.width(), image.height(), 3, image.space(), rgb);
    }
    return Resize.to(image, workingWidth, workingHeight);
  }

  private static Image luma(Image working) {
    int w = Math.max(1, working.width() / 8);
    int h = Math.max(1, working.height() / 8);
    float[] s = Resize.area(working, w, h).samples();
    int n = w * h;
    float[] luma = new float[n];
    for (int i = 0; i < n; i++) {
      luma[i] =
          (float)
              Math.sqrt(Math.clamp(DetailTransfer.luminance(s[i], s[n + i], s[2 * n + i]), 0, 1));
    }
    return Image.data(w, h, 1, luma);
  }

  /** What the faces of a frame show of the light; without a matte every vertex counts. */
  private List<SkinSamples> samples(Image working, Image alpha, List<Face> seen) {
    if (seen.isEmpty()) {
      return List.of();
    }
    return relighter.samples(working, alpha, seen);
  }

  @Override
  public Supplier<Output> process(Frame in) {
    Image working = working(in);
    Image luma = luma(working);
    double seconds = clip.timeSeconds(in.pts());
    if (Double.isNaN(firstSeconds)) {
      firstSeconds = seconds;
    }
    if (lastLuma != null && CutDetector.isCut(lastLuma, luma)) {
      sourceLight.reset();
      faces.reset();
      steadier.reset();
      lastView = null;
      windows.end();
    }
    lastLuma = luma;
    Image alpha = clock.time("matte", () -> mattes.next(working));
    List<Face> seen = clock.time("faces", () -> steadier.next(faces.next(working, seconds)));
    checkSomebody(alpha, seen, in);
    if (!sourceLight.settled()) {
      sourceLight.observe(samples(working, alpha, seen));
    }
    Frame frame =
        screen
            .map(s -> new Frame(s.despill(in.image()), in.index(), in.pts(), in.duration()))
            .orElse(in);
    Analysis analysis =
        new Analysis(
            frame,
            screen.map(s -> s.despill(working)).orElse(working),
            alpha,
            seen,
            sourceLight.light());
    IlluminationTrack.Moment moment = illumination.at(seconds - firstSeconds);
    Supplier<Optional<Backdrop>> backdrop = backdrops.next(in, moment);
    if (networks.isPresent()) {
      NetworkFrame told = told(analysis, seconds - firstSeconds, moment);
      Supplier<NetworkResult> found = clock.time("network", () -> windows.add(told));
      return () -> {
        FrameRelighter.Rendered rendered =
            relighter.render(
                analysis, told, found.get(), backdrop.get().orElse(null), look, wanted);
        return new Output(rendered.frame(), rendered.passes());
      };
    }
    SteadyView view = new SteadyView(relighter, analysis, flow, lastView);
    lastView = view;
    return () -> {
      FrameRelighter.Rendered rendered =
          relighter.render(
              analysis,
              view.get(),
              moment.illumination(),
              backdrop.get().orElse(null),
              look,
              wanted);
      return new Output(rendered.frame(), rendered.passes());
    };
  }

  /**
   * What the networks are told of a frame, with the shape and what physics makes of it if they want
   * that.
   */
  private NetworkFrame told(Analysis analysis, double seconds, IlluminationTrack.Moment moment) {
    WindowRelighter network = networks.orElseThrow();
    NetworkFrame frame =
        relighter.networkFrame(analysis, network.pictureSize(), seconds, moment, views);
    if (network.needsShape()) {
      frame = frame.with(relighter.shape(analysis, moment.illumination(), frame));
    }
    if (!network.needsPhysics()) {
      return frame;
    }
    SteadyView view = new SteadyView(relighter, analysis, flow, lastView);
    lastView = view;
    return frame.with(relighter.physics(analysis, view.get(), moment.illumination(), look, frame));
  }

  private void checkSomebody(Image alpha, List<Face> seen, Frame frame) {
    if (!seen.isEmpty()) {
      return;
    }
    double covered = 0;
    for (float a : alpha.samples()) {
      covered += a;
    }
    covered /= alpha.planeSize();
    boolean nobody = covered < NOBODY;
    boolean first = frame.index() == 0;
    boolean sure = settings.alpha().isPresent();
    if (first
        && (clip.still() || !sourceLight.settled())
        && (nobody || (!sure && covered < NOBODY_FACELESS))) {
      throw new UserError(
          clip.path().toString(),
          String.format(
              Locale.ROOT,
              "shows no person in its first frame: no face, and %.1f %% of the picture stands out",
              100 * covered),
          "start where one is seen (--start), or give a matte (--alpha)");
    }
    warnings.add(
        nobody
            ? "some frames show no person; they are passed on with the background alone"
            : "some frames show no face; their light is judged by the silhouette");
  }

  @Override
  public int lookahead() {
    return networks.map(network -> network.span().window()).orElse(0);
  }

  @Override
  public void end() {
    windows.end();
  }

  @Override
  public void abandon() {
    windows.abandon();
  }

  @Override
  public void timeStages(StageClock stages) {
    clock = stages;
  }

  @Override
  public byte[] state() {
    ByteArrayOutputStream bytes = new ByteArrayOutputStream();
    try (DataOutputStream out = new DataOutputStream(bytes)) {
      out.writeInt(STATE_VERSION);
      out.writeDouble(firstSeconds);
      out.writeInt(lastLuma == null ? 0 : lastLuma.width());
      out.writeInt(lastLuma == null ? 0 : lastLuma.height());
      if (lastLuma != null) {
        for (float v : lastLuma.samples()) {
          out.writeFloat(v);
        }
      }
      out.writeLong(backdrops.position());
      mattes.write(out);
      byte[] tracked = faces.state();
      out.writeInt(tracked.length);
      out.write(tracked);
      steadier.write(out);
      SteadyView.write(lastView, out);
      sourceLight.write(out);
      windows.write(out);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
    return bytes.toByteArray();
  }

  @Override
  public void restore(byte[] state) {
    try (DataInputStream in = new DataInputStream(new ByteArrayInputStream(state))) {
      int version = in.readInt();
      if (version != STATE_VERSION) {
        throw new IOException("version " + version + ", expected " + STATE_VERSION);
      }
      firstSeconds = in.readDouble();
      int w = in.readInt();
      int h = in.readInt();
      lastLuma = null;
      if (w > 0 && h > 0) {
        float[] luma = new float[Math.multiplyExact(w, h)];
        for (int i = 0; i < luma.length; i++) {
          luma[i] = in.readFloat();
        }
        lastLuma = Image.data(w, h, 1, luma);
      }
      backdrops.restore(in.readLong());
      mattes.read(in);
      faces.restore(in.readNBytes(in.readInt()));
      steadier.read(in);
      lastView = SteadyView.read(in);
      sourceLight.read(in);
      windows.read(in, (seconds, w1, h1) -> views.of(illumination.at(seconds), w1, h1));
    } catch (IOException e) {
      throw new UserError(
          clip.path().toString(),
          "has an interrupted job whose state cannot be read (" + e.getMessage() + ")",
          "start it again with --restart",
          e);
    }
  }

  @Override
  public void close() {
    mattes.close();
    faces.close();
    backdrops.close();
    flow.close();
    illumination.close();
    networks.ifPresent(WindowRelighter::close);
  }
}
