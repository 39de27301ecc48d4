package org.pixelcube.capture;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.EnumMap;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import java.util.function.Predicate;
import org.pixelcube.config.Interruption;
import org.pixelcube.config.JsonSettings;
import org.pixelcube.config.Progress;
import org.pixelcube.config.UserError;
import org.pixelcube.config.Version;
import org.pixelcube.config.Warnings;
import org.pixelcube.dataset.CapturedClip;
import org.pixelcube.dataset.ClipMeta;
import org.pixelcube.dataset.DatasetWriter;
import org.pixelcube.image.Image;
import org.pixelcube.image.ImageFile;
import org.pixelcube.image.Montage;
import org.pixelcube.image.Resize;
import org.pixelcube.image.Warp;
import org.pixelcube.light.EnvironmentMap;
import org.pixelcube.render.Camera;
import org.pixelcube.render.Pose;
import org.pixelcube.stage.Label;
import org.pixelcube.stage.Rig;
import org.pixelcube.stage.Sequence;
import org.pixelcube.stage.SequenceRaster;
import org.pixelcube.stage.StageCamera;
import org.pixelcube.stage.WallView;
import org.pixelcube.video.ClipReader;
import org.pixelcube.video.DecodedPicture;

/**
 * Footage of a sequence becomes clips of a dataset: the markers are read and faults found in a
 * first pass; in a second one, for which it is decoded anew only if memory does not hold it, frames
 * become linear, are sorted by their light and brought to the moments of the outputs.
 *
 * <p>Clips: of each light of the sequence one clip for {@value #FRAMES_PER_CLIP} moments, the same
 * moments in each; of panels one by one, a clip for each cycle, a frame for each panel.
 */
public final class CaptureJob {
  /** Moments in one clip. */
  static final int FRAMES_PER_CLIP = 24;

  private static final int SHEET_MOMENTS = 3;
  private static final int SHEET_WIDTH = 256;
  private static final int FAULTS_SHOWN = 12;

  /** Decoded frames that are kept for the second pass at most. */
  private static final long MOST_KEPT_BYTES = 1L << 30;

  /** White of a marker beyond this is clipped. */
  private static final double CLIPPED = 0.97;

  private final Rig rig;
  private final Sequence sequence;
  private final Optional<SequenceRaster> raster;
  private final CaptureSettings settings;
  private final CameraResponse response;
  private final Optional<Image> cleanPlate;
  private final Warnings warnings;
  private final Progress.Opener progress;
  private final Interruption interruption;

  /**
   * A job.
   *
   * @param raster what the wall showed, for the maps; without it clips have no maps
   * @param response of the camera
   * @param cleanPlate a matte frame without the subject, as read; else it is made of the footage
   */
  public CaptureJob(
      Rig rig,
      Sequence sequence,
      Optional<SequenceRaster> raster,
      CaptureSettings settings,
      CameraResponse response,
      Optional<Image> cleanPlate,
      Warnings warnings,
      Progress.Opener progress,
      Interruption interruption) {
    this.rig = rig;
    this.sequence = sequence;
    this.raster = raster;
    this.settings = settings;
    this.response = response;
    this.cleanPlate = cleanPlate;
    this.warnings = warnings;
    this.progress = progress;
    this.interruption = interruption;
  }

  /** What a dataset of a take depends on. */
  private record Recipe(
      Sequence sequence, String rig, String footage, int frames, CaptureSettings settings) {}

  /**
   * Runs it.
   *
   * @param footage a video file or a numbered sequence of stills
   * @param folder of the dataset to be written
   * @throws UserError if the footage does not fit the sequence or has no whole cycle
   */
  public CaptureReport run(Path footage, Path folder) {
    if (lit().isEmpty()) {
      throw new UserError(
          "cycle", "has no light and no panel", "give a sequence with light-N or olat-N");
    }
    try (FootagePass first = firstPass(footage, keptBytes())) {
      return captured(footage, folder, first);
    }
  }

  /** How much of footage may be kept: a third of Java's memory, where most of a capture lies. */
  static long keptBytes() {
    return Math.min(MOST_KEPT_BYTES, Runtime.getRuntime().maxMemory() / 3);
  }

