package org.pixelcube.eval;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Random;
import org.pixelcube.config.Interruption;
import org.pixelcube.config.UserError;
import org.pixelcube.config.Warnings;
import org.pixelcube.dataset.Clip;
import org.pixelcube.dataset.ClipDataset;
import org.pixelcube.dataset.DatasetIndex;
import org.pixelcube.dataset.LightCollection;
import org.pixelcube.dataset.SampleGenerator;
import org.pixelcube.dataset.Split;
import org.pixelcube.dataset.TrainingSample;
import org.pixelcube.image.Image;
import org.pixelcube.image.Montage;
import org.pixelcube.image.Similarity;
import org.pixelcube.image.Warp;
import org.pixelcube.pipeline.FrameProcessor;
import org.pixelcube.pipeline.RelightSettings;

/**
 * How near the whole path from file to relit frame comes to rendered truth: clips of subjects held
 * out are lit by one light, filmed with all faults of a camera, relit to another light by each
 * model, and compared with the render under that light. The matte is the render's, so that light
 * alone is judged.
 */
public final class Validation {
  /** Coverage from which a pixel counts: the rim belongs to the matte. */
  private static final float INSIDE = 0.95f;

  /**
   * What to look at.
   *
   * @param dataset folder of rendered clips
   * @param split whose subjects
   * @param maps folder of maps to light by; those built in where absent
   * @param lights pairs of lights for each clip
   * @param clips at most
   * @param frames of each clip at most
   * @param models as {@link RelightSettings#model()} names them
   * @param seed of the lights
   */
  public record Request(
      Path dataset,
      Split split,
      Optional<Path> maps,
      int lights,
      int clips,
      int frames,
      List<String> models,
      long seed) {
    public Request {
      models = List.copyOf(models);
    }
  }

  /**
   * One clip under one light by one model.
   *
   * @param clip its name
   * @param map the new light's
   * @param moving whether the new light moves
   * @param meanSquaredError of shown pictures, on the subject
   * @param structural similarity (SSIM), on the subject
   * @param warped similarity of each frame to the one before, moved as the subject moved
   * @param truthWarped the same of the truth
   */
  public record Row(
      String clip,
      String map,
      boolean moving,
      String model,
      double meanSquaredError,
      double structural,
      double warped,
      double truthWarped) {
    /** Peak signal to noise ratio in dB. */
    public double decibels() {
      return Similarity.decibels(meanSquaredError);
    }
  }

  /**
   * Means over rows of one model.
   *
   * @param decibels the mean over clips of their signal to noise ratios
   */
  public record Mean(
      String model, int clips, double decibels, double structural, double warped, double truth) {}

  /** What came of it, with a row of pictures for each clip: input, each model's, truth. */
  public record Outcome(List<Row> rows, List<Montage.Cell> cells, int columns) {
    /** The means of each model, in the order asked for. */
    public List<Mean> means() {
      return rows.stream()
          .map(Row::model)
          .distinct()
          .map(model -> {
            List<Row> of = rows.stream().filter(r -> r.model().equals(model)).toList();
            return new Mean(
                model,
                of.size(),
                of.stream().mapToDouble(Row::decibels).average().orElseThrow(),
                of.stream().mapToDouble(Row::structural).average().orElseThrow(),
                of.stream().mapToDouble(Row::warped).average().orElseThrow(),
                of.stream().mapToDouble(Row::truthWarped).average().orElseThrow());
          })
          .toList();
    }
  }

  private Validation() {}

  /**
   * Looks.
   *
   * @param done told how many clips under a light are done
   * @throws UserError if there is no clip to look at, or a file cannot be read
   */
  public static Outcome run(
      Request request,
      FrameProcessor.Factory processors,
      Warnings warnings,
      Interruption interruption,
      java.util.function.IntConsumer done) {
    ClipDataset dataset = ClipDataset.open(request.dataset());
    List<DatasetIndex.Entry> entries =
        dataset.clips(request.split()).stream().limit(request.clips()).toList();
    if (entries.isEmpty()) {
      throw new UserError(
          request.dataset().toString(),
          "holds no clip for validation",
          "render more subjects: one in ten is kept for it");
    }
    LightCollection lights = lights(request.maps());
    SampleGenerator generator = SampleGenerator.of(lights, request.frames());
    List<Row> rows = new ArrayList<>();
    List<Montage.Cell> cells = new ArrayList<>();
    int finished = 0;
    for (DatasetIndex.Entry entry : entries) {
      Clip clip = dataset.read(entry);
      for (int k = 0; k < request.lights(); k++) {
        interruption.check();
        Random random = new Random(request.seed() * 1_000_003 + entry.name().hashCode() * 31L + k);
        TrainingSample sample = generator.draw(clip, random);
        compare(sample, request, processors, warnings, rows, cells);
        done.accept(++finished);
      }
    }
    return new Outcome(List.copyOf(rows), List.copyOf(cells), request.models().size() + 2);
  }

