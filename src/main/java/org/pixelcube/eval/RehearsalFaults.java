package org.pixelcube.eval;

import java.util.ArrayList;
import java.util.EnumMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.SplittableRandom;
import org.pixelcube.capture.Fault;
import org.pixelcube.stage.Rig;
import org.pixelcube.stage.Sequence;
import org.pixelcube.stage.StageCamera;
import org.pixelcube.stage.StageFault;

/** Faults of a virtual stage, and which of them a capture found. */
final class RehearsalFaults {
  private static final List<StageFault.Kind> OF_FRAMES =
      List.of(
          StageFault.Kind.DROPPED,
          StageFault.Kind.DOUBLED,
          StageFault.Kind.HELD,
          StageFault.Kind.MISEXPOSED,
          StageFault.Kind.GENLOCK_SLIP);

  /** One LED in so many is dead where faults are wanted. */
  private static final int LEDS_FOR_ONE_DEAD = 4000;

  /** What a drifting panel loses or gains in a second, a share. */
  private static final double DRIFT = 0.2;

  private RehearsalFaults() {}

  /**
   * What was injected, found and made up of one kind.
   *
   * @param looked whether a capture looks for it
   */
  record Row(StageFault.Kind kind, int injected, int found, boolean looked) {}

  /**
   * What became of faults.
   *
   * @param rows of each kind that was injected
   * @param invented what the capture names and nobody injected
   */
  record Outcome(List<Row> rows, List<Fault> invented) {
    /** Whether all was found that a capture looks for, and nothing else. */
    boolean whole() {
      return invented.isEmpty() && rows.stream().allMatch(r -> !r.looked || r.found == r.injected);
    }

    /** A table. */
    String table() {
      StringBuilder text = new StringBuilder();
      for (Row row : rows) {
        text.append(
            String.format(
                Locale.ROOT,
                "fault %-13s injected %d, found %s%n",
                row.kind.name().toLowerCase(Locale.ROOT).replace('_', ' '),
                row.injected,
                row.looked ? Integer.toString(row.found) : "- (a capture does not look for it)"));
      }
      text.append("faults invented ").append(invented.size());
      for (Fault f : invented) {
        text.append(
            String.format(
                Locale.ROOT,
                "; frame %d %s: %s",
                f.footageFrame(),
                f.kind().name().toLowerCase(Locale.ROOT),
                f.detail()));
      }
      return text.append(String.format("%n")).toString();
    }
  }

  /**
   * Draws faults: of frames no two within two frames of each other, and with them dead LEDs and a
   * panel that drifts.
   *
   * @param count of frames, at most; fewer if there is no room; 0 gives none at all
   */
  static List<StageFault> drawn(long seed, Rig rig, Sequence sequence, int count) {
    if (count == 0) {
      return List.of();
    }
    List<StageFault> out = new ArrayList<>(ofFrames(seed, rig, sequence, count));
    out.addAll(standing(seed, rig));
    return List.copyOf(out);
  }

  /**
   * Faults of frames, no two within two frames of each other, each kind in turn.
   *
   * @param count at most; fewer if there is no room
   */
  static List<StageFault> ofFrames(long seed, Rig rig, Sequence sequence, int count) {
    SplittableRandom random = new SplittableRandom(seed ^ 0x9E3779B97F4A7C15L);
    StageCamera camera = rig.mainCamera();
    double open = camera.shutterSeconds() + camera.readoutSeconds();
    double margin = (1 / sequence.framesPerSecond() - open) / 2;
    List<StageFault> out = new ArrayList<>();
    for (StageFault f :
        StageFault.ofFrames(
            seed,
            OF_FRAMES,
            sequence.firstFullFrame() + 1,
            sequence.endOfFullFrames() - 2,
            count)) {
      if (f.kind() != StageFault.Kind.GENLOCK_SLIP) {
        out.add(f);
        continue;
      }
      // Late for one frame, by as much as tears it, then in step again.
      double late = margin + camera.shutterSeconds() * (0.2 + 0.6 * random.nextDouble());
      out.add(new StageFault(f.kind(), f.frame(), 0, late));
      out.add(new StageFault(f.kind(), f.frame() + 1, 0, -late));
    }
    return List.copyOf(out);
  }

  /** Dead LEDs, and a panel that drifts. */
  static List<StageFault> standing(long seed, Rig rig) {
    SplittableRandom random = new SplittableRandom(seed ^ 0xD1B54A32D192ED03L);
    List<StageFault> out = new ArrayList<>();
    int panels = rig.geometry().size();
    int leds = rig.geometry().stream().mapToInt(g -> g.pixelsWide() * g.pixelsHigh()).sum();
    for (int i = 0; i < Math.max(1, leds / LEDS_FOR_ONE_DEAD); i++) {
      int panel = random.nextInt(panels);
      int all = rig.geometry().get(panel).pixelsWide() * rig.geometry().get(panel).pixelsHigh();
      out.add(new StageFault(StageFault.Kind.DEAD_LED, random.nextInt(all), panel, 0));
    }
    out.add(
        new StageFault(
            StageFault.Kind.DRIFT,
            0,
            random.nextInt(panels),
            random.nextBoolean() ? DRIFT : -DRIFT));
    return List.copyOf(out);
  }

  /** Matches what was found with what was injected. */
  static Outcome matched(List<StageFault> injected, List<Fault> found) {
    List<Fault> left = new ArrayList<>(found);
    Map<StageFault.Kind, int[]> counts = new EnumMap<>(StageFault.Kind.class);
    for (StageFault f : injected) {
      if (f.kind() == StageFault.Kind.GENLOCK_SLIP && f.amount() < 0) {
        // The end of the slip before it.
        continue;
      }
      int[] n = counts.computeIfAbsent(f.kind(), _ -> new int[2]);
      n[0]++;
      int at = f.frame();
      boolean seen =
          switch (f.kind()) {
            case DROPPED -> take(left, Fault.Kind.DROPPED, at);
            case DOUBLED -> take(left, Fault.Kind.DOUBLED, at);
            case MISEXPOSED -> take(left, Fault.Kind.MISEXPOSED, at);
            // The frame before is shown twice, and this one never.
            case HELD -> {
              boolean again = take(left, Fault.Kind.DOUBLED, at - 1);
              boolean missing = take(left, Fault.Kind.DROPPED, at);
              yield again && missing;
            }
            case GENLOCK_SLIP -> take(left, Fault.Kind.TORN, at);
            case DEAD_LED, DRIFT -> false;
          };
      n[1] += seen ? 1 : 0;
    }
    List<Row> rows = new ArrayList<>();
    counts.forEach((kind, n) ->
        rows.add(
            new Row(
                kind,
                n[0],
                n[1],
                kind != StageFault.Kind.DEAD_LED && kind != StageFault.Kind.DRIFT)));
    return new Outcome(List.copyOf(rows), List.copyOf(left));
  }

  private static boolean take(List<Fault> left, Fault.Kind kind, int counter) {
    for (int i = 0; i < left.size(); i++) {
      if (left.get(i).kind() == kind && left.get(i).counter() == counter) {
        left.remove(i);
        return true;
      }
    }
    return false;
  }
}