  private CaptureReport captured(Path footage, Path folder, FootagePass first) {
    FootageLabels labels = labels(footage, first);
    CapturePlan plan = CapturePlan.of(sequence, labels.counters());
    if (plan.outputs().isEmpty()) {
      throw new UserError(
          footage.toString(),
          "has no cycle of the sequence without a fault: of %d frames %d can be used"
              .formatted(labels.counters().length, labels.usable()),
          labels.faults().isEmpty()
              ? "film for longer"
              : "see that camera and wall are locked; the first fault: frame %d, %s"
                  .formatted(
                      labels.faults().getFirst().footageFrame(),
                      labels.faults().getFirst().detail()));
    }
    SecondPass second = new SecondPass(footage, folder, labels, plan, first);
    return second.run();
  }

  /**
   * What footage shows, frame by frame, and what is wrong with it; no pictures are made.
   *
   * @throws UserError if the footage does not fit the sequence
   */
  public FootageLabels labels(Path footage) {
    try (FootagePass pass = firstPass(footage, 0)) {
      return labels(footage, pass);
    }
  }

  private FootageLabels labels(Path footage, FootagePass pass) {
    FootageRate rate = FootageRate.of(rig.mainCamera(), sequence);
    return FootageLabels.of(footage.toString(), sequence, rate, pass.markers());
  }

  private FootagePass firstPass(Path footage, long keep) {
    FootagePass pass =
        FootagePass.read(
            footage,
            FootagePass.READING,
            sequence,
            response,
            cleanPlate.isEmpty(),
            keep,
            progress,
            interruption);
    if (pass.white() > CLIPPED) {
      warnings.add(
          footage
              + ": the marker is clipped, so frames that are too bright cannot be told; lower"
              + " markers.level of the sequence");
    }
    if (sequence.markers().size() > pass.places().size() && !pass.places().isEmpty()) {
      warnings.add(
          "%s: of %d markers %d are seen: a frame torn elsewhere cannot be told"
              .formatted(footage, sequence.markers().size(), pass.places().size()));
    }
    return pass;
  }

  /** The labels that pictures are made of. */
  private List<Label> lit() {
    return sequence.labels().stream()
        .distinct()
        .filter(label -> label.kind() == Label.Kind.LIGHT || label.kind() == Label.Kind.OLAT)
        .toList();
  }

  private CleanPlate plate(FootagePass pass) {
    cleanPlate.ifPresent(picture -> {
      if (picture.width() != pass.width() || picture.height() != pass.height()) {
        throw new UserError(
            "clean plate",
            "is %d×%d, the footage %d×%d"
                .formatted(picture.width(), picture.height(), pass.width(), pass.height()),
            "film it with the same camera, or leave it out");
      }
    });
    return cleanPlate
        .map(picture -> CleanPlate.of(response.linear(picture.color())))
        .or(pass::plate)
        .map(plate -> plate.without(pass.places()))
        .orElse(null);
  }

  /** One picture to be made: a label of an output. */
  private record Step(int output, Label label, CapturePlan.Source source, int last) {}

  /** The pictures of an output while they come in, coded. */
  private static final class Moment {
    private final Map<Label, CapturedClip.Coded> pictures = new HashMap<>();
    private final Map<Label, Integer> counters = new HashMap<>();
    private Optional<byte[]> flat = Optional.empty();
    private Optional<byte[]> matte = Optional.empty();
  }

  private final class SecondPass {
    private final Path footage;
    private final Path folder;
    private final FootageLabels labels;
    private final CapturePlan plan;
    private final FootagePass first;
    private final CleanPlate plate;
    private final List<Label> lit;
    private final boolean panels;
    private final Map<Integer, Image> frames = new HashMap<>();
    private final Map<Integer, Integer> wanted = new HashMap<>();
    private final Map<Long, FrameAlignment.Motion> motions = new HashMap<>();
    private final Map<Integer, Moment> moments = new TreeMap<>();
    private final Map<Label, CapturedClip> open = new LinkedHashMap<>();
    private final List<Montage.Cell> sheet = new ArrayList<>();
    private final List<Montage.Cell> faultSheet = new ArrayList<>();
    private final Map<Integer, Fault> faultyFrames = new HashMap<>();
    private final Map<Integer, Double> filmed = new HashMap<>();
    private final List<CaptureReport.Doubtful> doubtful = new ArrayList<>();
    private final List<String> losses = new ArrayList<>();
    private final Optional<WallView> view;
    private final ClipMeta.CameraMeta camera;
    private double valid;
    private long pictures;
    private double unalignedDecibels;
    private double alignedDecibels;
    private int measured;
    private long read;
    private int clips;

