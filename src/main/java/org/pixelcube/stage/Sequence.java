package org.pixelcube.stage;

import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.pixelcube.config.InvalidSetting;

/**
 * Time-multiplexed lighting (Wenger et al., "Performance Relighting and Reflectance Transformation
 * with Time-Multiplexed Illumination", SIGGRAPH 2005): a cycle of lights that the wall repeats at
 * its own frame rate, faded in from black and out to black. Any frame follows from its number, so a
 * sequence of any length is a short file.
 *
 * @param format version of the file, {@value #FORMAT}
 * @param id 0 to 255, told by the marker, so that footage of another sequence is recognised
 * @param framesPerSecond of the wall
 * @param lights that {@code light-0}, {@code light-1} … of the cycle stand for
 * @param cycle labels ({@link Label#parse}) in the order they are shown
 * @param cycles how often it is repeated at full level
 * @param rampFrames how many frames the wall takes to fade in, and out again
 * @param levels of the frames that are no light
 * @param limits what people in front of the wall are spared
 * @param markers where the frame counter is drawn; may be empty
 */
public record Sequence(
    int format,
    int id,
    double framesPerSecond,
    List<Light> lights,
    List<String> cycle,
    int cycles,
    int rampFrames,
    Levels levels,
    SafetyLimits limits,
    List<MarkerPlace> markers) {

  /** The version of the file that is written and read. */
  public static final int FORMAT = 1;

  /** The most frames a sequence may have: what the marker can count. */
  public static final int MOST_FRAMES = 1 << FrameMarker.COUNTER_BITS;

  /**
   * A light of the sequence.
   *
   * @param name unique, for datasets and reports
   * @param map a map, a lighting file or a video of maps, as {@code relight --env} takes it
   * @param yawDegrees how far it is turned
   * @param yawDegreesPerSecond how fast it turns
   * @param exposureStops added to the wall's exposure
   */
  public record Light(
      String name,
      String map,
      double yawDegrees,
      double yawDegreesPerSecond,
      double exposureStops) {
    public Light {
      if (!name.matches("[A-Za-z0-9_-]{1,40}")) {
        throw new InvalidSetting(
            "name",
            "is '" + name + "' (expected letters, digits, - and _, at most 40)",
            "give the light another name");
      }
      InvalidSetting.inRange("yawDegrees", yawDegrees, -360, 360);
      InvalidSetting.inRange("yawDegreesPerSecond", yawDegreesPerSecond, -3600, 3600);
      InvalidSetting.inRange("exposureStops", exposureStops, -20, 20);
    }

    /** The same light at another exposure. */
    public Light withExposureStops(double stops) {
      return new Light(name, map, yawDegrees, yawDegreesPerSecond, stops);
    }
  }

  /**
   * How bright the frames are that are no light, as a share of the panels' peak.
   *
   * @param flat all panels of a flat frame
   * @param tracking all panels of a tracking frame
   * @param olat the one panel
   * @param matte the panels behind the subject
   */
  public record Levels(double flat, double tracking, double olat, double matte) {
    public Levels {
      InvalidSetting.inRange("flat", flat, 0, 1);
      InvalidSetting.inRange("tracking", tracking, 0, 1);
      InvalidSetting.inRange("olat", olat, 0, 1);
      InvalidSetting.inRange("matte", matte, 0, 1);
    }
  }

  /**
   * Where a marker is drawn.
   *
   * @param rasterU left edge in the raster picture, pixels
   * @param rasterV top edge in the raster picture, pixels
   * @param cellPixels side of one of its {@value FrameMarker#SIDE} cells
   * @param level of its white cells, a share of the panels' peak: such that the camera does not
   *     clip
   */
  public record MarkerPlace(int rasterU, int rasterV, int cellPixels, double level) {
    public MarkerPlace {
      InvalidSetting.inRange("rasterU", rasterU, 0, 1 << 16);
      InvalidSetting.inRange("rasterV", rasterV, 0, 1 << 16);
      InvalidSetting.inRange("cellPixels", cellPixels, 1, 1 << 12);
      InvalidSetting.inRange("level", level, 0.001, 1);
    }
  }

  public Sequence {
    InvalidSetting.inRange("format", format, FORMAT, FORMAT);
    InvalidSetting.inRange("id", id, 0, (1 << FrameMarker.ID_BITS) - 1);
    InvalidSetting.inRange("framesPerSecond", framesPerSecond, 1, 10_000);
    lights = List.copyOf(lights);
    cycle = List.copyOf(cycle);
    markers = List.copyOf(markers);
    if (lights.stream().map(Light::name).distinct().count() != lights.size()) {
      throw new InvalidSetting("lights", "has a name twice", "give each light a name of its own");
    }
    if (cycle.isEmpty()) {
      throw new InvalidSetting("cycle", "is empty (expected at least one label)", "add labels");
    }
    for (int i = 0; i < cycle.size(); i++) {
      String text = cycle.get(i);
      int slot = i;
      Label label =
          Label.parse(text)
              .orElseThrow(() ->
                  new InvalidSetting(
                      "cycle[" + slot + "]",
                      "is '" + text + "'",
                      "give light-N, flat, olat-N, tracking, matte or black"));
      if (label.kind() == Label.Kind.LIGHT && label.index() >= lights.size()) {
        throw new InvalidSetting(
            "cycle[" + slot + "]",
            "is '%s', but there are %d lights".formatted(text, lights.size()),
            "count lights from 0, or add one");
      }
    }
    InvalidSetting.inRange("cycles", cycles, 1, MOST_FRAMES);
    InvalidSetting.inRange("rampFrames", rampFrames, 1, MOST_FRAMES);
    long frames = (long) cycle.size() * cycles + 2L * rampFrames;
    if (frames > MOST_FRAMES) {
      throw new InvalidSetting(
          "cycles",
          "makes %d frames, more than the marker counts (%d)".formatted(frames, MOST_FRAMES),
          "repeat the cycle less often");
    }
    if (rampFrames / framesPerSecond < limits.rampSeconds() - 1e-9) {
      throw new InvalidSetting(
          "rampFrames",
          "is %d, which is %.2f s (limits.rampSeconds is %s)"
              .formatted(rampFrames, rampFrames / framesPerSecond, limits.rampSeconds()),
          "give at least %d"
              .formatted((int) Math.ceil(limits.rampSeconds() * framesPerSecond - 1e-6)));
    }
  }

  /** The labels of the cycle. */
  public List<Label> labels() {
    return cycle.stream().map(text -> Label.parse(text).orElseThrow()).toList();
  }

  /** How many frames there are in all; the last one is black. */
  public int frameCount() {
    return cycle.size() * cycles + 2 * rampFrames;
  }

  public double durationSeconds() {
    return frameCount() / framesPerSecond;
  }

  /** The number of the first frame at full level, which is the first of the cycle. */
  public int firstFullFrame() {
    return rampFrames;
  }

  /** The number after the last frame at full level. */
  public int endOfFullFrames() {
    return rampFrames + cycle.size() * cycles;
  }

  /**
   * What a frame shows. The gain rises and falls by 3x² − 2x³.
   *
   * @throws IndexOutOfBoundsException unless 0 ≤ counter &lt; {@link #frameCount()}
   */
  public WallFrame frame(int counter) {
    java.util.Objects.checkIndex(counter, frameCount());
    int slot = Math.floorMod(counter - rampFrames, cycle.size());
    double seconds = Math.max(0, counter - rampFrames) / framesPerSecond;
    int fromEnd = frameCount() - 1 - counter;
    if (fromEnd == 0) {
      return new WallFrame(counter, Label.BLACK, seconds, 0);
    }
    // Frame −1 would be black, frame rampFrames is full.
    double up = (counter + 1.0) / (rampFrames + 1);
    double down = (double) fromEnd / rampFrames;
    double x = Math.min(1, Math.min(up, down));
    Label label = Label.parse(cycle.get(slot)).orElseThrow();
    return new WallFrame(counter, label, seconds, x * x * (3 - 2 * x));
  }

  /** Whether a frame lies in the cycle at full level. */
  public boolean isFull(int counter) {
    return counter >= firstFullFrame() && counter < endOfFullFrames();
  }

  /** Which repetition of the cycle a frame at full level belongs to, from 0. */
  public int cycleOf(int counter) {
    return (counter - rampFrames) / cycle.size();
  }

  /**
   * The label by which motion is followed through the cycle: tracking if it is there, else flat;
   * none where every frame must be followed by its own light.
   */
  public Optional<Label> trackingLabel() {
    List<Label> labels = labels();
    return labels.contains(Label.TRACKING)
        ? Optional.of(Label.TRACKING)
        : labels.contains(Label.FLAT) ? Optional.of(Label.FLAT) : Optional.empty();
  }

  /** This sequence with another level of its flat frames, such as one that does not flicker. */
  public Sequence withLevels(Levels others) {
    return new Sequence(
        format, id, framesPerSecond, lights, cycle, cycles, rampFrames, others, limits, markers);
  }

  /** This sequence with other lights, as many as it has. */
  public Sequence withLights(List<Light> others) {
    return new Sequence(
        format, id, framesPerSecond, others, cycle, cycles, rampFrames, levels, limits, markers);
  }

  /** This sequence with markers in these places. */
  public Sequence withMarkers(List<MarkerPlace> places) {
    return new Sequence(
        format, id, framesPerSecond, lights, cycle, cycles, rampFrames, levels, limits, places);
  }

  /**
   * Plans lights that alternate: A/B, A/B/flat, three or more lights, with a matte frame if asked.
   *
   * @param flat whether a flat frame ends each cycle
   * @param matte whether a matte frame does
   * @param seconds at full level, at least; rounded up to whole cycles
   */
  public static Sequence interleaved(
      int id,
      double framesPerSecond,
      List<Light> lights,
      boolean flat,
      boolean matte,
      double seconds,
      SafetyLimits limits) {
    List<String> cycle = new ArrayList<>();
    for (int i = 0; i < lights.size(); i++) {
      cycle.add(Label.light(i).toString());
    }
    if (flat) {
      cycle.add(Label.FLAT.toString());
    }
    if (matte) {
      cycle.add(Label.MATTE.toString());
    }
    return planned(
        id, framesPerSecond, lights, cycle, seconds, new Levels(0.1, 0.1, 1, 0.1), limits);
  }

  /**
   * Plans one panel at a time, with tracking frames between. A tracking frame is as bright in the
   * mean over the wall as a single panel at full level, so that the eye sees steady light.
   *
   * @param panels how many the rig has
   * @param trackingEvery a tracking frame comes before every group of this many panels
   * @param matte whether a matte frame ends each cycle
   */
  public static Sequence olat(
      int id,
      double framesPerSecond,
      int panels,
      int trackingEvery,
      boolean matte,
      double seconds,
      SafetyLimits limits) {
    if (panels < 1 || trackingEvery < 1) {
      throw new IllegalArgumentException(
          "%d panels, tracking every %d (expected at least 1)".formatted(panels, trackingEvery));
    }
    List<String> cycle = new ArrayList<>();
    for (int i = 0; i < panels; i++) {
      if (i % trackingEvery == 0) {
        cycle.add(Label.TRACKING.toString());
      }
      cycle.add(Label.olat(i).toString());
    }
    if (matte) {
      cycle.add(Label.MATTE.toString());
    }
    double even = 1.0 / panels;
    return planned(
        id, framesPerSecond, List.of(), cycle, seconds, new Levels(even, even, 1, even), limits);
  }

  private static Sequence planned(
      int id,
      double framesPerSecond,
      List<Light> lights,
      List<String> cycle,
      double seconds,
      Levels levels,
      SafetyLimits limits) {
    int cycles = Math.max(1, (int) Math.ceil(seconds * framesPerSecond / cycle.size() - 1e-9));
    int ramp = Math.max(1, (int) Math.ceil(limits.rampSeconds() * framesPerSecond - 1e-6));
    return new Sequence(
        FORMAT, id, framesPerSecond, lights, cycle, cycles, ramp, levels, limits, List.of());
  }
}
