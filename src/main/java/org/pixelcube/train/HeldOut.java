package org.pixelcube.train;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.Function;
import org.pixelcube.config.UserError;
import org.pixelcube.dataset.Split;
import org.pixelcube.diffusion.DelightFrame;
import org.pixelcube.diffusion.PictureCode;
import org.pixelcube.diffusion.RelightFrame;
import org.pixelcube.diffusion.Task;
import org.pixelcube.image.Image;
import org.pixelcube.image.Montage;
import org.pixelcube.image.Similarity;

/** Examples that a network is looked at with while it learns, always the same ones. */
final class HeldOut {
  /** Key of the measure of likeness, decibels. */
  static final String PSNR = "psnr";

  /**
   * What a network makes of a clip.
   *
   * @param states {@code (1, s, t, h, w)}
   */
  record Result(Batch batch, float[] states) {}

  private final Task task;
  private final List<List<Example.Part>> clips;
  private final boolean findsNormals;
  private List<Montage.Cell> cells = List.of();

  private HeldOut(TrainSettings settings, List<List<Example.Part>> clips) {
    this.task = settings.task();
    this.findsNormals = settings.network().isPresent();
    this.clips = clips;
  }

  /**
   * Draws them, from clips of the split VALIDATION if there are any.
   *
   * @param divisor what sides must be multiples of
   * @param shapes finds shapes where networks are told of them
   */
  static HeldOut of(TrainSettings settings, int divisor, Optional<ShapeFinder> shapes) {
    int count = Math.max(1, settings.heldOut());
    DataSettings d = settings.data();
    DataSettings few =
        new DataSettings(
            d.datasets(),
            d.clips(),
            d.maps(),
            d.builtIn(),
            d.frames(),
            count,
            1,
            1,
            d.workers(),
            Optional.empty(),
            d.frontLit());
    try (ExamplePool pool = pool(few, settings, shapes)) {
      List<List<Example.Part>> clips = new ArrayList<>();
      for (int i = 0; i < count; i++) {
        clips.add(whole(pool.at(i), divisor));
      }
      return new HeldOut(settings, clips);
    }
  }

  private static ExamplePool pool(
      DataSettings few, TrainSettings settings, Optional<ShapeFinder> shapes) {
    long seed = ExamplePool.mixed(settings.seed(), 0x4E1D);
    if (settings.heldOut() > 0) {
      try {
        return new ExamplePool(few, Split.VALIDATION, seed, shapes);
      } catch (UserError _) {
        // A small dataset has no such clip; other lights on the training's clips tell something.
      }
    }
    return new ExamplePool(few, Split.TRAIN, seed, shapes);
  }

  /** The middle of the frames, as large as the network takes it. */
  private static List<Example.Part> whole(Example example, int divisor) {
    int size = Math.min(example.width(), example.height()) / divisor * divisor;
    Example.Look look =
        new Example.Look(
            example.width(),
            (example.width() - size) / 2,
            (example.height() - size) / 2,
            size,
            false);
    List<Example.Part> parts = new ArrayList<>();
    for (int t = 0; t < example.frames().size(); t++) {
      parts.add(example.part(t, look));
    }
    return parts;
  }

  /**
   * Looks at all of them.
   *
   * @param network finds the states of a clip
   * @return measures by name
   */
  Map<String, Double> look(Function<List<Example.Part>, Result> network) {
    double error = 0;
    double plainError = 0;
    double angle = 0;
    int frames = 0;
    List<Montage.Cell> drawn = new ArrayList<>();
    for (List<Example.Part> clip : clips) {
      Result result = network.apply(clip);
      Batch batch = result.batch();
      int size = batch.size();
      for (int t = 0; t < batch.frames(); t++) {
        Example.Part part = clip.get(t);
        float[] state =
            Batch.frame(result.states(), task.state(), batch.frames(), size * size, 0, t);
        float[] plain = Batch.frame(batch.plain(), 3, batch.frames(), size * size, 0, t);
        float[] plainPicture = new float[plain.length];
        PictureCode.decode(plain, 0, plainPicture, 0, plain.length);
        float[] found;
        float[] truth;
        if (task == Task.DELIGHT) {
          DelightFrame told = batch.delightFrame(0, t);
          found = told.flatLit(state);
          truth = part.flatLit();
          angle += angleDegrees(told.normals(state), part);
        } else {
          found = new RelightFrame(plain, new float[0]).picture(state);
          truth = part.target();
        }
        Image weight = Image.data(size, size, 1, part.matte());
        Image shown = Similarity.shown(Image.rgb(size, size, truth));
        error +=
            Similarity.meanSquaredError(
                Similarity.shown(Image.rgb(size, size, found)), shown, weight);
        plainError +=
            Similarity.meanSquaredError(
                Similarity.shown(Image.rgb(size, size, plainPicture)), shown, weight);
        frames++;
        if (t == 0) {
          drawn.add(cell(size, part.picture(), drawn.isEmpty() ? "input" : ""));
          drawn.add(cell(size, plainPicture, drawn.size() == 1 ? "plain" : ""));
          drawn.add(cell(size, found, drawn.size() == 2 ? "found" : ""));
          drawn.add(cell(size, truth, drawn.size() == 3 ? "truth" : ""));
        }
      }
    }
    cells = drawn;
    Map<String, Double> measures = new LinkedHashMap<>();
    measures.put(PSNR, Similarity.decibels(error / frames));
    measures.put("plainPsnr", Similarity.decibels(plainError / frames));
    if (task == Task.DELIGHT && findsNormals) {
      measures.put("normalDegrees", angle / frames);
    }
    return measures;
  }

  private static double angleDegrees(float[] normals, Example.Part part) {
    int n = part.matte().length;
    double sum = 0;
    double total = 0;
    for (int i = 0; i < n; i++) {
      float[] a = {normals[i], normals[n + i], normals[2 * n + i]};
      float[] b = {part.normals()[i], part.normals()[n + i], part.normals()[2 * n + i]};
      double dot = a[0] * b[0] + a[1] * b[1] + a[2] * b[2];
      double lengths =
          Math.sqrt((a[0] * a[0] + a[1] * a[1] + a[2] * a[2] + 1e-12))
              * Math.sqrt(b[0] * b[0] + b[1] * b[1] + b[2] * b[2] + 1e-12);
      sum += part.matte()[i] * Math.acos(Math.clamp(dot / lengths, -1, 1));
      total += part.matte()[i];
    }
    return Math.toDegrees(sum / total);
  }

  private static Montage.Cell cell(int size, float[] linear, String label) {
    return new Montage.Cell(Image.rgb(size, size, linear), label);
  }

  /** A row for each example of the last look: input, plain, found, truth. */
  Image sheet() {
    return Montage.sheet(cells, 4);
  }
}