    SecondPass(
        Path footage, Path folder, FootageLabels labels, CapturePlan plan, FootagePass first) {
      this.footage = footage;
      this.folder = folder;
      this.labels = labels;
      this.plan = plan;
      this.first = first;
      this.plate = plate(first);
      this.panels = sequence.labels().stream().anyMatch(label -> label.kind() == Label.Kind.OLAT);
      this.lit = lit();
      this.view = raster.map(_ -> new WallView(rig, settings.mapHeight()));
      StageCamera main = rig.mainCamera();
      double focal = 0.5 * first.height() / Math.tan(Math.toRadians(main.fieldOfViewDegrees()) / 2);
      this.camera =
          ClipMeta.CameraMeta.of(
              new Camera(
                  new Pose(main.rotation(), main.position()),
                  first.width(),
                  first.height(),
                  focal));
      for (int i = 0; i < labels.counters().length; i++) {
        if (labels.counters()[i] >= 0) {
          filmed.put(labels.counters()[i], labels.moments()[i]);
        }
      }
      labels.faults().forEach(fault -> faultyFrames.putIfAbsent(fault.footageFrame(), fault));
    }

    private int clipCount() {
      return panels
          ? plan.outputs().size()
          : lit.size() * Math.ceilDiv(plan.outputs().size(), FRAMES_PER_CLIP);
    }

    CaptureReport run() {
      Map<Integer, List<Step>> steps = steps();
      Recipe recipe =
          new Recipe(
              sequence,
              rig.name(),
              footage.toAbsolutePath().getFileName().toString(),
              labels.counters().length,
              settings);
      try (DatasetWriter writer = DatasetWriter.open(folder, recipe, clipCount(), 16);
          FrameAlignment alignment = new FrameAlignment();
          Progress bar = progress.open("aligning", labels.counters().length, 0)) {
        Predicate<DecodedPicture> takes =
            picture -> {
              interruption.check();
              boolean more = take(picture, steps, alignment, writer);
              bar.done(++read);
              return more;
            };
        if (first.kept().isPresent()) {
          first.kept().get().all(takes);
        } else {
          try (ClipReader clip = ClipReader.open(footage, FootagePass.READING)) {
            while (clip.read(takes::test).orElse(false)) {
              // Until no later one is wanted.
            }
          }
        }
        writer.finish();
      }
      return report();
    }

    /**
     * Takes a frame, if anything is to be made of it.
     *
     * @return whether later ones are wanted
     */
    private boolean take(
        DecodedPicture decoded,
        Map<Integer, List<Step>> steps,
        FrameAlignment alignment,
        DatasetWriter writer) {
      int at = (int) decoded.index();
      int counter = labels.counters()[at];
      boolean show = faultyFrames.containsKey(at) && faultSheet.size() < FAULTS_SHOWN;
      if (!wanted.containsKey(counter) && !show) {
        return more(at);
      }
      Image picture = response.linear(decoded);
      if (show) {
        Fault fault = faultyFrames.get(at);
        faultSheet.add(new Montage.Cell(small(picture), shortly(at, fault)));
      }
      if (wanted.containsKey(counter)) {
        frames.put(counter, picture);
        for (Step step : steps.getOrDefault(counter, List.of())) {
          make(step, alignment, writer);
        }
      }
      return more(at);
    }

    private static String shortly(int at, Fault fault) {
      return fault.kind() == Fault.Kind.DROPPED
          ? "%d: %d dropped before".formatted(at, fault.count())
          : "%d: %s".formatted(at, fault.kind().name().toLowerCase(Locale.ROOT));
    }

    private boolean more(int at) {
      return !wanted.isEmpty()
          || (faultSheet.size() < FAULTS_SHOWN
              && faultyFrames.keySet().stream().anyMatch(frame -> frame > at));
    }

