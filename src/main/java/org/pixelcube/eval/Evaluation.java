package org.pixelcube.eval;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Random;
import org.pixelcube.config.Interruption;
import org.pixelcube.config.JsonSettings;
import org.pixelcube.config.Progress;
import org.pixelcube.config.UserError;
import org.pixelcube.config.Warnings;
import org.pixelcube.dataset.Clip;
import org.pixelcube.dataset.ClipDataset;
import org.pixelcube.dataset.ClipMeta;
import org.pixelcube.dataset.DatasetIndex;
import org.pixelcube.dataset.LightCollection;
import org.pixelcube.dataset.SampleGenerator;
import org.pixelcube.dataset.Split;
import org.pixelcube.image.Image;
import org.pixelcube.image.ImageFile;
import org.pixelcube.image.Montage;
import org.pixelcube.pipeline.FrameProcessor;
import org.pixelcube.train.ShapeFinder;

/**
 * How well contenders relight rendered clips of people they have not seen, in all {@link Measure}s,
 * with intervals over clips. Lights and faults of the camera are drawn as in training, from maps
 * that may be others. The matte is the render's, so that light alone is judged.
 *
 * <p>What is measured is written down as it comes: the same request goes on where it was
 * interrupted.
 */
public final class Evaluation {
  private static final String TRIALS = "trials.jsonl";

  /** Stops to either side at which the response to exposure is looked at. */
  private static final double STOPS = 1;

  /**
   * What to look at.
   *
   * @param datasets folders of rendered clips
   * @param splits whose subjects
   * @param maps folder of maps to light by; those built in where absent
   * @param lights pairs of lights for each clip
   * @param clips of each dataset at most
   * @param frames of each clip at most
   * @param contenders as {@link Contender#parse} reads them
   * @param seed of the lights
   */
  public record Request(
      List<String> datasets,
      List<Split> splits,
      Optional<String> maps,
      int lights,
      int clips,
      int frames,
      List<String> contenders,
      long seed) {
    public Request {
      datasets = List.copyOf(datasets);
      splits = List.copyOf(splits);
      contenders = List.copyOf(contenders);
    }
  }

  /**
   * One clip from one light to another.
   *
   * @param clip dataset and name: what intervals are over
   * @param title for people
   * @param picture file name of a row of pictures: input, each contender's, truth
   * @param values by contender and by {@link Measure#name()}; what says nothing is absent
   */
  public record Result(
      String clip, String title, String picture, Map<String, Map<String, Double>> values) {
    /** Not a number where the measure says nothing. */
    public double value(String contender, Measure measure) {
      return values.getOrDefault(contender, Map.of()).getOrDefault(measure.name(), Double.NaN);
    }
  }

  private final Request request;
  private final Path folder;
  private final List<Contender> contenders;
  private final Contender.Tools tools;

  private Evaluation(Request request, Path folder, Contender.Tools tools) {
    this.request = request;
    this.folder = folder;
    this.contenders = request.contenders().stream().map(Contender::parse).toList();
    this.tools = tools;
  }

  /**
   * Measures, or goes on measuring.
   *
   * @param folder of the report
   * @return a result for each clip and light
   * @throws UserError if there is no clip to look at, or a file cannot be read or written
   */
  public static List<Result> run(
      Request request,
      Path folder,
      FrameProcessor.Factory processors,
      ShapeFinder shapes,
      Progress.Opener progress,
      Warnings warnings,
      Interruption interruption) {
    return new Evaluation(request, folder, new Contender.Tools(processors, shapes, warnings))
        .run(progress, interruption);
  }

  private record Source(String dataset, ClipDataset clips, DatasetIndex.Entry entry) {}

  private List<Source> sources() {
    List<Source> sources = new ArrayList<>();
    for (String name : request.datasets()) {
      ClipDataset dataset = ClipDataset.open(Path.of(name));
      dataset.index().clips().stream()
          .filter(entry -> request.splits().contains(entry.split()))
          .limit(request.clips())
          .forEach(entry -> sources.add(new Source(name, dataset, entry)));
    }
    if (sources.isEmpty()) {
      throw new UserError(
          String.join(", ", request.datasets()),
          "holds no clip to evaluate on",
          "name another --split, or render more subjects");
    }
    return sources;
  }

  private List<Result> run(Progress.Opener progress, Interruption interruption) {
    List<Source> sources = sources();
    LightCollection lights = Validation.lights(request.maps().map(Path::of));
    SampleGenerator generator = SampleGenerator.of(lights, request.frames());
    Map<String, Result> known = known();
    List<Result> results = new ArrayList<>();
    long all = (long) sources.size() * request.lights();
    try (Progress shown = progress.open("evaluate", all, known.size())) {
      for (Source source : sources) {
        Clip clip = null;
        for (int k = 0; k < request.lights(); k++) {
          interruption.check();
          String key = "%s/%s/%d".formatted(source.dataset(), source.entry().name(), k);
          Result result = known.get(key);
          if (result == null) {
            if (clip == null) {
              clip = rendered(source);
            }
            Random random =
                new Random(request.seed() * 1_000_003 + source.entry().name().hashCode() * 31L + k);
            Trial trial = Trial.of(generator.draw(clip, random));
            result = result(trial, source, results.size());
            append(line(key, result));
          }
          results.add(result);
          shown.done(results.size());
        }
      }
    }
    return List.copyOf(results);
  }