  static LightCollection lights(Optional<Path> folder) {
    if (folder.isEmpty()) {
      return LightCollection.of(Optional.empty());
    }
    return LightCollection.of(
        LightCollection.of(folder).names().stream().filter(name -> name.contains(".")).toList());
  }

  private static void compare(
      TrainingSample sample,
      Request request,
      FrameProcessor.Factory processors,
      Warnings warnings,
      List<Row> rows,
      List<Montage.Cell> cells) {
    List<Image> truth = new ArrayList<>();
    List<Image> weights = new ArrayList<>();
    for (TrainingSample.Frame f : sample.frames()) {
      truth.add(Similarity.shown(subject(f)));
      weights.add(inside(f.matte()));
    }
    boolean first = cells.isEmpty();
    cells.add(new Montage.Cell(sample.frames().getFirst().input(), first ? "input" : ""));
    try (Shot shot = Shot.of(sample)) {
      for (String model : request.models()) {
        List<Image> relit = shot.relit(shot.settings().with("model", model), processors, warnings);
        List<Image> shown = relit.stream().map(Similarity::shown).toList();
        double error = 0;
        double structural = 0;
        for (int i = 0; i < shown.size(); i++) {
          error += Similarity.meanSquaredError(shown.get(i), truth.get(i), weights.get(i));
          structural += Similarity.structural(shown.get(i), truth.get(i), weights.get(i));
        }
        rows.add(
            new Row(
                sample.clip(),
                name(sample.target().map()),
                sample.target().yawRateDegrees() != 0 || sample.target().swellStops() != 0,
                model,
                error / shown.size(),
                structural / shown.size(),
                warped(shown, weights, sample),
                warped(truth, weights, sample)));
        cells.add(
            new Montage.Cell(
                masked(relit.getFirst(), sample.frames().getFirst().matte()),
                first ? name(model) : ""));
      }
    }
    TrainingSample.Frame start = sample.frames().getFirst();
    cells.add(new Montage.Cell(masked(subject(start), start.matte()), first ? "truth" : ""));
  }

  static String name(String path) {
    return String.valueOf(Path.of(path).getFileName());
  }

  /** The subject under the new light without the background, straight. */
  static Image subject(TrainingSample.Frame f) {
    float[] s = f.target().samples();
    float[] b = f.background().samples();
    float[] a = f.matte().samples();
    float[] out = new float[s.length];
    for (int i = 0; i < s.length; i++) {
      float alpha = a[i % a.length];
      out[i] = Math.max(0, s[i] - (1 - alpha) * b[i]) / Math.max(alpha, 0.05f);
    }
    return Image.rgb(f.target().width(), f.target().height(), out);
  }

  static Image masked(Image picture, Image matte) {
    float[] out = picture.samples().clone();
    for (int i = 0; i < out.length; i++) {
      out[i] *= matte.samples()[i % matte.planeSize()];
    }
    return Image.rgb(picture.width(), picture.height(), out);
  }

  static Image inside(Image matte) {
    float[] out = new float[matte.planeSize()];
    for (int i = 0; i < out.length; i++) {
      out[i] = matte.samples()[i] >= INSIDE ? 1 : 0;
    }
    return Image.data(matte.width(), matte.height(), 1, out);
  }

  /** Mean similarity of frames to those before, carried along the render's own motion. */
  static double warped(List<Image> shown, List<Image> weights, TrainingSample sample) {
    double sum = 0;
    for (int i = 1; i < shown.size(); i++) {
      float[] motion = sample.frames().get(i).motion().samples();
      float[] back = new float[motion.length];
      for (int k = 0; k < motion.length; k++) {
        back[k] = -motion[k];
      }
      Image flow = Image.data(shown.get(i).width(), shown.get(i).height(), 2, back);
      float[] seen = Warp.backward(weights.get(i - 1), flow).samples();
      float[] both = weights.get(i).samples().clone();
      for (int k = 0; k < both.length; k++) {
        both[k] *= seen[k] > INSIDE ? 1 : 0;
      }
      Image weight = Image.data(flow.width(), flow.height(), 1, both);
      sum += Similarity.structural(shown.get(i), Warp.backward(shown.get(i - 1), flow), weight);
    }
    return shown.size() > 1 ? sum / (shown.size() - 1) : Double.NaN;
  }
}
