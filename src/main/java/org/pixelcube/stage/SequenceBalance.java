package org.pixelcube.stage;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;

/**
 * Makes the frames of a cycle equally bright in the mean over the wall, so that the eye takes them
 * for steady light whatever they show.
 */
public final class SequenceBalance {
  /** Times within the sequence at which lights that move are measured. */
  private static final int TIMES = 8;

  private static final int ROUNDS = 12;

  /** Means closer than this share are equal. */
  private static final double EQUAL = 5e-4;

  private SequenceBalance() {}

  /** Measures the lights of a sequence. */
  @FunctionalInterface
  public interface Meter {
    /** The mean over the wall and over time of each light, cd/m², at its exposure. */
    double[] lightNits(Sequence sequence);
  }

  /** The mean over the wall and over time of each light, cd/m². */
  public static double[] lightNits(Sequence sequence, SafetyLimits.WallLuminance luminance) {
    double seconds = sequence.cycles() * sequence.cycle().size() / sequence.framesPerSecond();
    double[] nits = new double[sequence.lights().size()];
    for (int i = 0; i < nits.length; i++) {
      for (int k = 0; k < TIMES; k++) {
        nits[i] += luminance.nits(Label.light(i), seconds * k / TIMES) / TIMES;
      }
    }
    return nits;
  }

  /**
   * Lowers the exposure of brighter lights until all are as bright as the dimmest. Light beyond the
   * panels' peak does not go with the exposure, so this is found in steps.
   */
  public static Sequence evened(Sequence sequence, Meter meter) {
    Sequence s = sequence;
    for (int round = 0; round < ROUNDS; round++) {
      double[] nits = meter.lightNits(s);
      double least = Arrays.stream(nits).filter(n -> n > 0).min().orElse(0);
      double most = Arrays.stream(nits).max().orElse(0);
      if (most <= least * (1 + EQUAL)) {
        break;
      }
      List<Sequence.Light> lights = new ArrayList<>();
      for (int i = 0; i < nits.length; i++) {
        Sequence.Light light = s.lights().get(i);
        double stops = nits[i] > 0 ? Math.log(least / nits[i]) / Math.log(2) : 0;
        lights.add(light.withExposureStops(light.exposureStops() + stops));
      }
      s = s.withLights(lights);
    }
    return s;
  }

  /**
   * The sequence with flat, tracking and matte frames at the level at which they are as bright as
   * its lights are in the mean over the cycle, or as its single panels where there are no lights;
   * where their peak does not reach that far, at their peak. With lights that differ, that is the
   * level that changes the least from frame to frame (least squares).
   *
   * @param unit luminance of the same sequence with all levels 1
   */
  public static Sequence balanced(Sequence sequence, SafetyLimits.WallLuminance unit) {
    double[] lights = lightNits(sequence, unit);
    double sum = 0;
    int count = 0;
    boolean anyLight = sequence.labels().stream().anyMatch(l -> l.kind() == Label.Kind.LIGHT);
    for (Label label : sequence.labels()) {
      if (label.kind() == Label.Kind.LIGHT) {
        sum += lights[label.index()];
        count++;
      } else if (label.kind() == Label.Kind.OLAT && !anyLight) {
        sum += sequence.levels().olat() * unit.nits(label, 0);
        count++;
      }
    }
    if (count == 0) {
      return sequence;
    }
    double target = sum / count;
    Sequence.Levels levels = sequence.levels();
    return sequence.withLevels(
        new Sequence.Levels(
            level(target, unit.nits(Label.FLAT, 0)),
            level(target, unit.nits(Label.TRACKING, 0)),
            levels.olat(),
            level(target, unit.nits(Label.MATTE, 0))));
  }

  private static double level(double nits, double full) {
    return full > 0 ? Math.min(1, nits / full) : 0;
  }

  /** The same sequence with all levels 1, as {@link #balanced} measures it. */
  public static Sequence full(Sequence sequence) {
    return sequence.withLevels(new Sequence.Levels(1, 1, 1, 1));
  }
}
