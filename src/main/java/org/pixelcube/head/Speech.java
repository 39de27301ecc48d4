package org.pixelcube.head;

import java.util.ArrayList;
import java.util.List;
import java.util.SplittableRandom;
import org.pixelcube.head.Viseme.Articulator;

/**
 * Mouth movement like that of speech: phrases and pauses, syllables at 3 to 6 a second, and
 * coarticulation by overlapping dominance (Cohen and Massaro 1993, "Modeling coarticulation in
 * synthetic visual speech"): an articulator stands at Σ D·T / Σ D, with D(τ) = α·exp(−θτ²) about
 * each sound, and a rest that holds where nothing is said.
 */
@SuppressWarnings("EnumOrdinal") // weights of expressions lie by ordinal
final class Speech {
  /** Dominance of the closed mouth at rest. */
  private static final double REST = 0.12;

  /** Sounds further off than this have no say: their dominance is below 10⁻⁶. */
  private static final double REACH_SECONDS = 0.5;

  private record Sound(
      double timeSeconds, Viseme viseme, double strength, double thetaBefore, double thetaAfter) {}

  /** A stretch of speech between two pauses. */
  record Phrase(double start, double end) {}

  private final List<Sound> sounds = new ArrayList<>();
  private final List<Phrase> phrases = new ArrayList<>();
  private final List<Double> stresses = new ArrayList<>();
  private final double[] asymmetry = new double[Articulator.COUNT];

  private Speech() {}

  /**
   * Speech for a clip.
   *
   * @param share how much of the time is spoken, 0 to 1
   */
  static Speech of(SplittableRandom random, double durationSeconds, double share) {
    Speech speech = new Speech();
    for (int a = 0; a < Articulator.COUNT; a++) {
      speech.asymmetry[a] = 0.1 * (2 * random.nextDouble() - 1);
    }
    if (share <= 0) {
      return speech;
    }
    double talk = share > 0.5 ? 2.2 : 0.7;
    double pause = talk * (1 - share) / share;
    double t = random.nextDouble() < share ? -0.5 : pause * random.nextDouble();
    while (t < durationSeconds + 0.5) {
      double length = talk * (0.5 + random.nextDouble());
      speech.phrase(random, t, t + length);
      t = speech.phrases.getLast().end() + pause * (0.4 + 1.2 * random.nextDouble());
    }
    return speech;
  }

  private void phrase(SplittableRandom random, double start, double end) {
    double rate = 3.4 + 2.2 * random.nextDouble();
    double effort = 0.75 + 0.4 * random.nextDouble();
    double t = start;
    int sinceStress = 0;
    while (t < end) {
      double syllable = Math.clamp((0.8 + 0.4 * random.nextDouble()) / rate, 1 / 6.0, 1 / 3.0);
      boolean stressed = ++sinceStress > 1 && random.nextDouble() < 0.4;
      double strength = effort * (stressed ? 1.15 : 0.85);
      Viseme onset = consonant(random);
      Viseme nucleus = vowel(random, stressed);
      add(t + 0.15 * syllable, onset, effort, syllable);
      add(t + 0.58 * syllable, nucleus, strength, syllable);
      if (random.nextDouble() < 0.35) {
        add(t + 0.9 * syllable, consonant(random), effort, syllable);
      }
      if (stressed) {
        stresses.add(t + 0.5 * syllable);
        sinceStress = 0;
      }
      t += syllable;
    }
    phrases.add(new Phrase(start, t));
  }

  private void add(double time, Viseme viseme, double strength, double syllable) {
    // A sound fades to 1/e over a third of a syllable before it and a bit later after it.
    double before = 1 / sq(0.34 * syllable);
    double after = 1 / sq(0.38 * syllable);
    sounds.add(new Sound(time, viseme, Math.min(1.2, strength), before, after));
  }

  private static double sq(double v) {
    return v * v;
  }

  /** Rough frequencies of English consonants, by what they look like. */
  private static Viseme consonant(SplittableRandom random) {
    double u = random.nextDouble();
    if (u < 0.36) {
      return Viseme.ALVEOLAR;
    } else if (u < 0.5) {
      return Viseme.SIBILANT;
    } else if (u < 0.64) {
      return Viseme.BILABIAL;
    } else if (u < 0.73) {
      return Viseme.VELAR;
    } else if (u < 0.81) {
      return Viseme.RHOTIC;
    } else if (u < 0.88) {
      return Viseme.LABIODENTAL;
    } else if (u < 0.92) {
      return Viseme.GLIDE;
    }
    return u < 0.97 ? Viseme.DENTAL : Viseme.POSTALVEOLAR;
  }

  private static Viseme vowel(SplittableRandom random, boolean stressed) {
    if (!stressed && random.nextDouble() < 0.5) {
      return Viseme.CENTRAL;
    }
    Viseme[] vowels = {
      Viseme.OPEN,
      Viseme.FRONT_OPEN,
      Viseme.FRONT_MID,
      Viseme.FRONT_MID,
      Viseme.FRONT_CLOSE,
      Viseme.FRONT_CLOSE,
      Viseme.CENTRAL,
      Viseme.BACK_MID,
      Viseme.BACK_CLOSE
    };
    return vowels[random.nextInt(vowels.length)];
  }

  /** Moments of stress, in order: heads and brows beat with them. */
  List<Double> stresses() {
    return stresses;
  }

  List<Phrase> phrases() {
    return phrases;
  }

  /** How much is being said, 0 to 1, rising and falling around each phrase. */
  double activity(double t) {
    double a = 0;
    for (Phrase p : phrases) {
      a = Math.max(a, Submovements.pulse(t, p.start() - 0.25, 0.3, p.end() + 0.35, 0.35));
    }
    return a;
  }

  /** Adds the mouth's share to the weights, by {@link Expression} ordinal. */
  void addTo(double t, float[] weights) {
    int first = firstAfter(t - REACH_SECONDS);
    int last = firstAfter(t + REACH_SECONDS);
    if (first == last) {
      return;
    }
    for (int a = 0; a < Articulator.COUNT; a++) {
      double sum = 0;
      double total = REST;
      for (int i = first; i < last; i++) {
        Sound s = sounds.get(i);
        double tau = t - s.timeSeconds;
        double d =
            s.viseme.dominance(a) * Math.exp(-(tau < 0 ? s.thetaBefore : s.thetaAfter) * tau * tau);
        sum += d * s.strength * s.viseme.target(a);
        total += d;
      }
      double value = sum / total;
      Expression left = Articulator.values()[a].expression();
      Expression right = Emotion.mirrored(left);
      if (left == right) {
        weights[left.ordinal()] += (float) value;
      } else {
        weights[left.ordinal()] += (float) (value * (1 + asymmetry[a]));
        weights[right.ordinal()] += (float) (value * (1 - asymmetry[a]));
      }
    }
  }

  private int firstAfter(double t) {
    int low = 0;
    int high = sounds.size();
    while (low < high) {
      int middle = (low + high) >>> 1;
      if (sounds.get(middle).timeSeconds < t) {
        low = middle + 1;
      } else {
        high = middle;
      }
    }
    return low;
  }
}
