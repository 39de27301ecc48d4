package org.pixelcube.eval;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.pixelcube.config.Interruption;
import org.pixelcube.config.Progress;
import org.pixelcube.config.UserError;
import org.pixelcube.config.Warnings;
import org.pixelcube.dataset.DatasetWriter;
import org.pixelcube.dataset.LightCollection;
import org.pixelcube.dataset.SampleGenerator;
import org.pixelcube.dataset.Split;
import org.pixelcube.dataset.TestClips;
import org.pixelcube.dataset.TrainingSample;
import org.pixelcube.diffusion.SubjectShape;
import org.pixelcube.image.Image;
import org.pixelcube.image.Similarity;
import org.pixelcube.light.EnvironmentMap;
import org.pixelcube.light.IrradianceMap;
import org.pixelcube.math.Vector3;
import org.pixelcube.train.ShapeFinder;

class EvaluationTest {
  private static final LightCollection MAPS = LightCollection.of(List.of("softbox", "split"));

  private static Trial trial(long seed) {
    return Trial.of(
        SampleGenerator.of(MAPS, 3)
            .draw(TestClips.rendered("ball", "subject", 3, seed), new Random(seed)));
  }

  private static List<Image> times(List<Image> images, float... gains) {
    return images.stream()
        .map(image -> {
          float[] s = image.samples().clone();
          for (int i = 0; i < s.length; i++) {
            s[i] *= gains[i / image.planeSize()];
          }
          return Image.rgb(image.width(), image.height(), s);
        })
        .toList();
  }

  @Test
  void theTruthIsPerfect() {
    Trial trial = trial(1);
    assertEquals(Double.POSITIVE_INFINITY, Measure.PSNR.of(trial, trial.truth()));
    assertEquals(1, Measure.SSIM.of(trial, trial.truth()), 1e-6);
    assertEquals(0, Measure.GRADIENTS.of(trial, trial.truth()), 1e-6);
    assertEquals(Double.POSITIVE_INFINITY, Measure.TEMPORAL_PSNR.of(trial, trial.truth()));
    double azimuth = Measure.AZIMUTH.of(trial, trial.truth());
    assertTrue(Double.isNaN(azimuth) || azimuth == 0);
  }

  @Test
  void scalesAreTakenOutWhereAskedFor() {
    Trial trial = trial(2);
    List<Image> other = times(trial.truth(), 0.5f, 0.6f, 0.4f);
    assertTrue(Measure.PSNR.of(trial, other) < 25);
    assertTrue(Measure.SCALED_PSNR.of(trial, other) > 60);
    assertTrue(Measure.SCALED_SSIM.of(trial, other) > 0.999);
  }

  @Test
  void lightFromTheOtherSideIsSeen() {
    Trial trial = null;
    // The first drawn light that has a direction to the side.
    for (long seed = 1; trial == null || Double.isNaN(sideways(trial)); seed++) {
      trial = trial(seed);
    }
    assertTrue(sideways(trial) > 5);
  }

  /** How far off the truth is that was mirrored, which leaves a ball a ball. */
  private static double sideways(Trial trial) {
    List<Image> mirrored =
        trial.truth().stream()
            .map(image -> {
              int w = image.width();
              float[] s = new float[image.samples().length];
              for (int i = 0; i < s.length; i++) {
                s[i] = image.samples()[i / w * w + w - 1 - i % w];
              }
              return Image.rgb(w, image.height(), s);
            })
            .toList();
    return Measure.AZIMUTH.of(trial, mirrored);
  }

  @Test
  void intervalsAreOverClips() {
    Interval one = Interval.of(List.of(List.of(3.0, 5.0), List.of(4.0, Double.NaN)));
    assertEquals(4, one.mean());
    assertEquals(2, one.clips());
    // Both clips have the mean 4, so it is certain.
    assertEquals(4, one.low());
    assertEquals(4, one.high());
    Random random = new Random(7);
    List<List<Double>> few = new ArrayList<>();
    List<List<Double>> many = new ArrayList<>();
    for (int i = 0; i < 400; i++) {
      List<Double> clip = List.of(random.nextGaussian());
      many.add(clip);
      if (i < 25) {
        few.add(clip);
      }
    }
    Interval wide = Interval.of(few);
    Interval narrow = Interval.of(many);
    // A normal mean is known to ±1.96 σ / √n.
    assertEquals(2 * 1.96 / 20, narrow.high() - narrow.low(), 0.03);
    assertEquals(2 * 1.96 / 5, wide.high() - wide.low(), 0.25);
    assertTrue(Double.isNaN(Interval.of(List.of(List.of(Double.NaN))).mean()));
  }

  @Test
  void contendersHaveNames() {
    Contender.Model model = (Contender.Model) Contender.parse("small+alone+steps=4");
    assertEquals("small", model.model());
    assertTrue(model.alone());
    assertEquals(4, model.steps().getAsInt());
    assertThrows(UserError.class, () -> Contender.parse("small+fast"));
    assertThrows(UserError.class, () -> Contender.parse("+alone"));
  }