    /** What can be made once a frame is there, by its counter. */
    private Map<Integer, List<Step>> steps() {
      Map<Integer, List<Step>> steps = new HashMap<>();
      for (int i = 0; i < plan.outputs().size(); i++) {
        int output = i;
        CapturePlan.Output made = plan.outputs().get(i);
        made.sources().entrySet().stream()
            .sorted(Comparator.comparingInt(e -> e.getValue().counter()))
            .forEach(e -> {
              int last = e.getValue().needs().stream().mapToInt(k -> k).max().orElseThrow();
              e.getValue().needs().forEach(k -> wanted.merge(k, 1, Integer::sum));
              steps
                  .computeIfAbsent(last, _ -> new ArrayList<>())
                  .add(new Step(output, e.getKey(), e.getValue(), last));
            });
      }
      return steps;
    }

    private void make(Step step, FrameAlignment alignment, DatasetWriter writer) {
      losses.clear();
      FrameAlignment.Aligned aligned = align(step.source(), alignment);
      CapturePlan.Output output = plan.outputs().get(step.output());
      Moment moment = moments.computeIfAbsent(step.output(), _ -> new Moment());
      switch (step.label().kind()) {
        case LIGHT, OLAT -> {
          moment.pictures.put(step.label(), CapturedClip.code(aligned.picture(), aligned.valid()));
          moment.counters.put(step.label(), step.source().counter());
          double sum = 0;
          for (float v : aligned.valid().samples()) {
            sum += v;
          }
          valid += sum;
          pictures += aligned.valid().planeSize();
          double lost = 1 - sum / aligned.valid().planeSize();
          if (100 * lost > CaptureReport.DOUBTFUL_PERCENT) {
            doubtful.add(
                new CaptureReport.Doubtful(
                    seconds(output.reference()),
                    step.label().toString(),
                    lost,
                    losses.isEmpty() ? "flow fails its check" : String.join("; ", losses)));
          }
        }
        case FLAT, TRACKING -> {
          if (moment.flat.isEmpty() || step.label().kind() == Label.Kind.FLAT) {
            moment.flat = Optional.of(CapturedClip.png(aligned.picture(), 16));
          }
        }
        case MATTE ->
            moment.matte = Optional.of(CapturedClip.png(plate.matte(aligned.picture()), 8));
        case BLACK -> {}
      }
      show(step, aligned);
      step.source().needs().forEach(this::release);
      boolean whole =
          moment.pictures.size() == lit.size()
              && output.sources().keySet().stream()
                  .noneMatch(label ->
                      (label.isUniform() && moment.flat.isEmpty())
                          || (label.equals(Label.MATTE) && moment.matte.isEmpty()));
      if (whole) {
        write(step.output(), moments.remove(step.output()), writer);
      }
    }

    private void release(int counter) {
      if (wanted.merge(counter, -1, Integer::sum) == 0) {
        wanted.remove(counter);
        frames.remove(counter);
        motions
            .keySet()
            .removeIf(key -> (int) (key >>> 32) == counter || key.intValue() == counter);
      }
    }

    private FrameAlignment.Aligned align(CapturePlan.Source source, FrameAlignment alignment) {
      Image picture = frames.get(source.counter());
      return switch (source) {
        case CapturePlan.Exact _ ->
            FrameAlignment.along(
                picture, FrameAlignment.Motion.none(picture.width(), picture.height()));
        case CapturePlan.Tracked t -> tracked(t, alignment);
        case CapturePlan.Between b ->
            alignment.halfway(
                picture,
                frames.get(b.after()),
                (moment(b.reference()) - moment(b.counter()))
                    / (moment(b.after()) - moment(b.counter())));
      };
    }

    private FrameAlignment.Aligned tracked(CapturePlan.Tracked source, FrameAlignment alignment) {
      int reference = source.reference();
      FrameAlignment.Aligned next = carried(reference, source.next(), alignment);
      if (source.previous().isEmpty()) {
        return next;
      }
      CapturePlan.Leg earlier = source.previous().get();
      double after = moment(source.next().counter()) - moment(reference);
      double before = moment(reference) - moment(earlier.counter());
      return FrameAlignment.mixed(
          List.of(next, carried(reference, earlier, alignment)), new double[] {before, after});
    }

