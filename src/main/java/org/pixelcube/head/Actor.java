package org.pixelcube.head;

import java.util.List;
import org.pixelcube.render.Instance;

/**
 * A person ready to be filmed: every shape built, and able to take any {@link FramePose}. What does
 * not deform (hair, glasses) is one shape for all frames, so that its hierarchy is built once.
 */
public interface Actor {
  /**
   * The person at a moment.
   *
   * @param now the pose to take
   * @param before the pose in the frame before, for motion vectors
   */
  List<Instance> at(FramePose now, FramePose before);

  /**
   * The 68 points of the Multi-PIE mark-up on the skin, in its order (jaw line, brows, nose, eyes,
   * outer and inner lips).
   *
   * @return x, y, z of each in world space: 204 floats, metres
   */
  float[] landmarks(FramePose pose);
}
