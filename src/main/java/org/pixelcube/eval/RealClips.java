package org.pixelcube.eval;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.pixelcube.config.Interruption;
import org.pixelcube.config.Progress;
import org.pixelcube.config.UserError;
import org.pixelcube.config.Warnings;
import org.pixelcube.pipeline.ClipRelight;
import org.pixelcube.pipeline.FrameProcessor;
import org.pixelcube.pipeline.RelightSettings;
import org.pixelcube.pipeline.TemporalQuality;
import org.pixelcube.video.ClipReader;
import org.pixelcube.video.Frame;
import org.pixelcube.vision.Face;
import org.pixelcube.vision.FaceTracker;
import org.pixelcube.vision.Identity;
import org.pixelcube.vision.Model;
import org.pixelcube.vision.ModelStore;
import org.pixelcube.vision.Modnet;

/**
 * Real clips relit by each model, for which there is no truth: whether the person is still the
 * same, and how steady the result is beside its input.
 */
public final class RealClips {
  /** Frames of a clip whose faces are compared. */
  private static final int FACES = 8;

  private static final int MATTE_SIDE = 288;

  /**
   * A clip under one map by one model.
   *
   * @param video file name of the result
   * @param identity mean cosine of SFace embeddings of input and result; not a number where no face
   *     was found in both
   * @param steadiness of the result beside its input
   */
  public record Row(
      String clip,
      String map,
      String model,
      String video,
      double identity,
      TemporalQuality steadiness) {}

  private RealClips() {}

  /**
   * Relights, where that is not done yet, and compares.
   *
   * @param folder of the report
   * @param frames of each clip at most
   * @throws UserError if a clip cannot be read, or has no person in it
   */
  public static List<Row> run(
      List<Path> clips,
      List<String> maps,
      List<String> models,
      int frames,
      Path folder,
      FrameProcessor.Factory processors,
      ModelStore store,
      Progress.Opener progress,
      Warnings warnings,
      Interruption interruption) {
    List<Row> rows = new ArrayList<>();
    if (clips.isEmpty()) {
      return rows;
    }
    Path videos = folder.resolve("videos");
    try {
      Files.createDirectories(videos);
    } catch (IOException e) {
      throw new UserError(videos.toString(), "cannot be made", "give another --report", e);
    }
    try (Identity identity = Identity.open(store.fetch(Model.SFACE), 1);
        Modnet matting = Modnet.open(store.fetch(Model.MODNET), MATTE_SIDE, 1)) {
      for (Path clip : clips) {
        for (String map : maps) {
          for (String model : models) {
            interruption.check();
            String video =
                "%s-%s-%s.mp4".formatted(plain(clip.toString()), plain(map), plain(model));
            Path output = videos.resolve(video);
            if (!Files.isRegularFile(output)) {
              RelightSettings settings =
                  RelightSettings.DEFAULTS
                      .with("env", map)
                      .with("model", model)
                      .with("frames", frames);
              ClipRelight.run(
                  new ClipRelight.Request(clip, output, settings, false, false),
                  processors,
                  progress,
                  warnings,
                  interruption);
            }
            rows.add(
                new Row(
                    Validation.name(clip.toString()),
                    Validation.name(map),
                    model,
                    video,
                    likeness(clip, output, identity, store),
                    TemporalQuality.measure(clip, output, matting, 2, interruption)));
          }
        }
      }
    }
    return List.copyOf(rows);
  }

  /** A path as part of a file name. */
  private static String plain(String path) {
    return Validation.name(path).replaceAll("\\.[^.]*$", "").replaceAll("[^A-Za-z0-9_-]", "_");
  }

  private static double likeness(Path before, Path after, Identity identity, ModelStore store) {
    Path bundle = store.fetch(Model.FACE_LANDMARKER);
    FaceTracker.Options one = new FaceTracker.Options(1, 1, false, false, 1);
    double sum = 0;
    int count = 0;
    try (ClipReader in = ClipReader.open(before);
        ClipReader out = ClipReader.open(after);
        FaceTracker inFaces = new FaceTracker(bundle, one);
        FaceTracker outFaces = new FaceTracker(bundle, one)) {
      long frames = Math.max(1, out.info().frameCount());
      long step = Math.max(1, frames / FACES);
      for (long i = 0; ; i++) {
        Optional<Frame> a = in.next();
        Optional<Frame> b = out.next();
        if (a.isEmpty() || b.isEmpty()) {
          return count == 0 ? Double.NaN : sum / count;
        }
        if (i % step != 0) {
          continue;
        }
        List<Face> x = inFaces.next(a.get().image(), (double) i);
        List<Face> y = outFaces.next(b.get().image(), (double) i);
        if (!x.isEmpty() && !y.isEmpty()) {
          sum +=
              Identity.similarity(
                  identity.embedding(a.get().image(), x.getFirst()),
                  identity.embedding(b.get().image(), y.getFirst()));
          count++;
        }
      }
    }
  }
}