    /** A frame carried to the reference's moment. */
    private FrameAlignment.Aligned carried(
        int reference, CapturePlan.Leg leg, FrameAlignment alignment) {
      FrameAlignment.Knot near =
          new FrameAlignment.Knot(
              moment(leg.near()), motion(reference, reference, leg.near(), alignment));
      FrameAlignment.Knot far =
          new FrameAlignment.Knot(
              moment(leg.far()), motion(reference, leg.near(), leg.far(), alignment));
      boolean known =
          leg.near() == reference
              || leg.beyond() == reference
              || motions.containsKey(key(reference, leg.beyond()));
      FrameAlignment.Knot beyond =
          leg.beyond() < 0 || !known
              ? null
              : new FrameAlignment.Knot(
                  moment(leg.beyond()), motion(reference, reference, leg.beyond(), alignment));
      FrameAlignment.Motion motion =
          FrameAlignment.Motion.through(near, far, beyond, moment(leg.counter()));
      losses.add(loss(leg.counter() - reference, motion));
      return FrameAlignment.along(frames.get(leg.counter()), motion);
    }

    /** In words, what of a frame cannot be carried. */
    private static String loss(int away, FrameAlignment.Motion motion) {
      float[] inside = Warp.inside(motion.flow()).samples();
      float[] checked = motion.valid().samples();
      int outside = 0;
      int unsure = 0;
      for (int i = 0; i < inside.length; i++) {
        outside += inside[i] < 0.5f ? 1 : 0;
        unsure += inside[i] >= 0.5f && checked[i] < 0.5f ? 1 : 0;
      }
      return String.format(
          Locale.ROOT,
          "of the frame %d %s, %.1f %% come from outside the picture and %.1f %% were hidden or"
              + " their flow fails its check there and back",
          Math.abs(away),
          away > 0 ? "after" : "before",
          100.0 * outside / inside.length,
          100.0 * unsure / inside.length);
    }

    private static long key(int reference, int to) {
      return (long) reference << 32 | to;
    }

    /** When a frame of the wall was filmed, in frames of the wall. */
    private double moment(int counter) {
      return filmed.get(counter);
    }

    /**
     * Motion from a reference to a tracking frame.
     *
     * @param before the tracking frame before that, up to which motion is known
     */
    private FrameAlignment.Motion motion(
        int reference, int before, int to, FrameAlignment alignment) {
      Image a = frames.get(reference);
      if (reference == to) {
        return FrameAlignment.Motion.none(a.width(), a.height());
      }
      long key = key(reference, to);
      FrameAlignment.Motion found = motions.get(key);
      if (found == null) {
        Image b = frames.get(to);
        FrameAlignment.Motion known = motions.get(key(reference, before));
        found =
            known == null
                ? alignment.between(a, b)[0]
                : alignment.extended(a, known, frames.get(before), b);
        motions.put(key, found);
        double still = psnr(a, b, null);
        double moved = psnr(a, FrameAlignment.along(b, found).picture(), found.valid());
        if (Double.isFinite(still) && Double.isFinite(moved)) {
          unalignedDecibels += still;
          alignedDecibels += moved;
          measured++;
        }
      }
      return found;
    }

