package org.pixelcube.render;

import java.util.List;

/**
 * One frame: what there is, and who looks.
 *
 * @param camera of this frame
 * @param previousCamera of the frame before, for motion vectors
 */
public record Scene(List<Instance> instances, Camera camera, Camera previousCamera) {
  public Scene {
    instances = List.copyOf(instances);
  }

  public Scene(List<Instance> instances, Camera camera) {
    this(instances, camera, camera);
  }
}
