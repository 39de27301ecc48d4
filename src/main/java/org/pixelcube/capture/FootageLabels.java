package org.pixelcube.capture;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.stream.Collectors;
import org.pixelcube.config.UserError;
import org.pixelcube.stage.FrameMarker;
import org.pixelcube.stage.Sequence;

/**
 * Which frame of the wall each frame of the footage shows, and what went wrong.
 *
 * @param counters of each frame of the footage; −1 where it is not to be used
 * @param moments of each frame's exposure in frames of the wall, where it is to be used
 * @param reasons why each frame is not to be used, empty where it is
 * @param faults in the order of the footage
 */
public record FootageLabels(
    int[] counters, double[] moments, List<String> reasons, List<Fault> faults) {
  /** A second frame of the wall with less than this share of the exposure is not seen. */
  private static final double LEAST_SHARE = 0.08;

  /** A mixture that explains cells worse than this is none. */
  private static final double MOST_RESIDUAL = 0.12;

  /** Exposure that differs by more than this from the frames around is wrong. */
  private static final double EXPOSURE_TOLERANCE = 0.06;

  /** Frames to each side that exposure is compared with. */
  private static final int EXPOSURE_REACH = 15;

  /** Rates that differ by more than this share from what rig and sequence say are refused. */
  private static final double RATE_TOLERANCE = 0.05;

  /** Frames of the footage over which its rate is measured. */
  private static final int RATE_FRAMES = 20;

  /** With fewer frames under the same light, exposure is compared with all around. */
  private static final int LEAST_ALIKE = 3;

  /** Frames of longer cycles do not come back soon enough to be compared. */
  private static final int MOST_SLOTS = 8;

  /** How many frames of the wall a torn frame may lie away from where it is expected. */
  private static final int SEARCH = 3;

  /** How many frames of the footage may be used. */
  public int usable() {
    return (int) Arrays.stream(counters).filter(counter -> counter >= 0).count();
  }

  /** One frame while it is looked at. */
  static final class Look {
    int counter = -1;
    boolean clean;
    boolean foreign;

    /** Of the frame after {@code counter}, where two are mixed; else not a number. */
    double share = Double.NaN;

    double contrast;
    Fault.Kind fault;
    String detail = "";
  }

  /** Labels footage of a camera that takes one picture of each frame of the wall. */
  static FootageLabels of(String name, Sequence sequence, List<List<MarkerCells>> markers) {
    return of(name, sequence, FootageRate.LOCKED, markers);
  }

  /**
   * Labels footage.
   *
   * @param name of the footage, for errors
   * @param rate how the camera's frames follow the wall's
   * @param markers of each frame, those of the picture that have rings
   * @throws UserError if it has no marker, is of another sequence, or of another frame rate
   */
  static FootageLabels of(
      String name, Sequence sequence, FootageRate rate, List<List<MarkerCells>> markers) {
    List<Look> looks = new ArrayList<>();
    int last = -1;
    double passed = 0;
    for (List<MarkerCells> frame : markers) {
      passed += 1 / rate.ratio();
      Look look = look(frame, sequence, last < 0 ? -1 : last + (int) Math.round(passed));
      if (look.counter >= 0 && !look.foreign) {
        last = look.counter;
        passed = 0;
      }
      looks.add(look);
    }
    checkFootage(name, sequence, rate, looks);
    if (!rate.isLocked()) {
      return FootageTimeline.labels(sequence, rate, looks);
    }
    exposure(looks, sequence);
    return ordered(looks);
  }

  /** What keeps frames before and after those of the sequence from use. */
  static String outside(int frame, int first) {
    return frame < first
        ? "before the first frame whose marker can be read"
        : "after the last frame whose marker can be read";
  }

  private static Look look(List<MarkerCells> markers, Sequence sequence, int expected) {
    Look look = new Look();
    List<FrameMarker.Content> contents =
        markers.stream().map(MarkerCells::content).flatMap(Optional::stream).distinct().toList();
    look.contrast = markers.stream().mapToDouble(MarkerCells::contrast).average().orElse(0);
    if (contents.stream().anyMatch(c -> c.id() != sequence.id())) {
      look.foreign = true;
      look.counter = contents.getFirst().counter();
      look.fault = Fault.Kind.FOREIGN;
      look.detail = "shows sequence %d, not %d".formatted(contents.getFirst().id(), sequence.id());
      return look;
    }
    if (contents.stream().anyMatch(c -> c.counter() >= sequence.frameCount())) {
      look.foreign = true;
      look.counter = contents.getFirst().counter();
      look.fault = Fault.Kind.FOREIGN;
      look.detail = "shows frame %d of a longer sequence".formatted(contents.getFirst().counter());
      return look;
    }
    if (contents.size() > 1) {
      look.counter = contents.stream().mapToInt(FrameMarker.Content::counter).min().orElseThrow();
      look.share = 0.5;
      look.fault = Fault.Kind.TORN;
      look.detail =
          contents.stream()
              .map(c -> Integer.toString(c.counter()))
              .collect(Collectors.joining(" and ", "frames ", " in different places"));
      return look;
    }
    int from = contents.isEmpty() ? expected - SEARCH : contents.getFirst().counter() - 1;
    int to = contents.isEmpty() ? expected + SEARCH : contents.getFirst().counter();
    if (!contents.isEmpty()) {
      look.counter = contents.getFirst().counter();
    }
    Mixture best = null;
    for (MarkerCells cells : markers) {
      boolean read = cells.content().isPresent();
      for (int k = from; k <= to && (read || expected >= 0); k++) {
        Mixture found = mixture(cells, k, sequence, read);
        // Of two that explain it alike, the one that is expected.
        double bonus = k == expected ? 1e-3 : 0;
        if (found != null && (best == null || found.residual() - bonus < best.residual())) {
          best = found;
        }
      }
    }
    if (best != null) {
      look.counter = best.counter();
      look.fault = Fault.Kind.TORN;
      look.share = best.share();
      look.detail = best.detail();
    }
    boolean whole = markers.stream().allMatch(cells -> cells.content().isPresent());
    if (look.fault == null && (contents.isEmpty() || !whole)) {
      look.fault = Fault.Kind.UNREADABLE;
      look.detail = markers.isEmpty() ? "no marker is seen" : "the marker cannot be read";
    }
    look.clean = look.fault == null;
    return look;
  }

  /** Two frames in one: {@code counter} and the one after it. */
  private record Mixture(int counter, double share, double residual, String detail) {}

  /** How cells mix the frames k and k + 1; null if they do not. */
  private static Mixture mixture(MarkerCells cells, int k, Sequence sequence, boolean read) {
    if (k < 0 || k + 1 >= sequence.frameCount()) {
      return null;
    }
    FrameMarker.Content a = new FrameMarker.Content(k, sequence.id());
    FrameMarker.Content b = new FrameMarker.Content(k + 1, sequence.id());
    boolean later = read && cells.content().orElseThrow().equals(b);
    MarkerCells.Blend blend = later ? cells.blend(b, a) : cells.blend(a, b);
    if (blend.residual() < MOST_RESIDUAL
        && blend.share() > LEAST_SHARE
        && blend.share() < 1 - LEAST_SHARE) {
      double share = later ? 1 - blend.share() : blend.share();
      return new Mixture(
          k,
          share,
          blend.residual(),
          String.format(Locale.ROOT, "%.0f %% of frame %d in frame %d", 100 * share, k + 1, k));
    }
    double tear = read ? Double.POSITIVE_INFINITY : cells.tear(a, b);
    return tear < Double.POSITIVE_INFINITY
        ? new Mixture(k, 0.5, tear, "frames %d and %d above one another".formatted(k, k + 1))
        : null;
  }

  private static void checkFootage(
      String name, Sequence sequence, FootageRate rate, List<Look> looks) {
    List<Look> foreign = looks.stream().filter(look -> look.foreign).toList();
    List<Integer> at = new ArrayList<>();
    for (int i = 0; i < looks.size(); i++) {
      if (looks.get(i).clean) {
        at.add(i);
      }
    }
    if (!foreign.isEmpty() && foreign.size() >= at.size()) {
      throw new UserError(
          name, foreign.getFirst().detail, "give the sequence that was played for this footage");
    }
    if (at.isEmpty()) {
      throw new UserError(
          name,
          "no frame has a marker that can be read",
          "film a panel that shows the marker, in focus, at least 24 pixels wide and not clipped");
    }
    if (at.size() < 3) {
      return;
    }
    double step = step(rate, looks, at);
    if (Math.abs(step * rate.ratio() - 1) <= RATE_TOLERANCE) {
      return;
    }
    boolean several = step < 0.75 && rate.isLocked();
    throw new UserError(
        name,
        several
            ? String.format(
                Locale.ROOT,
                "shows each frame of the wall several times (%.3g on average)",
                1 / step)
            : String.format(
                Locale.ROOT,
                "goes on by %s frames of the wall a frame, where rig and sequence say %.4g",
                Math.rint(1e4 * step) / 1e4,
                1 / rate.ratio()),
        step > 0 && step < 1 + RATE_TOLERANCE
            ? String.format(
                Locale.ROOT,
                "give the rig's camera the framesPerSecond it had, about %.5g where the wall shows"
                    + " %s",
                sequence.framesPerSecond() / step,
                sequence.framesPerSecond())
            : String.format(
                Locale.ROOT,
                "film at the wall's rate of %s frames a second, locked to it, or faster",
                sequence.framesPerSecond()));
  }

  /** How many frames of the wall pass from a frame to the next; faults hardly count. */
  private static double step(FootageRate rate, List<Look> looks, List<Integer> at) {
    double mean = steps(looks, at, Math.min(at.size() / 2, RATE_FRAMES));
    // A locked camera may drop many frames, but from most frames to the next it is one step.
    return rate.isLocked() && mean > 0.8 && median(looks, at) == 1 ? 1 : mean;
  }

  private static double median(List<Look> looks, List<Integer> at) {
    double[] steps = sorted(looks, at, 1);
    return steps[steps.length / 2];
  }

  /** The mean of the middle half of the steps over so many frames. */
  private static double steps(List<Look> looks, List<Integer> at, int way) {
    double[] steps = sorted(looks, at, way);
    return Arrays.stream(steps, steps.length / 4, steps.length - steps.length / 4)
        .average()
        .orElseThrow();
  }

  private static double[] sorted(List<Look> looks, List<Integer> at, int way) {
    double[] steps = new double[at.size() - way];
    for (int i = 0; i < steps.length; i++) {
      int passed = looks.get(at.get(i + way)).counter - looks.get(at.get(i)).counter;
      steps[i] = (double) passed / (at.get(i + way) - at.get(i));
    }
    Arrays.sort(steps);
    return steps;
  }

  /**
   * Compares each clean frame's marker with the median of those around it under the same light: a
   * lens mixes the rim of the marker with what is beside it, so that it looks brighter in bright
   * surroundings.
   */
  static void exposure(List<Look> looks, Sequence sequence) {
    List<Look> clean = looks.stream().filter(look -> look.clean).toList();
    List<Look> wrong = new ArrayList<>();
    List<Double> by = new ArrayList<>();
    int reach = EXPOSURE_REACH * Math.min(MOST_SLOTS, sequence.cycle().size());
    for (int i = 0; i < clean.size(); i++) {
      Look look = clean.get(i);
      double[] alike = around(clean, i, reach, sequence, true);
      double[] around =
          alike.length >= LEAST_ALIKE ? alike : around(clean, i, EXPOSURE_REACH, sequence, false);
      Arrays.sort(around);
      double ratio = look.contrast / around[around.length / 2];
      if (Math.abs(ratio - 1) > EXPOSURE_TOLERANCE) {
        wrong.add(look);
        by.add(ratio);
      }
    }
    for (int i = 0; i < wrong.size(); i++) {
      Look look = wrong.get(i);
      look.fault = Fault.Kind.MISEXPOSED;
      look.detail =
          String.format(
              Locale.ROOT, "%+.2f stops from its neighbours", Math.log(by.get(i)) / Math.log(2));
    }
  }

  /** Contrasts of the frames around one, itself among them. */
  private static double[] around(
      List<Look> clean, int at, int reach, Sequence sequence, boolean alike) {
    int slot = slot(clean.get(at), sequence);
    return clean.subList(Math.max(0, at - reach), Math.min(clean.size(), at + reach + 1)).stream()
        .filter(look -> !alike || slot(look, sequence) == slot)
        .mapToDouble(look -> look.contrast)
        .toArray();
  }

  /** Which frame of the cycle is shown, −1 while the wall fades. */
  private static int slot(Look look, Sequence sequence) {
    return sequence.isFull(look.counter)
        ? Math.floorMod(look.counter - sequence.firstFullFrame(), sequence.cycle().size())
        : -1;
  }

  /** Follows the counter from frame to frame. */
  private static FootageLabels ordered(List<Look> looks) {
    int first = 0;
    int end = looks.size();
    // Before and after the sequence there is nothing to be read, and nothing wrong with that.
    while (!looks.get(first).clean) {
      first++;
    }
    while (!looks.get(end - 1).clean) {
      end--;
    }
    int[] counters = new int[looks.size()];
    double[] moments = new double[looks.size()];
    String[] reasons = new String[looks.size()];
    Arrays.fill(counters, -1);
    for (int i = 0; i < reasons.length; i++) {
      reasons[i] = i < first || i >= end ? outside(i, first) : "";
    }
    List<Fault> faults = new ArrayList<>();
    int lastAt = -1;
    int lastCounter = -1;
    for (int i = first; i < end; i++) {
      Look look = looks.get(i);
      if (look.clean) {
        boolean again = lastAt >= 0 && look.counter <= lastCounter;
        if (again) {
          boolean same = look.counter == lastCounter;
          faults.add(
              new Fault(
                  same ? Fault.Kind.DOUBLED : Fault.Kind.DISORDERED,
                  i,
                  look.counter,
                  1,
                  same ? "shown once more" : "comes after frame " + lastCounter));
        } else if (lastAt >= 0) {
          int missing = look.counter - lastCounter - (i - lastAt);
          if (missing > 0) {
            int named = look.counter - missing;
            faults.add(
                new Fault(
                    Fault.Kind.DROPPED,
                    i,
                    named,
                    missing,
                    missing == 1 ? "one frame is missing" : missing + " frames are missing"));
          }
        }
        if (!again) {
          lastAt = i;
          lastCounter = look.counter;
        } else {
          // The footage has a frame more than the wall: count on from here.
          lastAt = i;
          lastCounter = Math.max(lastCounter, look.counter);
        }
        if (look.fault == null && !again) {
          counters[i] = look.counter;
          moments[i] = look.counter;
        }
        if (again) {
          reasons[i] = faults.getLast().reason();
        }
      }
      if (look.fault != null) {
        faults.add(new Fault(look.fault, i, look.counter, 1, look.detail));
        reasons[i] = faults.getLast().reason();
      }
    }
    return new FootageLabels(counters, moments, List.of(reasons), List.copyOf(faults));
  }
}
