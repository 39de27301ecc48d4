package org.pixelcube.capture;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import org.pixelcube.stage.Sequence;

/**
 * Labels of footage of a camera that is faster than the wall: each frame of the wall is seen in
 * several frames, of which some may see two. When exposures begin is followed as an interval, in
 * frames of the wall, that every marker narrows; what cannot be explained by a camera that goes on
 * evenly is a fault.
 */
final class FootageTimeline {
  /** How much a frame of the camera may be longer or shorter than it should, frames of the wall. */
  private static final double UNEVEN = 0.005;

  /** How wrong a share read from a marker may be, of the exposure. */
  private static final double SHARE_ERROR = 0.1;

  /** Slack of all times, frames of the wall. */
  private static final double SLACK = 0.03;

  /** Middles of exposures nearer to each other than this are alike. */
  private static final double ALIKE = 0.05;

  private final FootageRate rate;

  private double low = Double.NaN;
  private double high;

  private FootageTimeline(FootageRate rate) {
    this.rate = rate;
  }

  /** Labels looks of which at least one is clean. */
  static FootageLabels labels(Sequence sequence, FootageRate rate, List<FootageLabels.Look> looks) {
    return new FootageTimeline(rate).follow(sequence, looks);
  }

  private FootageLabels follow(Sequence sequence, List<FootageLabels.Look> looks) {
    int n = looks.size();
    int first = 0;
    int end = n;
    while (!looks.get(first).clean) {
      first++;
    }
    while (!looks.get(end - 1).clean) {
      end--;
    }
    String[] reasons = new String[n];
    Arrays.fill(reasons, "");
    double[] moments = new double[n];
    double[] lows = new double[n];
    double[] highs = new double[n];
    Arrays.fill(lows, Double.NaN);
    boolean[] jumps = new boolean[n];
    int[] counters = new int[n];
    Arrays.fill(counters, -1);
    List<Fault> faults = new ArrayList<>();
    List<FootageLabels.Look> pure = new ArrayList<>();
    for (int i = 0; i < n; i++) {
      FootageLabels.Look look = looks.get(i);
      if (i < first || i >= end) {
        reasons[i] = FootageLabels.outside(i, first);
        continue;
      }
      if (!Double.isNaN(low)) {
        low += 1 / rate.ratio() - UNEVEN;
        high += 1 / rate.ratio() + UNEVEN;
      }
      boolean mixed = isMixed(look);
      if (look.foreign || (look.fault != null && !mixed)) {
        faults.add(new Fault(look.fault, i, look.counter, 1, look.detail));
        reasons[i] = faults.getLast().reason();
        continue;
      }
      Fault fault = observe(i, looks);
      jumps[i] = fault != null && fault.kind() != Fault.Kind.TORN;
      lows[i] = low;
      highs[i] = high;
      if (fault != null) {
        faults.add(fault);
        if (fault.kind() != Fault.Kind.DROPPED) {
          reasons[i] = fault.reason();
          continue;
        }
      }
      if (mixed) {
        reasons[i] = "sees two frames of the wall: " + look.detail;
      } else {
        pure.add(look);
        counters[i] = look.counter;
      }
    }
    FootageLabels.exposure(pure, sequence);
    for (int i = 0; i < n; i++) {
      if (counters[i] >= 0 && looks.get(i).fault == Fault.Kind.MISEXPOSED) {
        faults.add(new Fault(Fault.Kind.MISEXPOSED, i, counters[i], 1, looks.get(i).detail));
        reasons[i] = faults.getLast().reason();
        counters[i] = -1;
      }
    }
    backwards(lows, highs, jumps);
    for (int i = 0; i < n; i++) {
      moments[i] = (lows[i] + highs[i] + rate.shutter() + rate.readout()) / 2;
    }
    choose(counters, moments, reasons);
    faults.sort((a, b) -> Integer.compare(a.footageFrame(), b.footageFrame()));
    return new FootageLabels(counters, moments, List.of(reasons), List.copyOf(faults));
  }

  /**
   * When the exposure of a frame began, by its marker alone.
   *
   * @param from the earliest
   * @param to the latest
   */
  private record Span(double from, double to) {}

  private Span span(FootageLabels.Look look) {
    double slack = SLACK + rate.readout() / 2;
    double from = look.counter;
    double to = look.counter + 1 - rate.shutter();
    if (isMixed(look)) {
      // Of two frames above one another no more is known than that both are seen.
      double late = rate.shutter() * look.share;
      double error = (look.share == 0.5 ? 0.5 : SHARE_ERROR) * rate.shutter();
      from = to + late - error;
      to = to + late + error;
    } else {
      slack += SHARE_ERROR * rate.shutter();
    }
    return new Span(from - slack, to + slack);
  }

