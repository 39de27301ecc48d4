package org.pixelcube.head;

import static org.pixelcube.head.Expression.*;

import java.util.ArrayList;
import java.util.List;
import java.util.SplittableRandom;
import org.pixelcube.math.Vector3;
import org.pixelcube.render.Pose;

/**
 * How a person moves through a clip: head, shoulders, gaze, blinks, mouth, expressions, breath and
 * pupils. Drawn at random from a seed, the same at every frame rate; nothing in it jumps.
 *
 * <p>The poses of head and shoulders are whole rigid motions from rest, {@code world = rotation ·
 * rest + translation}: the turn about the neck is in the translation.
 */
@SuppressWarnings("EnumOrdinal") // weights of expressions lie by ordinal
public final class Performance {
  private static final double MAX_EYE_YAW_DEGREES = 32;
  private static final double MAX_EYE_PITCH_DEGREES = 22;
  private static final double HALF_EYE_DISTANCE_METRES = 0.0315;

  /** What the person does. */
  public enum Kind {
    /** Speaks in phrases, with beats of the head and glances aside. */
    TALKING(0.75, 0.6, 14, 1.6, 3),
    /** Looks at the viewer, nods, now and then says a word. */
    LISTENING(0.08, 0.8, 12, 1.3, 3.6),
    /** Goes through strong expressions. */
    EMOTING(0.15, 0.65, 14, 1.6, 3.4),
    /** Turns the head far to the sides, up and down. */
    TURNING(0.1, 0.5, 10, 1.2, 3.2),
    /** Holds still, as for a photograph. */
    STILL(0, 0.92, 8, 0.6, 4.2);

    private final double speech;
    private final double atViewer;
    private final double gazeSpread;
    private final double restless;
    private final double blinkInterval;

    Kind(double speech, double atViewer, double gazeSpread, double restless, double blinkInterval) {
      this.speech = speech;
      this.atViewer = atViewer;
      this.gazeSpread = gazeSpread;
      this.restless = restless;
      this.blinkInterval = blinkInterval;
    }
  }

  /** An emotion that comes and goes. */
  private record Episode(
      Emotion emotion,
      boolean mirrored,
      double strength,
      double leftShare,
      double rightShare,
      double start,
      double onset,
      double end,
      double offset) {
    double at(double t, double delay) {
      return strength * Submovements.pulse(t - delay, start, onset, end, offset);
    }
  }

  private final Kind kind;
  private final double durationSeconds;
  private final Gaze gaze;
  private final HeadMotion motion;
  private final Speech speech;
  private final Blinks blinks;
  private final List<Episode> episodes = new ArrayList<>();
  private final List<Double> browFlashes = new ArrayList<>();
  private final Drift[] tension = new Drift[6];
  private final double mood;
  private final double lidRest;
  private final double breathHertz;
  private final double breathPhase;
  private final Drift breathDrift;
  private final Drift pupil;
  private final Drift eyeDriftYaw;
  private final Drift eyeDriftPitch;

  private Performance(long seed, Kind kind, double durationSeconds, Vector3 viewer) {
    SplittableRandom random = new SplittableRandom(seed * 0x9E3779B97F4A7C15L + kind.ordinal());
    this.kind = kind;
    this.durationSeconds = durationSeconds;
    gaze = new Gaze(viewer);
    motion = new HeadMotion(random.split(), kind.restless * (0.8 + 0.4 * random.nextDouble()));
    speech = Speech.of(random.split(), durationSeconds, kind.speech);
    mood = kind == Kind.STILL ? 0.25 * random.nextDouble() : 0.05 + 0.25 * random.nextDouble();
    lidRest = 0.02 + 0.05 * random.nextDouble();
    breathHertz = 0.2 + 0.1 * random.nextDouble();
    breathPhase = 2 * Math.PI * random.nextDouble();
    breathDrift = new Drift(random.split(), 0.35, 0.02, 0.12, 1);
    pupil = new Drift(random.split(), 0.12, 0.1, 0.8, 1);
    eyeDriftYaw = new Drift(random.split(), 0.06, 0.3, 4, 1);
    eyeDriftPitch = new Drift(random.split(), 0.06, 0.3, 4, 1);
    for (int i = 0; i < tension.length; i++) {
      tension[i] = new Drift(random.split(), 0.018, 0.05, 0.9, 1.4);
    }
    motion.posture(
        gaze.viewerYaw() + 4 * bell(random),
        -gaze.viewerPitch() + 2.5 * bell(random),
        2 * bell(random));
    direct(random.split());
    blinks =
        Blinks.of(
            random.split(),
            durationSeconds,
            kind.blinkInterval * (0.85 + 0.3 * random.nextDouble()),
            gaze.shifts().stream()
                .filter(s -> s.sizeDegrees() > 12)
                .map(Gaze.Shift::start)
                .toList());
  }

