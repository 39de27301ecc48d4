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
  private final List<Anchor> anchors;

  /**
   * @param bare the person without hair; its instance "skin" carries what rides on it
   * @param stiff shapes at rest that turn with the head
   * @param riding strands rooted in the skin
   */
  GroomedActor(Actor bare, List<Shape> stiff, List<Strands> riding) {
    this.bare = bare;
    this.stiff = List.copyOf(stiff);
    this.riding = List.copyOf(riding);
    anchors = riding.stream().map(strands -> new Anchor()).toList();
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
    // In the head's own space, where hierarchies of hairs stay tight while it turns.
    float[] skinNow = inHead(skin.shape().mesh().positions(), now.head());
    float[] skinBefore = inHead(skin.previousPositions(), before.head());
    for (int i = 0; i < riding.size(); i++) {
      Strands strands = riding.get(i);
      Shape shape =
          anchors
              .get(i)
              .at(strands.name(), strands.deform(skinNow), strands.material(), Pose.IDENTITY);
      out.add(
          new Instance(
              shape, now.head(), before.head(), strands.deformedPositions(skinBefore)));
    }
    return out;
  }

  /** Points of the world in the space of a posed head. */
  private static float[] inHead(float[] world, Pose head) {
    Pose back = head.inverse();
    var r = back.rotation();
    float[] out = new float[world.length];
    for (int i = 0; i < out.length; i += 3) {
      double x = world[i];
      double y = world[i + 1];
      double z = world[i + 2];
      out[i] = (float) (r.m00() * x + r.m01() * y + r.m02() * z + back.translation().x());
      out[i + 1] = (float) (r.m10() * x + r.m11() * y + r.m12() * z + back.translation().y());
      out[i + 2] = (float) (r.m20() * x + r.m21() * y + r.m22() * z + back.translation().z());
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
