package org.pixelcube.stage;

import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.SplittableRandom;
import org.pixelcube.config.InvalidSetting;

/**
 * Something that goes wrong on a stage.
 *
 * @param kind what
 * @param frame exposure of the camera, or frame of the wall, at which it happens; of a dead LED its
 *     {@code row · pixelsWide + column} on the panel
 * @param panel which panel, for what concerns one; else 0
 * @param amount how much, see {@link Kind}
 */
public record StageFault(Kind kind, int frame, int panel, double amount) {
  /** Kinds of faults. */
  public enum Kind {
    /** The camera does not record an exposure. */
    DROPPED,
    /** The camera records an exposure twice. */
    DOUBLED,
    /** The camera's gain is {@code amount} for one exposure. */
    MISEXPOSED,
    /** The wall does not change to a frame but holds the one before. */
    HELD,
    /** From an exposure on the camera is late by {@code amount} seconds. */
    GENLOCK_SLIP,
    /** An LED stays dark. */
    DEAD_LED,
    /** A panel's light changes by the share {@code amount} each second. */
    DRIFT
  }

  public StageFault {
    InvalidSetting.inRange("frame", frame, 0, Integer.MAX_VALUE);
    InvalidSetting.inRange("panel", panel, 0, Short.MAX_VALUE);
    InvalidSetting.inRange("amount", amount, -1000, 1000);
  }

  /**
   * Faults of single frames, no two within two frames of each other, so that each can be told.
   * Kinds come in turn, in an order of their own in each round: none is left out of many.
   *
   * @param kinds to draw from: of frames, not of panels
   * @param first earliest frame
   * @param end one after the last
   * @param count how many at most; fewer if there is no room
   * @return by frame
   */
  public static List<StageFault> ofFrames(
      long seed, List<Kind> kinds, int first, int end, int count) {
    SplittableRandom random = new SplittableRandom(seed);
    List<StageFault> out = new ArrayList<>();
    List<Kind> round = new ArrayList<>();
    for (int attempt = 0; attempt < 50 * count && out.size() < count; attempt++) {
      int frame = random.nextInt(first, end);
      if (out.stream().anyMatch(f -> Math.abs(f.frame - frame) <= 2)) {
        continue;
      }
      if (round.isEmpty()) {
        round.addAll(kinds);
      }
      Kind kind = round.remove(random.nextInt(round.size()));
      double amount =
          switch (kind) {
            case MISEXPOSED -> random.nextBoolean() ? 0.5 : 1.6;
            case GENLOCK_SLIP -> 0.002 + 0.004 * random.nextDouble();
            case DROPPED, DOUBLED, HELD -> 0;
            case DEAD_LED, DRIFT ->
                throw new IllegalArgumentException(kind + " is no fault of a frame");
          };
      out.add(new StageFault(kind, frame, 0, amount));
    }
    out.sort(Comparator.comparingInt(StageFault::frame));
    return List.copyOf(out);
  }
}
