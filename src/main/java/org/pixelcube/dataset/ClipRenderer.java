package org.pixelcube.dataset;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.SplittableRandom;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.function.Function;
import java.util.function.IntConsumer;
import org.pixelcube.config.Interruption;
import org.pixelcube.config.Version;
import org.pixelcube.head.Actor;
import org.pixelcube.head.CameraTrack;
import org.pixelcube.head.FramePose;
import org.pixelcube.head.Performance;
import org.pixelcube.head.Traits;
import org.pixelcube.math.Vector3;
import org.pixelcube.render.Camera;
import org.pixelcube.render.DirectionBins;
import org.pixelcube.render.FieldBasis;
import org.pixelcube.render.FieldCodec;
import org.pixelcube.render.FieldDenoiser;
import org.pixelcube.render.FieldTracer;
import org.pixelcube.render.Instance;
import org.pixelcube.render.LightBasis;
import org.pixelcube.render.ReflectanceField;
import org.pixelcube.render.Scene;

/**
 * Renders the clips of a {@link DatasetRecipe}: who, what they do, how it is filmed, and each
 * frame's reflectance field. A clip depends on the recipe and its number alone.
 */
public final class ClipRenderer {
  /** Frames that the patterns of a clip are found in. */
  private static final int KEY_FRAMES = 3;

  private static final List<Performance.Kind> KINDS =
      List.of(
          Performance.Kind.TALKING,
          Performance.Kind.EMOTING,
          Performance.Kind.TURNING,
          Performance.Kind.LISTENING,
          Performance.Kind.TALKING,
          Performance.Kind.STILL);

  private final DatasetRecipe recipe;
  private final Function<Traits, Actor> casting;
  private Traits lastTraits;
  private Actor lastActor;

  private ClipRenderer(DatasetRecipe recipe, Function<Traits, Actor> casting) {
    this.recipe = recipe;
    this.casting = casting;
  }

  /**
   * A renderer.
   *
   * @param casting builds a person
   */
  public static ClipRenderer of(DatasetRecipe recipe, Function<Traits, Actor> casting) {
    return new ClipRenderer(recipe, casting);
  }

  private SplittableRandom random(int number) {
    return new SplittableRandom(recipe.seed() * 0x9E3779B97F4A7C15L + 31L * number + 7);
  }

  /** Who is seen in a clip. */
  public Traits traits(int number) {
    long subject = number / recipe.clipsPerSubject();
    return Traits.of(Math.floorMod(recipe.seed() * 1_000_003L + subject, 1L << 48));
  }

  /** What is done in a clip. */
  public Performance.Kind kind(int number) {
    return KINDS.get(number % KINDS.size());
  }

  /**
   * Renders a clip.
   *
   * @param number 0 to clips − 1
   * @param watcher is told how many frames are done
   */
  public Clip render(int number, IntConsumer watcher) {
    SplittableRandom random = random(number);
    Traits traits = traits(number);
    Actor actor = actor(traits);
    double duration = recipe.frames() / recipe.framesPerSecond();
    CameraTrack track = CameraTrack.of(random.nextLong(), duration, lowest(actor));
    Performance performance =
        Performance.of(random.nextLong(), kind(number), duration, track.position());
    LightBasis lights =
        new LightBasis(
            new DirectionBins(recipe.cells()),
            LightBasis.spreadSuns(recipe.suns(), 360 * random.nextDouble(), 50),
            List.of());
    FieldTracer.Settings settings =
        FieldTracer.Settings.DEFAULT
            .withSamples(recipe.samplesPerPixel())
            .withSeed(random.nextLong());
    Map<Integer, ReflectanceField> keys = new LinkedHashMap<>();
    int frames = recipe.frames();
    int wanted = Math.min(KEY_FRAMES, frames);
    int done = 0;
    for (int k = 0; k < wanted; k++) {
      int i = wanted == 1 ? 0 : k * (frames - 1) / (wanted - 1);
      keys.put(i, quiet(trace(actor, performance, track, lights, settings, i)));
      watcher.accept(++done);
    }
    FieldBasis basis = FieldBasis.of(List.copyOf(keys.values()), recipe.tolerance());
    List<ClipMeta.FrameMeta> listed = new ArrayList<>();
    Map<String, byte[]> members = new LinkedHashMap<>();
    String name = "clip-%06d".formatted(number);
    members.put(name + "." + Clip.BASIS, basis.toBytes());
    // A frame is stored while the next one is traced: either has stretches of one thread.
    try (ExecutorService storing = Executors.newSingleThreadExecutor()) {
      List<Future<Stored>> stored = new ArrayList<>();
      for (int i = 0; i < frames; i++) {
        boolean key = keys.containsKey(i);
        ReflectanceField field =
            key ? keys.remove(i) : trace(actor, performance, track, lights, settings, i);
        listed.add(frame(actor, performance, track, i));
        if (i > 0) {
          // Beside the keys no more than two frames are in memory.
          result(stored.get(i - 1));
        }
        stored.add(storing.submit(() -> Stored.of(key ? field : quiet(field), basis)));
        if (!key) {
          watcher.accept(++done);
        }
      }
      for (int i = 0; i < frames; i++) {
        Stored frame = result(stored.get(i));
        members.put("%s.%s.%04d".formatted(name, Clip.FIELD, i), frame.field);
        members.put("%s.%s.%04d".formatted(name, Clip.AOVS, i), frame.planes);
      }
    }
    String subject = "rendered-%012x".formatted(traits.seed());
    ClipMeta meta =
        new ClipMeta(
            ClipMeta.FORMAT,
            name,
            ClipMeta.Kind.RENDERED,
            subject,
            Split.of(subject),
            kind(number).name().toLowerCase(Locale.ROOT),
            Optional.of(traits),
            recipe.size(),
            recipe.size(),
            recipe.framesPerSecond(),
            Optional.of(recipe.tolerance()),
            listed,
            provenance(traits),
            List.of());
    return Clip.of(meta, members);
  }

