package org.pixelcube.head;

import java.util.ArrayList;
import java.util.List;

/**
 * Builds the shapes of {@link Expression} from MakeHuman's expression units. Units that move both
 * sides of the mouth are parted at the middle of the face; what no unit shows (the jaw to the side,
 * puffed cheeks) is made from the reach of one that moves the same flesh.
 */
final class ExpressionUnits {
  private final MakeHuman model;
  private final String folder;
  private final float[] base;

  ExpressionUnits(MakeHuman model, MakeHuman.Ethnicity ethnicity) {
    this.model = model;
    this.folder = "expression/units/" + ethnicity.fileName() + "/";
    this.base = model.base().positions();
  }

  MorphTarget[] all() {
    MorphTarget[] out = new MorphTarget[Expression.COUNT];
    for (Expression e : Expression.values()) {
      out[e.ordinal()] = shape(e);
    }
    return out;
  }

  private MorphTarget shape(Expression e) {
    return switch (e) {
      case BROW_DOWN_L -> sum(unit("eyebrows-left-down", 1.5f), unit("nose-compression", 0.5f));
      case BROW_DOWN_R -> sum(unit("eyebrows-right-down", 1.5f), unit("nose-compression", 0.5f));
      case BROW_INNER_UP_L -> unit("eyebrows-left-inner-up", 1.2f);
      case BROW_INNER_UP_R -> unit("eyebrows-right-inner-up", 1.2f);
      case BROW_OUTER_UP_L ->
          sum(unit("eyebrows-left-extern-up", 0.8f), unit("eyebrows-left-up", 0.6f));
      case BROW_OUTER_UP_R ->
          sum(unit("eyebrows-right-extern-up", 0.8f), unit("eyebrows-right-up", 0.6f));
      case CHEEK_PUFF_L -> detail("cheek/l-cheek-volume-incr", 1);
      case CHEEK_PUFF_R -> detail("cheek/r-cheek-volume-incr", 1);
      case CHEEK_RAISER_L, CHEEK_SQUINT_L ->
          sum(detail("cheek/l-cheek-trans-up", 0.45f), unit("eye-left-slit", 0.35f));
      case CHEEK_RAISER_R, CHEEK_SQUINT_R ->
          sum(detail("cheek/r-cheek-trans-up", 0.45f), unit("eye-right-slit", 0.35f));
      case EYE_BLINK_L -> unit("eye-left-closure", 1);
      case EYE_BLINK_R -> unit("eye-right-closure", 1);
      case EYE_LOOK_DOWN_L -> unit("eye-left-closure", 0.38f);
      case EYE_LOOK_DOWN_R -> unit("eye-right-closure", 0.38f);
      case EYE_LOOK_UP_L -> unit("eye-left-opened-up", 1.1f);
      case EYE_LOOK_UP_R -> unit("eye-right-opened-up", 1.1f);
      case EYE_LOOK_IN_L, EYE_LOOK_IN_R, EYE_LOOK_OUT_L, EYE_LOOK_OUT_R -> MorphTarget.NONE;
      case EYE_SQUINT_L -> unit("eye-left-slit", 1);
      case EYE_SQUINT_R -> unit("eye-right-slit", 1);
      case EYE_WIDE_L -> unit("eye-left-opened-up", 1.6f);
      case EYE_WIDE_R -> unit("eye-right-opened-up", 1.6f);
      case JAW_OPEN -> unit("mouth-open", 1);
      case JAW_FORWARD -> shift("mouth-open", 0, 0.01f, 0.05f);
      case JAW_LEFT -> shift("mouth-open", 0.07f, 0, 0);
      case JAW_RIGHT -> shift("mouth-open", -0.07f, 0, 0);
      case MOUTH_CLOSE -> sum(unit("mouth-part-later", -0.6f), unit("mouth-parling", -0.6f));
      case MOUTH_DIMPLE_L -> left("mouth-retraction", 0.6f);
      case MOUTH_DIMPLE_R -> right("mouth-retraction", 0.6f);
      case MOUTH_FROWN_L -> left("mouth-depression", 0.9f);
      case MOUTH_FROWN_R -> right("mouth-depression", 0.9f);
      case MOUTH_FUNNEL ->
          sum(
              unit("mouth-eversion", 1),
              unit("mouth-pursing", 0.45f),
              unit("mouth-part-later", 0.35f));
      case MOUTH_LEFT -> shift("mouth-pursing", 0.07f, 0, 0);
      case MOUTH_RIGHT -> shift("mouth-pursing", -0.07f, 0, 0);
      case MOUTH_LOWER_DOWN_L -> left("mouth-depression-retraction", 0.8f);
      case MOUTH_LOWER_DOWN_R -> right("mouth-depression-retraction", 0.8f);
      case MOUTH_PRESS_L -> left("mouth-compression", 0.5f);
      case MOUTH_PRESS_R -> right("mouth-compression", 0.5f);
      case MOUTH_PUCKER -> unit("mouth-pursing", 1.15f);
      case MOUTH_ROLL_LOWER -> lower("mouth-eversion", -0.7f);
      case MOUTH_ROLL_UPPER -> upper("mouth-eversion", -0.7f);
      case MOUTH_SHRUG_LOWER -> lower("mouth-elevation", 0.7f);
      case MOUTH_SHRUG_UPPER -> upper("mouth-elevation", 0.5f);
      case MOUTH_SMILE_L ->
          sum(left("mouth-corner-puller", 1), detail("cheek/l-cheek-trans-up", 0.25f));
      case MOUTH_SMILE_R ->
          sum(right("mouth-corner-puller", 1), detail("cheek/r-cheek-trans-up", 0.25f));
      case MOUTH_STRETCH_L -> sum(left("mouth-retraction", 0.6f), left("neck-platysma", 0.5f));
      case MOUTH_STRETCH_R -> sum(right("mouth-retraction", 0.6f), right("neck-platysma", 0.5f));
      case MOUTH_UPPER_UP_L ->
          sum(left("mouth-elevation", 0.6f), unit("nose-left-elevation", 0.3f));
      case MOUTH_UPPER_UP_R ->
          sum(right("mouth-elevation", 0.6f), unit("nose-right-elevation", 0.3f));
      case NOSE_SNEER_L -> sum(unit("nose-left-elevation", 1), unit("nose-left-dilatation", 0.5f));
      case NOSE_SNEER_R ->
          sum(unit("nose-right-elevation", 1), unit("nose-right-dilatation", 0.5f));
      case PUPIL_DILATE_L, PUPIL_DILATE_R -> MorphTarget.NONE;
    };
  }