  /** Normal, within ±2. */
  private static double bell(SplittableRandom random) {
    return Math.clamp(random.nextGaussian(), -2, 2);
  }

  /** A performance before a camera about one metre away. */
  public static Performance of(long seed, Kind kind, double durationSeconds) {
    return of(seed, kind, durationSeconds, new Vector3(0, 0, 1.1));
  }

  /**
   * The performance that belongs to a seed.
   *
   * @param durationSeconds how long things happen, above 0
   * @param viewer where the person who is talked to, or the camera, stands: metres, z above 0
   * @throws IllegalArgumentException if the duration or the place is out of range
   */
  public static Performance of(long seed, Kind kind, double durationSeconds, Vector3 viewer) {
    if (!(durationSeconds > 0 && durationSeconds <= 3600) || !(viewer.z() > 0.1)) {
      throw new IllegalArgumentException(
          "duration %s s, viewer %s (expected 0 to 3600 s, z above 0.1 m)"
              .formatted(durationSeconds, viewer));
    }
    return new Performance(seed, kind, durationSeconds, viewer);
  }

  public Kind kind() {
    return kind;
  }

  public double durationSeconds() {
    return durationSeconds;
  }

  /** When the lids begin to close, seconds, in order. */
  public List<Double> blinkStarts() {
    return blinks.starts();
  }

  /** Puts gestures, glances and emotions on the line of time. */
  private void direct(SplittableRandom random) {
    double end = durationSeconds + 0.5;
    if (kind == Kind.TURNING) {
      turns(random.split(), end);
    } else {
      gaze.wander(random.split(), 0.1, end, kind.atViewer, kind.gazeSpread, 1.1);
      followGaze(random.split());
      gestures(random.split(), end);
    }
    emotions(random.split(), end);
    SplittableRandom beats = random.split();
    for (double stress : speech.stresses()) {
      if (beats.nextDouble() < 0.5) {
        motion.nod(stress - 0.18, 1, 1 + 2 * beats.nextDouble(), 0.16 + 0.06 * beats.nextDouble());
      }
      if (beats.nextDouble() < 0.15) {
        browFlashes.add(stress - 0.15);
      }
    }
  }

  /** The head takes a share of shifts of gaze beyond what eyes do alone. */
  private void followGaze(SplittableRandom random) {
    double share = 0.35 + 0.3 * random.nextDouble();
    boolean away = false;
    double tilt = 2.5 * bell(random);
    for (Gaze.Shift s : gaze.shifts()) {
      double yaw = s.yawDegrees() - gaze.viewerYaw();
      double pitch = s.pitchDegrees() - gaze.viewerPitch();
      boolean far = Math.hypot(yaw, pitch) > 8;
      if (far || away) {
        double seconds = 0.3 + 0.008 * s.sizeDegrees() + 0.15 * random.nextDouble();
        motion.turnTo(
            s.start() + 0.02 + 0.06 * random.nextDouble(),
            seconds,
            gaze.viewerYaw() + (far ? share * yaw : tilt),
            -gaze.viewerPitch() - (far ? share * pitch : 0));
      }
      away = far;
    }
  }

  private void gestures(SplittableRandom random, double end) {
    double every = kind == Kind.STILL ? 9 : kind == Kind.LISTENING ? 2.2 : 3;
    double t = every * random.nextDouble();
    while (t < end) {
      double u = random.nextDouble();
      if (kind == Kind.STILL) {
        motion.tilt(t, 0.8, 1.5, 1.5 * bell(random));
      } else if (u < (kind == Kind.LISTENING ? 0.6 : 0.3)) {
        int times = 1 + random.nextInt(3);
        motion.nod(t, times, 3 + 4 * random.nextDouble(), 0.2 + 0.1 * random.nextDouble());
      } else if (u < 0.72) {
        motion.tilt(
            t, 0.45 + 0.3 * random.nextDouble(), 2 * random.nextDouble(), 4.5 * bell(random));
      } else if (u < 0.85) {
        motion.shake(t, 1 + random.nextInt(2), 4 + 4 * random.nextDouble(), 0.2);
      }
      t += every * (0.5 + random.nextDouble());
    }
  }

