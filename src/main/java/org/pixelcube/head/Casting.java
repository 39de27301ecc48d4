package org.pixelcube.head;

import java.util.ArrayList;
import java.util.List;
import org.pixelcube.render.Instance;
import org.pixelcube.render.Shape;
import org.pixelcube.render.TriangleMesh;

/** Brings people to the set: reads a head model when the first of its family is asked for. */
public final class Casting {
  private final HeadAssets assets;
  private IctFaceKit kit;
  private SkinAtlas atlas;
  private MakeHuman model;

  private Casting(HeadAssets assets) {
    this.assets = assets;
  }

  public static Casting of(HeadAssets assets) {
    return new Casting(assets);
  }

  /** Builds a person, hair and all. */
  public Actor cast(Traits traits) {
    Actor bare =
        switch (traits.family()) {
          case ICT_FACEKIT -> IctActor.of(kit(), atlas(), traits);
          case MAKEHUMAN -> MakeHumanActor.of(model(), traits);
        };
    List<Instance> rest = bare.at(FramePose.REST, FramePose.REST);
    TriangleMesh skin = GroomedActor.skin(rest).shape().mesh();
    List<TriangleMesh> clothes =
        rest.stream()
            .map(Instance::shape)
            .filter(shape -> shape.name().equals("clothes"))
            .map(Shape::mesh)
            .toList();
    float[] landmarks = bare.landmarks(FramePose.REST);
    List<Shape> stiff = new ArrayList<>();
    List<Strands> riding = new ArrayList<>();
    if (traits.hairStyle() != Traits.HairStyle.BALD) {
      stiff.add(HairGroom.grow(skin, landmarks, clothes, traits).shape());
    }
    riding.add(Brows.grow(skin, landmarks, traits));
    riding.add(Lashes.grow(skin, landmarks, traits));
    if (traits.beard() > 0.02) {
      riding.add(Beard.grow(skin, landmarks, traits));
    }
    if (traits.glasses()) {
      stiff.addAll(Spectacles.fit(skin, landmarks, traits));
    }
    return new GroomedActor(bare, stiff, riding);
  }

  private synchronized IctFaceKit kit() {
    if (kit == null) {
      kit = IctFaceKit.load(assets);
    }
    return kit;
  }

  private synchronized SkinAtlas atlas() {
    if (atlas == null) {
      atlas = IctActor.atlas(kit(), assets);
    }
    return atlas;
  }

  private synchronized MakeHuman model() {
    if (model == null) {
      model = MakeHuman.open(assets.makeHuman());
    }
    return model;
  }
}