  private static Clip rendered(Source source) {
    Clip clip = source.clips().read(source.entry());
    if (clip.meta().kind() != ClipMeta.Kind.RENDERED) {
      throw new UserError(
          "clip '%s'".formatted(clip.meta().name()),
          "is captured (expected rendered)",
          "leave its dataset out");
    }
    return clip;
  }

  private Result result(Trial trial, Source source, int number) {
    Map<String, Map<String, Double>> values = new LinkedHashMap<>();
    List<Montage.Cell> cells = new ArrayList<>();
    cells.add(new Montage.Cell(trial.sample().frames().getFirst().input(), "input"));
    Image matte = trial.sample().frames().getFirst().matte();
    for (Contender contender : contenders) {
      List<Image> relit = contender.relit(trial, tools);
      Map<String, Double> of = new LinkedHashMap<>();
      for (Measure measure : Measure.values()) {
        double value =
            measure == Measure.EXPOSURE ? response(contender, trial) : measure.of(trial, relit);
        if (!Double.isNaN(value)) {
          of.put(measure.name(), value);
        }
      }
      values.put(contender.name(), of);
      cells.add(
          new Montage.Cell(
              Validation.masked(relit.getFirst(), matte), Validation.name(contender.name())));
    }
    cells.add(new Montage.Cell(Validation.masked(trial.truth().getFirst(), matte), "truth"));
    String picture = "%04d.png".formatted(number);
    ImageFile.write(
        folder.resolve("pictures").resolve(picture), Montage.sheet(cells, cells.size()));
    return new Result(
        Validation.name(source.dataset()) + "/" + source.entry().name(),
        Validation.name(source.dataset()) + "/" + trial.title(),
        picture,
        values);
  }

  /** Stops that the first frame gains by a stop more light. */
  private double response(Contender contender, Trial trial) {
    if (!contender.canExpose()) {
      return Double.NaN;
    }
    Trial first = trial.frame(0);
    Image weight = first.weights().getFirst();
    double more = Measure.meanLuminance(contender.exposed(first, STOPS, tools).getFirst(), weight);
    double less = Measure.meanLuminance(contender.exposed(first, -STOPS, tools).getFirst(), weight);
    return more > 0 && less > 0 ? Math.log(more / less) / Math.log(2) / (2 * STOPS) : Double.NaN;
  }

  // What is known already

  private record Line(
      String key,
      String clip,
      String title,
      String picture,
      Map<String, Map<String, Double>> values) {}

  private static String line(String key, Result r) {
    Map<String, Object> fields = new LinkedHashMap<>();
    fields.put("key", key);
    fields.put("clip", r.clip());
    fields.put("title", r.title());
    fields.put("picture", r.picture());
    fields.put("values", r.values());
    return JsonSettings.toJson(fields);
  }

  /** Results of an interrupted run of the same request; begins the file where there are none. */
  private Map<String, Result> known() {
    Path file = folder.resolve(TRIALS);
    String wanted = JsonSettings.toJson(Map.of("request", request));
    Map<String, Result> known = new LinkedHashMap<>();
    try {
      Files.createDirectories(folder.resolve("pictures"));
      if (Files.isRegularFile(file)) {
        String text = Files.readString(file);
        // A line that was cut off by the end of the process has no end.
        List<String> lines = text.substring(0, text.lastIndexOf('\n') + 1).lines().toList();
        if (!lines.isEmpty() && lines.getFirst().equals(wanted)) {
          for (String line : lines.subList(1, lines.size())) {
            Line l = JsonSettings.parse(file.toString(), line, Line.class);
            known.put(l.key(), new Result(l.clip(), l.title(), l.picture(), l.values()));
          }
          Files.writeString(file, String.join("\n", lines) + "\n");
          return known;
        }
      }
      Files.writeString(file, wanted + "\n");
    } catch (IOException e) {
      throw new UserError(file.toString(), "cannot be used", "give another --report", e);
    }
    return known;
  }

  private void append(String line) {
    Path file = folder.resolve(TRIALS);
    try {
      Files.writeString(file, line + "\n", StandardCharsets.UTF_8, StandardOpenOption.APPEND);
    } catch (IOException e) {
      throw new UserError(file.toString(), "cannot be written", "free some space", e);
    }
  }
}
