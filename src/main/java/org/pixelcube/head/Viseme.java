package org.pixelcube.head;

/**
 * What the mouth aims at for a class of sounds that look alike, and how strongly it insists.
 *
 * <p>{@link #target} and {@link #dominance} are by {@link Articulator} ordinal; the numbers below
 * are the targets in that order.
 */
@SuppressWarnings({"EnumOrdinal", "ImmutableEnumChecker"}) // tables by ordinal, never written
enum Viseme {
  /** Lips shut: p, b, m. */
  BILABIAL(0.05, 0.05, 0, 0, 0, 0, 0, 0.12, 0.1, 0.3),
  /** Lower lip against the teeth: f, v. */
  LABIODENTAL(0.07, 0, 0, 0, 0, 0.2, 0.05, 0.4, 0, 0),
  /** Tongue between the teeth: th. */
  DENTAL(0.13, 0, 0, 0, 0.18, 0.1, 0.05, 0, 0, 0),
  /** Tongue behind the teeth: t, d, n, l. */
  ALVEOLAR(0.12, 0, 0, 0, 0.2, 0.12, 0.08, 0, 0, 0),
  /** Teeth together: s, z. */
  SIBILANT(0.04, 0, 0, 0, 0.3, 0.18, 0.2, 0, 0, 0),
  /** Lips forward: sh, ch, j. */
  POSTALVEOLAR(0.07, 0, 0.5, 0.15, 0.15, 0.08, 0, 0, 0, 0),
  /** Tongue at the palate: k, g. */
  VELAR(0.17, 0, 0, 0, 0.18, 0.08, 0.05, 0, 0, 0),
  /** R. */
  RHOTIC(0.12, 0, 0.28, 0.2, 0.08, 0, 0, 0, 0, 0),
  /** W. */
  GLIDE(0.05, 0, 0.2, 0.65, 0, 0, 0, 0, 0, 0),
  /** As in father. */
  OPEN(0.42, 0, 0.05, 0, 0.28, 0.12, 0, 0, 0, 0),
  /** As in cat. */
  FRONT_OPEN(0.33, 0, 0, 0, 0.32, 0.22, 0.18, 0, 0, 0),
  /** As in bed. */
  FRONT_MID(0.22, 0, 0, 0, 0.26, 0.14, 0.16, 0, 0, 0),
  /** As in see. */
  FRONT_CLOSE(0.1, 0, 0, 0, 0.28, 0.16, 0.34, 0, 0, 0),
  /** As in about. */
  CENTRAL(0.2, 0, 0.04, 0, 0.2, 0.08, 0.04, 0, 0, 0),
  /** As in go. */
  BACK_MID(0.24, 0, 0.42, 0.2, 0.08, 0, 0, 0, 0, 0),
  /** As in food. */
  BACK_CLOSE(0.09, 0, 0.26, 0.6, 0, 0, 0, 0, 0, 0);

  /** What moves in speech. */
  enum Articulator {
    JAW(Expression.JAW_OPEN),
    CLOSE(Expression.MOUTH_CLOSE),
    FUNNEL(Expression.MOUTH_FUNNEL),
    PUCKER(Expression.MOUTH_PUCKER),
    LOWER(Expression.MOUTH_LOWER_DOWN_L),
    UPPER(Expression.MOUTH_UPPER_UP_L),
    STRETCH(Expression.MOUTH_STRETCH_L),
    ROLL_LOWER(Expression.MOUTH_ROLL_LOWER),
    ROLL_UPPER(Expression.MOUTH_ROLL_UPPER),
    PRESS(Expression.MOUTH_PRESS_L);

    static final int COUNT = values().length;
    private final Expression expression;

    Articulator(Expression expression) {
      this.expression = expression;
    }

    /** The expression that shows it: that of the left side where there are two. */
    Expression expression() {
      return expression;
    }
  }

  private final double[] target;
  private final double[] dominance = new double[Articulator.COUNT];

  Viseme(double... target) {
    this.target = target;
    for (int a = 0; a < target.length; a++) {
      // What a sound needs it insists on; what it does not care about it leaves to its neighbours.
      dominance[a] = 0.25 + Math.min(1.5, 3 * target[a]);
    }
    if (name().equals("BILABIAL") || name().equals("LABIODENTAL")) {
      // Lips that must touch give way to no vowel.
      dominance[Articulator.JAW.ordinal()] = 3;
      dominance[Articulator.LOWER.ordinal()] = 3;
      dominance[Articulator.UPPER.ordinal()] = 3;
    }
  }

  boolean vowel() {
    return ordinal() >= OPEN.ordinal();
  }

  double target(int articulator) {
    return target[articulator];
  }

  double dominance(int articulator) {
    return dominance[articulator];
  }
}