  private MorphTarget unit(String name, float weight) {
    return model.target(folder + name).masked(_ -> weight);
  }

  private MorphTarget detail(String name, float weight) {
    return model.target(name).masked(_ -> weight);
  }

  private MorphTarget left(String name, float weight) {
    return model.target(folder + name).masked(i -> weight * leftShare(i));
  }

  private MorphTarget right(String name, float weight) {
    return model.target(folder + name).masked(i -> weight * (1 - leftShare(i)));
  }

  /** 1 on the person's left (+X), 0 on the right, a soft step 2.4 cm wide between. */
  private float leftShare(int vertex) {
    return smoothStep(-0.12f, 0.12f, base[3 * vertex]);
  }

  /** The parting of the lips in the base mesh, decimetres. */
  private static final float LIPS_Y = 6.6f;

  private MorphTarget lower(String name, float weight) {
    return model.target(folder + name).masked(i -> weight * (1 - aboveLips(i)));
  }

  private MorphTarget upper(String name, float weight) {
    return model.target(folder + name).masked(i -> weight * aboveLips(i));
  }

  private float aboveLips(int vertex) {
    return smoothStep(LIPS_Y - 0.02f, LIPS_Y + 0.02f, base[3 * vertex + 1]);
  }

  /** A shift of all that a unit moves, by as much as it moves it. */
  private MorphTarget shift(String name, float x, float y, float z) {
    MorphTarget unit = model.target(folder + name);
    float[] o = unit.offsets().clone();
    float most = 0;
    for (int i = 0; i < o.length; i += 3) {
      most = Math.max(most, length(o, i));
    }
    float[] shifted = new float[o.length];
    for (int i = 0; i < o.length; i += 3) {
      // Full reach from half of the largest motion on, so that the jaw keeps its shape.
      float share = smoothStep(0, 0.6f, length(o, i) / most);
      shifted[i] = share * x;
      shifted[i + 1] = share * y;
      shifted[i + 2] = share * z;
    }
    return new MorphTarget(unit.vertices(), shifted);
  }

  private static float length(float[] o, int i) {
    return (float) Math.sqrt(o[i] * o[i] + o[i + 1] * o[i + 1] + o[i + 2] * o[i + 2]);
  }

  static float smoothStep(float from, float to, float x) {
    float t = Math.clamp((x - from) / (to - from), 0, 1);
    return t * t * (3 - 2 * t);
  }

  private MorphTarget sum(MorphTarget... parts) {
    float[] from = new float[base.length];
    float[] to = new float[base.length];
    for (MorphTarget part : List.of(parts)) {
      part.addTo(to, 1);
    }
    return MorphTarget.between(from, to);
  }

  /** The names of the units that are used, for a check that all are there. */
  static List<String> unitsOf(MakeHuman model, MakeHuman.Ethnicity ethnicity) {
    return new ArrayList<>(
        model.list("targets/expression/units/" + ethnicity.fileName(), ".target"));
  }
}