  /** Large turns: some to look there, some with the eyes left on the viewer. */
  private void turns(SplittableRandom random, double end) {
    double t = 0.2 * random.nextDouble();
    double sign = random.nextBoolean() ? 1 : -1;
    while (t < end) {
      boolean look = random.nextDouble() < 0.6;
      double yaw = sign * (14 + 20 * random.nextDouble());
      double pitch = Math.clamp(7 * random.nextGaussian(), -14, 14);
      double seconds = 0.65 + 0.02 * Math.abs(yaw) * (0.7 + 0.6 * random.nextDouble());
      double hold = 0.3 + 0.9 * random.nextDouble();
      if (look) {
        gaze.shift(t, 1.1 * yaw, -1.05 * pitch, 1.5 + 2 * random.nextDouble());
      } else {
        gaze.shift(t, gaze.viewerYaw(), gaze.viewerPitch(), 1.1);
      }
      motion.turnTo(t + 0.05, seconds, yaw, pitch);
      double turned = t + seconds;
      gaze.wander(
          random.split(),
          turned + 0.25,
          turned + hold - 0.2,
          look ? 0.2 : kind.atViewer,
          0.5 * kind.gazeSpread,
          1.1);
      t = turned + hold;
      if (random.nextDouble() < 0.35) {
        gaze.shift(t, gaze.viewerYaw(), gaze.viewerPitch(), 1.1);
        motion.turnTo(t + 0.04, 0.6, gaze.viewerYaw(), 2 * bell(random));
        t += 0.9 + 0.8 * random.nextDouble();
      }
      sign = random.nextDouble() < 0.75 ? -sign : sign;
    }
  }

  private void emotions(SplittableRandom random, double end) {
    double every =
        switch (kind) {
          case EMOTING -> 0.6;
          case TALKING, LISTENING -> 4;
          case TURNING -> 6;
          case STILL -> 0;
        };
    if (every == 0) {
      return;
    }
    Emotion[] all = Emotion.values();
    int last = -1;
    double t = every * random.nextDouble() - 0.3;
    while (t < end) {
      boolean mild = kind != Kind.EMOTING;
      int pick = random.nextInt(all.length);
      if (pick == last) {
        pick = (pick + 1 + random.nextInt(all.length - 1)) % all.length;
      }
      last = pick;
      // In talk most faces are friendly.
      Emotion emotion = mild && random.nextDouble() < 0.45 ? Emotion.JOY : all[pick];
      double strength = mild ? 0.2 + 0.4 * random.nextDouble() : 0.55 + 0.45 * random.nextDouble();
      double onset = emotion == Emotion.SURPRISE ? 0.28 : 0.35 + 0.4 * random.nextDouble();
      double apex = 0.5 + (mild ? 1 : 1.8) * random.nextDouble();
      double offset = 0.5 + 0.6 * random.nextDouble();
      double skew = 0.12 * bell(random) / 2;
      boolean mirrored = random.nextBoolean();
      episodes.add(
          new Episode(
              emotion,
              mirrored,
              strength,
              1 + skew,
              1 - skew,
              t,
              onset,
              t + onset + apex + offset,
              offset));
      double side = mirrored ? -strength : strength;
      motion.lean(
          t + 0.05,
          1.3 * onset,
          Math.max(0, apex - 0.2),
          strength * emotion.headPitchDegrees(),
          side * emotion.headYawDegrees(),
          side * emotion.headRollDegrees());
      t += onset + apex + (mild ? offset : 0.7 * offset) + every * 2 * random.nextDouble();
    }
  }

  /** The person at a time in seconds from the start of the clip. */
  public FramePose at(double timeSeconds) {
    double t = timeSeconds;
    double breath = breath(t);
    Pose body = motion.body(t, breath);
    Pose head = motion.head(t, body);

    // The eyes hold their target however the head moves: the vestibulo-ocular reflex.
    Vector3 target = head.local(gaze.target(t));
    double eyeYaw =
        HeadMotion.limited(Gaze.yawDegrees(target) + eyeDriftYaw.at(t), MAX_EYE_YAW_DEGREES);
    double eyePitch =
        HeadMotion.limited(Gaze.pitchDegrees(target) + eyeDriftPitch.at(t), MAX_EYE_PITCH_DEGREES);
    double vergence =
        Math.toDegrees(Math.atan(HALF_EYE_DISTANCE_METRES / Math.max(0.2, target.length())));

    float[] w = new float[Expression.COUNT];
    speech.addTo(t, w);
    feel(t, w);
    browFlash(t, w);
    lids(t, eyeYaw, eyePitch, vergence, w);
    double dilation = Math.clamp(0.3 + pupil.at(t), 0, 1);
    w[PUPIL_DILATE_L.ordinal()] = (float) dilation;
    w[PUPIL_DILATE_R.ordinal()] = (float) dilation;
    for (int i = 0; i < w.length; i++) {
      w[i] = Math.clamp(w[i], 0f, 1f);
    }
    return new FramePose(t, w, head, body, eyeYaw, eyePitch, vergence, breath);
  }

