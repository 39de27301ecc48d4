package org.pixelcube.render;

/**
 * A shape in its place.
 *
 * @param pose of the shape in the world
 * @param previousPose in the frame before, for motion vectors
 * @param previousPositions the vertices in the frame before, in the shape's own space; the mesh's
 *     positions if it does not deform
 */
public record Instance(Shape shape, Pose pose, Pose previousPose, float[] previousPositions) {

  /** A shape that does not move. */
  public static Instance still(Shape shape) {
    return new Instance(shape, Pose.IDENTITY, Pose.IDENTITY, shape.mesh().positions());
  }

  /** A rigid shape that moved from one pose to another. */
  public static Instance rigid(Shape shape, Pose pose, Pose previousPose) {
    return new Instance(shape, pose, previousPose, shape.mesh().positions());
  }
}