  private static boolean isMixed(FootageLabels.Look look) {
    return !Double.isNaN(look.share) && !look.foreign;
  }

  /**
   * Narrows the interval by a marker.
   *
   * @return what is wrong, or null
   */
  private Fault observe(int frame, List<FootageLabels.Look> looks) {
    FootageLabels.Look look = looks.get(frame);
    Span span = span(look);
    if (Double.isNaN(low)) {
      low = span.from;
      high = span.to;
      return null;
    }
    if (meets(low, high, span)) {
      narrow(span);
      return null;
    }
    double period = 1 / rate.ratio();
    int missing =
        span.from > high
            ? (int) Math.ceil((span.from - high) / period)
            : -(int) Math.ceil((low - span.to) / period);
    if (isMixed(look)
        && agreeing(frame, looks, 0) >= agreeing(frame, looks, missing > 0 ? missing : -1)) {
      return new Fault(Fault.Kind.TORN, frame, look.counter, 1, look.detail);
    }
    if (missing > 0) {
      low += missing * period;
      high += missing * period;
      narrow(span);
      String detail = missing == 1 ? "one frame is missing" : missing + " frames are missing";
      return new Fault(Fault.Kind.DROPPED, frame, look.counter, missing, detail);
    }
    // The footage has a frame more than the wall: go on as if it were not there.
    low -= period;
    high -= period;
    return missing == -1
        ? new Fault(Fault.Kind.DOUBLED, frame, look.counter, 1, "shown once more")
        : new Fault(
            Fault.Kind.DISORDERED,
            frame,
            look.counter,
            1,
            String.format(Locale.ROOT, "is from %d frames before", -missing));
  }

  /** How many of the next frames are where they should be if so many were missing before this. */
  private int agreeing(int frame, List<FootageLabels.Look> looks, int missing) {
    double from = low + missing / rate.ratio();
    double to = high + missing / rate.ratio();
    int count = 0;
    int end = Math.min(looks.size(), frame + 3 + 2 * (int) Math.ceil(rate.ratio()));
    for (int i = frame + 1; i < end; i++) {
      from += 1 / rate.ratio() - UNEVEN;
      to += 1 / rate.ratio() + UNEVEN;
      FootageLabels.Look look = looks.get(i);
      boolean told = look.clean || isMixed(look);
      count += told && meets(from, to, span(look)) ? 1 : 0;
    }
    return count;
  }

  private static boolean meets(double low, double high, Span span) {
    return low <= span.to && span.from <= high;
  }

  private void narrow(Span span) {
    low = Math.max(low, span.from);
    high = Math.max(low, Math.min(high, span.to));
  }

  /** Narrows intervals by those of the frames after them; not over what broke the order. */
  private void backwards(double[] lows, double[] highs, boolean[] jumps) {
    for (int i = lows.length - 2; i >= 0; i--) {
      if (!jumps[i + 1] && !Double.isNaN(lows[i]) && !Double.isNaN(lows[i + 1])) {
        double from = lows[i + 1] - 1 / rate.ratio() - UNEVEN;
        double to = highs[i + 1] - 1 / rate.ratio() + UNEVEN;
        if (from <= highs[i] && lows[i] <= to) {
          lows[i] = Math.max(lows[i], from);
          highs[i] = Math.min(highs[i], to);
        }
      }
    }
  }

  /** Keeps of each frame of the wall the exposure nearest to its middle. */
  private static void choose(int[] counters, double[] moments, String[] reasons) {
    Map<Integer, Integer> best = new HashMap<>();
    for (int i = 0; i < counters.length; i++) {
      if (counters[i] < 0) {
        continue;
      }
      Integer other = best.get(counters[i]);
      if (other == null) {
        best.put(counters[i], i);
        continue;
      }
      boolean better = off(counters[i], moments[i]) < off(counters[i], moments[other]) - ALIKE;
      int worse = better ? other : i;
      int kept = better ? i : other;
      best.put(counters[i], kept);
      reasons[worse] =
          "frame %d of the footage shows frame %d of the wall as well or purer"
              .formatted(kept, counters[i]);
      counters[worse] = -1;
    }
  }

  private static double off(int counter, double moment) {
    return Math.abs(moment - counter - 0.5);
  }
}