  /** In faster than out. */
  private double breath(double t) {
    double phase = 2 * Math.PI * breathHertz * t + breathPhase + breathDrift.at(t);
    return 0.5 - 0.5 * Math.cos(phase + 0.35 * Math.sin(phase));
  }

  private void feel(double t, float[] w) {
    // A mouth that speaks has less to spare for feeling.
    double talk = speech.activity(t);
    for (Episode e : episodes) {
      if (t < e.start - 0.1 || t > e.end + 0.1) {
        continue;
      }
      double left = e.at(t, 0) * e.leftShare;
      double right = e.at(t, 0.025) * e.rightShare;
      double middle = e.at(t, 0.01);
      for (Emotion.Part part : e.emotion.parts()) {
        Expression x = e.mirrored ? Emotion.mirrored(part.expression()) : part.expression();
        String name = x.name();
        double level = name.endsWith("_L") ? left : name.endsWith("_R") ? right : middle;
        boolean mouth = name.startsWith("MOUTH") || name.startsWith("JAW");
        add(w, x, level * part.weight() * (mouth ? 1 - 0.5 * talk : 1));
      }
    }
    both(w, MOUTH_SMILE_L, mood * 0.6 + tension[0].at(t), 0.03);
    both(w, CHEEK_SQUINT_L, mood * 0.25 + tension[1].at(t), 0.02);
    both(w, BROW_INNER_UP_L, 0.04 + tension[2].at(t), 0);
    both(w, BROW_DOWN_L, 0.04 + tension[3].at(t), -0.01);
    both(w, MOUTH_PRESS_L, (0.04 + tension[4].at(t)) * (1 - talk), 0);
    both(w, EYE_SQUINT_L, 0.05 + tension[5].at(t), 0.01);
  }

  private void browFlash(double t, float[] w) {
    for (double start : browFlashes) {
      double u = 0.35 * Submovements.pulse(t, start, 0.18, start + 0.6, 0.3);
      if (u > 0) {
        both(w, BROW_INNER_UP_L, u, 0);
        both(w, BROW_OUTER_UP_L, u, 0.02);
      }
    }
  }

  /** Lids follow the eyes up and down and shut in blinks. */
  private void lids(double t, double eyeYaw, double eyePitch, double vergence, float[] w) {
    double up = softPositive(eyePitch) / 30;
    double down = softPositive(-eyePitch) / 30;
    both(w, EYE_LOOK_UP_L, up, 0);
    both(w, EYE_LOOK_DOWN_L, down, 0);
    double leftOut = eyeYaw - vergence;
    double rightIn = eyeYaw + vergence;
    add(w, EYE_LOOK_OUT_L, softPositive(leftOut) / 40);
    add(w, EYE_LOOK_IN_L, softPositive(-leftOut) / 40);
    add(w, EYE_LOOK_IN_R, softPositive(rightIn) / 40);
    add(w, EYE_LOOK_OUT_R, softPositive(-rightIn) / 40);
    double shut = blinks.at(t);
    double closed = lidRest + (1 - lidRest) * shut;
    both(w, EYE_BLINK_L, closed, 0);
    // Shut lids are neither wide nor squinted nor lowered twice.
    Expression[] yielding = {
      EYE_WIDE_L,
      EYE_WIDE_R,
      EYE_SQUINT_L,
      EYE_SQUINT_R,
      EYE_LOOK_DOWN_L,
      EYE_LOOK_DOWN_R,
      EYE_LOOK_UP_L,
      EYE_LOOK_UP_R
    };
    for (Expression e : yielding) {
      w[e.ordinal()] *= (float) (1 - 0.9 * shut);
    }
  }

  /** About max(0, x), rounded over a degree or two. */
  private static double softPositive(double degrees) {
    return 0.5 * (degrees + Math.sqrt(degrees * degrees + 1));
  }

  private static void both(float[] w, Expression left, double weight, double skew) {
    double v = Math.max(0, weight);
    add(w, left, v * (1 + skew));
    add(w, Emotion.mirrored(left), v * (1 - skew));
  }

  /** Two causes of one movement never add up to more than the whole. */
  private static void add(float[] w, Expression e, double weight) {
    int i = e.ordinal();
    w[i] = (float) (1 - (1 - Math.min(1, w[i])) * (1 - Math.clamp(weight, 0, 1)));
  }
}
