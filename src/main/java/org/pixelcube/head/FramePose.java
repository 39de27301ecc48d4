package org.pixelcube.head;

import org.pixelcube.math.Vector3;
import org.pixelcube.render.Pose;

/**
 * How a person holds themself at one moment. World space: the origin between the eyes of a person
 * who looks straight ahead, +Z towards the camera, metres.
 *
 * @param timeSeconds since the start of the clip
 * @param expression weight of each {@link Expression}, by ordinal, 0 to 1
 * @param head the head against its rest pose; it turns about the top of the neck, which lies at
 *     {@link #NECK_PIVOT} in the world
 * @param body the shoulders against their rest pose
 * @param gazeYawDegrees where both eyes look against the head, positive to the person's left (the
 *     picture's right)
 * @param gazePitchDegrees positive upwards
 * @param vergenceDegrees how much each eye turns inwards besides
 * @param breath 0 exhaled to 1 inhaled
 */
public record FramePose(
    double timeSeconds,
    float[] expression,
    Pose head,
    Pose body,
    double gazeYawDegrees,
    double gazePitchDegrees,
    double vergenceDegrees,
    double breath) {

  /** Where the head turns: the joint between the skull and the neck. */
  public static final Vector3 NECK_PIVOT = new Vector3(0, -0.075, -0.085);

  /** At rest, looking straight ahead. */
  public static final FramePose REST =
      new FramePose(0, new float[Expression.COUNT], Pose.IDENTITY, Pose.IDENTITY, 0, 0, 0, 0);
}
