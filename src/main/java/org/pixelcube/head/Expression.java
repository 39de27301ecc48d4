package org.pixelcube.head;

/**
 * Movements of the face that can be mixed, under the names of ICT-FaceKit's expression files (close
 * to ARKit's). Gaze is apart, in {@link FramePose}: the eyeLook shapes only move the lids with it.
 */
public enum Expression {
  BROW_DOWN_L("browDown_L"),
  BROW_DOWN_R("browDown_R"),
  BROW_INNER_UP_L("browInnerUp_L"),
  BROW_INNER_UP_R("browInnerUp_R"),
  BROW_OUTER_UP_L("browOuterUp_L"),
  BROW_OUTER_UP_R("browOuterUp_R"),
  CHEEK_PUFF_L("cheekPuff_L"),
  CHEEK_PUFF_R("cheekPuff_R"),
  CHEEK_RAISER_L("cheekRaiser_L"),
  CHEEK_RAISER_R("cheekRaiser_R"),
  CHEEK_SQUINT_L("cheekSquint_L"),
  CHEEK_SQUINT_R("cheekSquint_R"),
  EYE_BLINK_L("eyeBlink_L"),
  EYE_BLINK_R("eyeBlink_R"),
  EYE_LOOK_DOWN_L("eyeLookDown_L"),
  EYE_LOOK_DOWN_R("eyeLookDown_R"),
  EYE_LOOK_IN_L("eyeLookIn_L"),
  EYE_LOOK_IN_R("eyeLookIn_R"),
  EYE_LOOK_OUT_L("eyeLookOut_L"),
  EYE_LOOK_OUT_R("eyeLookOut_R"),
  EYE_LOOK_UP_L("eyeLookUp_L"),
  EYE_LOOK_UP_R("eyeLookUp_R"),
  EYE_SQUINT_L("eyeSquint_L"),
  EYE_SQUINT_R("eyeSquint_R"),
  EYE_WIDE_L("eyeWide_L"),
  EYE_WIDE_R("eyeWide_R"),
  JAW_FORWARD("jawForward"),
  JAW_LEFT("jawLeft"),
  JAW_OPEN("jawOpen"),
  JAW_RIGHT("jawRight"),
  MOUTH_CLOSE("mouthClose"),
  MOUTH_DIMPLE_L("mouthDimple_L"),
  MOUTH_DIMPLE_R("mouthDimple_R"),
  MOUTH_FROWN_L("mouthFrown_L"),
  MOUTH_FROWN_R("mouthFrown_R"),
  MOUTH_FUNNEL("mouthFunnel"),
  MOUTH_LEFT("mouthLeft"),
  MOUTH_LOWER_DOWN_L("mouthLowerDown_L"),
  MOUTH_LOWER_DOWN_R("mouthLowerDown_R"),
  MOUTH_PRESS_L("mouthPress_L"),
  MOUTH_PRESS_R("mouthPress_R"),
  MOUTH_PUCKER("mouthPucker"),
  MOUTH_RIGHT("mouthRight"),
  MOUTH_ROLL_LOWER("mouthRollLower"),
  MOUTH_ROLL_UPPER("mouthRollUpper"),
  MOUTH_SHRUG_LOWER("mouthShrugLower"),
  MOUTH_SHRUG_UPPER("mouthShrugUpper"),
  MOUTH_SMILE_L("mouthSmile_L"),
  MOUTH_SMILE_R("mouthSmile_R"),
  MOUTH_STRETCH_L("mouthStretch_L"),
  MOUTH_STRETCH_R("mouthStretch_R"),
  MOUTH_UPPER_UP_L("mouthUpperUp_L"),
  MOUTH_UPPER_UP_R("mouthUpperUp_R"),
  NOSE_SNEER_L("noseSneer_L"),
  NOSE_SNEER_R("noseSneer_R"),
  PUPIL_DILATE_L("PupilDilate_L"),
  PUPIL_DILATE_R("PupilDilate_R");

  private final String fileName;

  Expression(String fileName) {
    this.fileName = fileName;
  }

  /** The name of the upstream shape, without ".obj". */
  public String fileName() {
    return fileName;
  }

  public static final int COUNT = values().length;
}