    private void write(int output, Moment moment, DatasetWriter writer) {
      int reference = plan.outputs().get(output).reference();
      if (panels) {
        CapturedClip clip =
            new CapturedClip(
                "%s-%04d".formatted(settings.subject(), output), first.width(), first.height());
        List<Label> order =
            lit.stream().sorted(Comparator.comparingInt(moment.counters::get)).toList();
        for (Label label : order) {
          int counter = moment.counters.get(label);
          boolean begin = clip.size() == 0;
          clip.add(
              seconds(counter),
              camera,
              label.toString(),
              moment.pictures.get(label),
              map(plan.outputs().get(output).sources().get(label)),
              begin ? moment.flat : Optional.empty(),
              begin ? moment.matte : Optional.empty());
        }
        put(writer, output, clip, sequence.framesPerSecond());
        return;
      }
      int part = output / FRAMES_PER_CLIP;
      int parts = Math.ceilDiv(plan.outputs().size(), FRAMES_PER_CLIP);
      for (int k = 0; k < lit.size(); k++) {
        Label label = lit.get(k);
        String light =
            label.kind() == Label.Kind.LIGHT
                ? sequence.lights().get(label.index()).name()
                : label.toString();
        CapturedClip clip =
            open.computeIfAbsent(
                label,
                _ ->
                    new CapturedClip(
                        "%s-%s-%03d".formatted(settings.subject(), light, part),
                        first.width(),
                        first.height()));
        clip.add(
            seconds(reference),
            camera,
            "%s-%04d".formatted(light, clip.size()),
            moment.pictures.get(label),
            map(plan.outputs().get(output).sources().get(label)),
            moment.flat,
            moment.matte);
        if (clip.size() == FRAMES_PER_CLIP || output == plan.outputs().size() - 1) {
          double rate = sequence.framesPerSecond() / sequence.cycle().size();
          put(writer, k * parts + part, open.remove(label), rate);
        }
      }
    }

    private double seconds(int counter) {
      return (counter - sequence.firstFullFrame()) / sequence.framesPerSecond();
    }

    private void put(DatasetWriter writer, int number, CapturedClip clip, double rate) {
      writer.put(
          number,
          clip.finish(
              settings.subject(),
              settings.action(),
              rate,
              new ClipMeta.Provenance(
                  settings.licence(), "Pixel Cube " + Version.NUMBER, sequence.id(), List.of())));
      clips++;
    }

    /** The light of a picture: where it is mixed of two frames of the wall, so is its map. */
    private Optional<EnvironmentMap> map(CapturePlan.Source source) {
      return view.map(v -> v.map(shown(source)).rotated(rig.mainCamera().rotation().inverse()));
    }

    private float[] shown(CapturePlan.Source source) {
      SequenceRaster frames = raster.orElseThrow();
      return switch (source) {
        case CapturePlan.Exact e -> frames.frame(e.counter());
        case CapturePlan.Between b ->
            mixed(
                frames.frame(b.counter()),
                frames.frame(b.after()),
                (moment(b.reference()) - moment(b.counter()))
                    / (moment(b.after()) - moment(b.counter())));
        case CapturePlan.Tracked t -> {
          float[] next = frames.frame(t.next().counter());
          if (t.previous().isEmpty()) {
            yield next;
          }
          int earlier = t.previous().get().counter();
          double after = moment(t.next().counter()) - moment(t.reference());
          double before = moment(t.reference()) - moment(earlier);
          yield mixed(next, frames.frame(earlier), after / (before + after));
        }
      };
    }

    /** {@code a} with a share of {@code b}, 0 to 1. */
    private static float[] mixed(float[] a, float[] b, double share) {
      float[] out = new float[a.length];
      for (int i = 0; i < out.length; i++) {
        out[i] = (float) (a[i] + share * (b[i] - a[i]));
      }
      return out;
    }

    private void show(Step step, FrameAlignment.Aligned aligned) {
      int outputs = plan.outputs().size();
      int shown = Math.min(SHEET_MOMENTS, outputs);
      boolean chosen = false;
      for (int k = 0; k < shown; k++) {
        chosen |= step.output() == (shown == 1 ? 0 : k * (outputs - 1) / (shown - 1));
      }
      if (!chosen || (panels && step.label().index() % 15 != 0)) {
        return;
      }
      // All of a row are of one moment, whenever they were filmed.
      int away = step.source().counter() - plan.outputs().get(step.output()).reference();
      String label =
          String.format(
                  Locale.ROOT,
                  "%s, %.2f s",
                  step.label(),
                  seconds(plan.outputs().get(step.output()).reference()))
              + (away == 0 ? "" : String.format(Locale.ROOT, " (%+d)", away));
      Image picture = aligned.picture();
      if (step.label().equals(Label.MATTE)) {
        picture = plate.matte(picture);
      }
      sheet.add(new Montage.Cell(small(picture), label));
    }

