package org.pixelcube.head;

import java.util.ArrayList;
import java.util.List;
import org.pixelcube.render.Instance;
import org.pixelcube.render.Pose;
import org.pixelcube.render.Shape;

/**
 * A person with hair: the hair of the scalp is stiff and goes with the head, brows, lashes and
 * beard ride on the moving skin.
 */
final class GroomedActor implements Actor {
  private final Actor bare;
  private final List<Shape> stiff;
  private final List<Strands> riding;

  /**
   * @param bare the person without hair; its instance "skin" carries what rides on it
   * @param stiff shapes at rest that turn with the head
   * @param riding strands rooted in the skin
   */
  GroomedActor(Actor bare, List<Shape> stiff, List<Strands> riding) {
    this.bare = bare;
    this.stiff = List.copyOf(stiff);
    this.riding = List.copyOf(riding);
  }

  @Override
  public List<Instance> at(FramePose now, FramePose before) {
    List<Instance> out = new ArrayList<>(bare.at(now, before));
    for (Shape shape : stiff) {
      // What is grown takes the place of what the bare person brought along under the same name.
      out.removeIf(instance -> instance.shape().name().equals(shape.name()));
      out.add(Instance.rigid(shape, now.head(), before.head()));
    }
    Instance skin = skin(out);
    for (Strands strands : riding) {
      out.add(
          new Instance(
              strands.shape(skin.shape().mesh().positions()),
              Pose.IDENTITY,
              Pose.IDENTITY,
              strands.deformedPositions(skin.previousPositions())));
    }
    return out;
  }

  static Instance skin(List<Instance> instances) {
    return instances.stream()
        .filter(i -> i.shape().name().equals("skin"))
        .findFirst()
        .orElseThrow(() -> new IllegalArgumentException("no instance is named skin"));
  }

  @Override
  public float[] landmarks(FramePose pose) {
    return bare.landmarks(pose);
  }
}