  private synchronized Actor actor(Traits traits) {
    if (!traits.equals(lastTraits)) {
      lastActor = casting.apply(traits);
      lastTraits = traits;
    }
    return lastActor;
  }

  /** Where the person ends below, and a bit above for shoulders that move. */
  private static double lowest(Actor actor) {
    double lowest = 0;
    for (Instance instance : actor.at(FramePose.REST, FramePose.REST)) {
      if (instance.shape().name().contains("hair")) {
        continue;
      }
      float[] positions = instance.shape().mesh().positions();
      for (int i = 0; i < positions.length; i += 3) {
        double y =
            instance
                .pose()
                .point(new Vector3(positions[i], positions[i + 1], positions[i + 2]))
                .y();
        lowest = Math.min(lowest, y);
      }
    }
    return lowest + 0.02;
  }

  private double time(int frame) {
    return frame / recipe.framesPerSecond();
  }

  private ReflectanceField trace(
      Actor actor,
      Performance performance,
      CameraTrack track,
      LightBasis lights,
      FieldTracer.Settings settings,
      int frame) {
    FramePose now = performance.at(time(frame));
    FramePose before = performance.at(time(frame - 1));
    Scene scene =
        new Scene(
            actor.at(now, before),
            track.at(time(frame), recipe.size(), recipe.size()),
            track.at(time(frame - 1), recipe.size(), recipe.size()));
    return FieldTracer.trace(scene, lights, settings.withSeed(settings.seed() + 0x9E37L * frame));
  }

  private ReflectanceField quiet(ReflectanceField field) {
    return recipe.denoise() ? FieldDenoiser.denoised(field) : field;
  }

  /** A frame as the clip keeps it. */
  private record Stored(byte[] field, byte[] planes) {
    static Stored of(ReflectanceField field, FieldBasis basis) {
      return new Stored(FieldCodec.encode(field, basis), FieldCodec.encodeAovs(field));
    }
  }

  private static Stored result(Future<Stored> stored) {
    try {
      return stored.get();
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new Interruption.Requested();
    } catch (ExecutionException e) {
      if (e.getCause() instanceof RuntimeException cause) {
        throw cause;
      }
      throw new IllegalStateException(e.getCause());
    }
  }

  private ClipMeta.FrameMeta frame(
      Actor actor, Performance performance, CameraTrack track, int frame) {
    Camera camera = track.at(time(frame), recipe.size(), recipe.size());
    float[] points = actor.landmarks(performance.at(time(frame)));
    List<Double> landmarks = new ArrayList<>();
    for (int i = 0; i < points.length; i += 3) {
      Vector3 seen = camera.project(new Vector3(points[i], points[i + 1], points[i + 2]));
      landmarks.add(rounded(seen.x()));
      landmarks.add(rounded(seen.y()));
    }
    return new ClipMeta.FrameMeta(
        time(frame), ClipMeta.CameraMeta.of(camera), Optional.of(landmarks), Optional.empty());
  }

  private static double rounded(double pixels) {
    return Math.rint(pixels * 1000) / 1000;
  }

  /** Under which licence pictures of such heads may be handed on, as an SPDX expression. */
  public static String licence(Traits.Family family) {
    return switch (family) {
      case ICT_FACEKIT -> "LicenseRef-CC-BY";
      case MAKEHUMAN -> "CC0-1.0";
    };
  }

  private ClipMeta.Provenance provenance(Traits traits) {
    List<ClipMeta.Asset> assets =
        switch (traits.family()) {
          case ICT_FACEKIT ->
              List.of(
                  new ClipMeta.Asset(
                      "ICT-FaceKit", "MIT", "USC Institute for Creative Technologies"),
                  new ClipMeta.Asset(
                      "Reom skin maps", "LicenseRef-CC-BY", "'Reom' by ComplexAce, CharMorph-db"));
          case MAKEHUMAN ->
              List.of(new ClipMeta.Asset("MakeHuman assets", "CC0-1.0", "MakeHuman team"));
        };
    return new ClipMeta.Provenance(
        licence(traits.family()), "Pixel Cube " + Version.NUMBER, recipe.seed(), assets);
  }
}