    private Image small(Image picture) {
      int width = Math.min(SHEET_WIDTH, picture.width());
      int height = Math.max(1, Math.round((float) picture.height() * width / picture.width()));
      return Resize.to(picture, width, height);
    }

    private CaptureReport report() {
      Map<Fault.Kind, Integer> kinds = new EnumMap<>(Fault.Kind.class);
      labels.faults().forEach(fault -> kinds.merge(fault.kind(), fault.count(), Integer::sum));
      Map<String, Integer> faults = new LinkedHashMap<>();
      kinds.forEach((kind, count) -> faults.put(kind.name().toLowerCase(Locale.ROOT), count));
      CaptureReport report =
          new CaptureReport(
              footage.toString(),
              labels.counters().length,
              labels.usable(),
              first.places().size(),
              faults,
              plan.outputs().size(),
              plan.incomplete(),
              clips,
              pictures == 0 ? 1 : valid / pictures,
              measured == 0 ? 0 : unalignedDecibels / measured,
              measured == 0 ? 0 : alignedDecibels / measured,
              labels.faults(),
              unused(),
              cyclesWithout(),
              List.copyOf(doubtful));
      JsonSettings.write(folder.resolve("report.json"), report);
      int columns = Math.max(1, Math.min(8, sheet.size() / Math.max(1, shownMoments())));
      ImageFile.write(folder.resolve("pairs.png"), Montage.sheet(sheet, columns));
      if (!faultSheet.isEmpty()) {
        ImageFile.write(folder.resolve("faults.png"), Montage.sheet(faultSheet, 4));
      }
      return report;
    }

    /** Frames that are not used, next ones with the same reason together. */
    private List<CaptureReport.Unused> unused() {
      List<CaptureReport.Unused> out = new ArrayList<>();
      Set<Integer> made = new HashSet<>();
      plan.outputs()
          .forEach(
              output -> output.sources().values().forEach(source -> made.addAll(source.needs())));
      for (int i = 0; i < labels.counters().length; i++) {
        int counter = labels.counters()[i];
        String reason =
            !labels.reasons().get(i).isEmpty()
                ? labels.reasons().get(i)
                : made.contains(counter)
                    ? ""
                    : !sequence.isFull(counter)
                        ? "while the wall fades in or out"
                        : sequence.frame(counter).label().equals(Label.BLACK)
                            ? "black"
                            : "in a cycle without output";
        if (reason.isEmpty()) {
          continue;
        }
        boolean goesOn =
            !out.isEmpty() && out.getLast().to() == i - 1 && out.getLast().reason().equals(reason);
        int from = goesOn ? out.removeLast().from() : i;
        out.add(new CaptureReport.Unused(from, i, reason));
      }
      return List.copyOf(out);
    }

    private List<CaptureReport.CycleWithout> cyclesWithout() {
      Map<Integer, Fault> byCounter = new HashMap<>();
      for (Fault fault : labels.faults()) {
        for (int k = 0; k < fault.count(); k++) {
          byCounter.putIfAbsent(fault.counter() + k, fault);
        }
      }
      return plan.missing().stream()
          .map(m -> {
            Fault fault = byCounter.get(m.counter());
            String why =
                fault != null
                    ? " (%s, at frame %d of the footage)"
                        .formatted(fault.reason(), fault.footageFrame())
                    : m.inside() ? "" : " (the footage begins or ends there)";
            return new CaptureReport.CycleWithout(
                seconds(m.reference()),
                m.counter(),
                "frame %d of the wall: %s%s".formatted(m.counter(), m.reason(), why));
          })
          .toList();
    }

    private int shownMoments() {
      return Math.min(SHEET_MOMENTS, plan.outputs().size());
    }
  }

  /** Of two linear pictures, in dB against 1; where {@code mask} is 1, or everywhere. */
  static double psnr(Image a, Image b, Image mask) {
    double sum = 0;
    long count = 0;
    int n = a.planeSize();
    for (int i = 0; i < n; i++) {
      if (mask == null || mask.samples()[i] > 0.5f) {
        for (int c = 0; c < a.channels(); c++) {
          double d = a.samples()[c * n + i] - b.samples()[c * n + i];
          sum += d * d;
          count++;
        }
      }
    }
    return -10 * Math.log10(sum / count);
  }
}