  /** Shapes as the render knows them. */
  private static ShapeFinder truth(TrainingSample sample) {
    return new ShapeFinder() {
      @Override
      public List<SubjectShape> shapes(List<View> frames) {
        return sample.frames().stream()
            .map(f -> new SubjectShape(f.normals().samples(), new float[0]))
            .toList();
      }

      @Override
      public void close() {}
    };
  }

  /**
   * A grey ball, shaded exactly as nine harmonics can say, gets what the new light gives its
   * normals.
   */
  @Test
  void quotientsRelightWhatIsLambertian() {
    TrainingSample drawn = trial(3).sample();
    EnvironmentMap source = slanted(new Vector3(0.8, 0.3, 0.3));
    EnvironmentMap target = slanted(new Vector3(-0.6, 0.5, 0.2));
    List<TrainingSample.Frame> frames = new ArrayList<>();
    for (TrainingSample.Frame f : drawn.frames()) {
      frames.add(
          new TrainingSample.Frame(
              lit(f, source),
              lit(f, target),
              f.flatLit(),
              f.albedo(),
              f.normals(),
              f.matte(),
              f.depth(),
              f.motion(),
              source,
              target,
              f.targetTurn(),
              f.targetGain(),
              f.background()));
    }
    TrainingSample sample =
        new TrainingSample(
            drawn.clip(), 0, drawn.source(), drawn.target(), drawn.camera(), List.copyOf(frames));
    List<Image> relit = QuotientImage.relit(sample, truth(sample));
    Trial trial =
        new Trial(
            sample,
            frames.stream().map(TrainingSample.Frame::target).toList(),
            frames.stream().map(f -> Similarity.shown(f.target())).toList(),
            frames.stream().map(f -> Validation.inside(f.matte())).toList());
    List<Image> copied = frames.stream().map(TrainingSample.Frame::input).toList();
    double found = Measure.SCALED_PSNR.of(trial, relit);
    assertTrue(
        found > 30 && found > Measure.SCALED_PSNR.of(trial, copied) + 3,
        "%.2f dB, copied %.2f".formatted(found, Measure.SCALED_PSNR.of(trial, copied)));
  }

  /** Radiance that grows evenly from one side to the other. */
  private static EnvironmentMap slanted(Vector3 slope) {
    int w = 64;
    int n = w * w / 2;
    float[] s = new float[3 * n];
    for (int i = 0; i < 3 * n; i++) {
      int row = i % n / w;
      s[i] =
          (float)
              (1 + slope.dot(EnvironmentMap.direction((i % w + 0.5) / w, (row + 0.5) / (w / 2.0))));
    }
    return EnvironmentMap.of(Image.rgb(w, w / 2, s));
  }

  private static Image lit(TrainingSample.Frame f, EnvironmentMap map) {
    float[] n = f.normals().samples();
    int size = f.matte().planeSize();
    float[] out = new float[3 * size];
    IrradianceMap.of(map)
        .sample(
            Arrays.copyOf(n, size),
            Arrays.copyOfRange(n, size, 2 * size),
            Arrays.copyOfRange(n, 2 * size, 3 * size),
            out);
    for (int i = 0; i < out.length; i++) {
      out[i] *= 0.5f / (float) Math.PI * f.matte().samples()[i % size];
    }
    return Image.rgb(f.matte().width(), f.matte().height(), out);
  }

  private record Recipe(String name) {}

  @Test
  void whatWasMeasuredIsNotMeasuredAgain(@TempDir Path folder) throws IOException {
    Path data = folder.resolve("balls");
    try (DatasetWriter writer = DatasetWriter.open(data, new Recipe("balls"), 2, 2)) {
      writer.put(0, TestClips.rendered("a", "subject-0", 3, 0));
      writer.put(1, TestClips.rendered("b", "subject-1", 3, 1));
      writer.finish();
    }
    Evaluation.Request request =
        new Evaluation.Request(
            List.of(data.toString()),
            List.of(Split.values()),
            Optional.empty(),
            2,
            10,
            3,
            List.of("copy"),
            5);
    Path report = folder.resolve("report");
    List<Evaluation.Result> all = run(request, report);
    assertEquals(4, all.size());
    Path trials = report.resolve("trials.jsonl");
    String text = Files.readString(trials);
    List<String> lines = text.lines().toList();
    assertEquals(5, lines.size());
    // Stopped in the middle of the third trial's line.
    Files.writeString(
        trials, String.join("\n", lines.subList(0, 3)) + "\n" + lines.get(3).substring(0, 20));
    assertEquals(all, run(request, report));
    assertEquals(text, Files.readString(trials));
    EvaluationReport page = new EvaluationReport(request, all, List.of());
    page.write(report);
    String html = Files.readString(report.resolve("index.html"));
    String mean = Measure.PSNR.text(page.mean("copy", Measure.PSNR).mean());
    assertTrue(html.contains(">" + mean + "<"), mean);
    for (Evaluation.Result result : all) {
      assertTrue(Files.isRegularFile(report.resolve("pictures").resolve(result.picture())));
    }
  }

  private static List<Evaluation.Result> run(Evaluation.Request request, Path report) {
    return Evaluation.run(
        request,
        report,
        (_, _, _) -> {
          throw new AssertionError("no model is asked for");
        },
        null,
        (_, _, _) -> Progress.silent(),
        new Warnings(_ -> {}),
        Interruption.manual());
  }
}
