package org.pixelcube.head;

import static org.pixelcube.head.Expression.*;

import java.util.EnumMap;
import java.util.List;
import java.util.Map;

/**
 * Prototypes of felt expressions as mixtures of {@link Expression} at full strength, after the
 * combinations of action units of the Facial Action Coding System (Ekman, Friesen and Hager 2002).
 */
enum Emotion {
  JOY(0, 1.5, 3) {
    @Override
    void build(Map<Expression, Double> w) {
      both(w, MOUTH_SMILE_L, 0.85);
      both(w, CHEEK_SQUINT_L, 0.55);
      both(w, CHEEK_RAISER_L, 0.3);
      both(w, EYE_SQUINT_L, 0.3);
      both(w, MOUTH_DIMPLE_L, 0.2);
      both(w, MOUTH_UPPER_UP_L, 0.25);
      w.put(JAW_OPEN, 0.1);
    }
  },
  SURPRISE(-4, 0, 0) {
    @Override
    void build(Map<Expression, Double> w) {
      both(w, BROW_INNER_UP_L, 0.75);
      both(w, BROW_OUTER_UP_L, 0.8);
      both(w, EYE_WIDE_L, 0.7);
      w.put(JAW_OPEN, 0.3);
      w.put(MOUTH_FUNNEL, 0.12);
    }
  },
  SADNESS(5, 2, 4) {
    @Override
    void build(Map<Expression, Double> w) {
      both(w, BROW_INNER_UP_L, 0.7);
      both(w, BROW_DOWN_L, 0.15);
      both(w, MOUTH_FROWN_L, 0.6);
      w.put(MOUTH_SHRUG_LOWER, 0.35);
      both(w, EYE_SQUINT_L, 0.15);
    }
  },
  ANGER(3, 0, 1) {
    @Override
    void build(Map<Expression, Double> w) {
      both(w, BROW_DOWN_L, 0.85);
      both(w, EYE_SQUINT_L, 0.35);
      both(w, NOSE_SNEER_L, 0.3);
      both(w, MOUTH_PRESS_L, 0.45);
      both(w, MOUTH_FROWN_L, 0.2);
      w.put(JAW_FORWARD, 0.12);
    }
  },
  DISGUST(-2, 3, 3) {
    @Override
    void build(Map<Expression, Double> w) {
      both(w, NOSE_SNEER_L, 0.75);
      both(w, MOUTH_UPPER_UP_L, 0.4);
      both(w, BROW_DOWN_L, 0.45);
      both(w, CHEEK_SQUINT_L, 0.35);
      both(w, EYE_SQUINT_L, 0.35);
      both(w, MOUTH_FROWN_L, 0.3);
    }
  },
  DOUBT(-1, 2, 7) {
    @Override
    void build(Map<Expression, Double> w) {
      w.put(BROW_OUTER_UP_L, 0.8);
      w.put(BROW_INNER_UP_L, 0.3);
      w.put(BROW_DOWN_R, 0.5);
      w.put(EYE_SQUINT_R, 0.3);
      both(w, MOUTH_PRESS_L, 0.3);
      w.put(MOUTH_SHRUG_LOWER, 0.3);
      w.put(MOUTH_LEFT, 0.25);
      w.put(MOUTH_DIMPLE_L, 0.3);
    }
  };

  /** An expression's share of the prototype. */
  record Part(Expression expression, double weight) {}

  @SuppressWarnings("ImmutableEnumChecker") // an unmodifiable list
  private final List<Part> parts;

  private final double headPitchDegrees;
  private final double headYawDegrees;
  private final double headRollDegrees;

  Emotion(double headPitchDegrees, double headYawDegrees, double headRollDegrees) {
    Map<Expression, Double> w = new EnumMap<>(Expression.class);
    build(w);
    this.parts = w.entrySet().stream().map(e -> new Part(e.getKey(), e.getValue())).toList();
    this.headPitchDegrees = headPitchDegrees;
    this.headYawDegrees = headYawDegrees;
    this.headRollDegrees = headRollDegrees;
  }

  abstract void build(Map<Expression, Double> w);

  List<Part> parts() {
    return parts;
  }

  /** How far the head sinks (+) with it. */
  double headPitchDegrees() {
    return headPitchDegrees;
  }

  /** How far the head turns aside with it. */
  double headYawDegrees() {
    return headYawDegrees;
  }

  /** How far the head tilts with it. */
  double headRollDegrees() {
    return headRollDegrees;
  }

  /** The expression of the other side of the face; itself if it has no side. */
  static Expression mirrored(Expression e) {
    String name = e.name();
    if (name.endsWith("_L")) {
      return valueOf(name, "_R");
    }
    if (name.endsWith("_R")) {
      return valueOf(name, "_L");
    }
    return switch (e) {
      case JAW_LEFT -> JAW_RIGHT;
      case JAW_RIGHT -> JAW_LEFT;
      case MOUTH_LEFT -> MOUTH_RIGHT;
      case MOUTH_RIGHT -> MOUTH_LEFT;
      default -> e;
    };
  }

  private static Expression valueOf(String name, String side) {
    return Expression.valueOf(name.substring(0, name.length() - 2) + side);
  }

  private static void both(Map<Expression, Double> w, Expression left, double weight) {
    w.put(left, weight);
    w.put(mirrored(left), weight);
  }
}
