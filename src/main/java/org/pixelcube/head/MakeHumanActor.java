package org.pixelcube.head;

import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Random;
import org.pixelcube.image.Image;
import org.pixelcube.image.ImageFile;
import org.pixelcube.image.Resize;
import org.pixelcube.math.Rotation;
import org.pixelcube.math.Vector3;
import org.pixelcube.render.Instance;
import org.pixelcube.render.Material;
import org.pixelcube.render.Pose;
import org.pixelcube.render.Shape;
import org.pixelcube.render.Texture;
import org.pixelcube.render.TriangleMesh;

/** A person of the MakeHuman family: body, face, eyes, teeth, and what a {@link Wardrobe} adds. */
public final class MakeHumanActor implements Actor {
  /** Nothing below this height is built, metres under the eyes. */
  static final float CUT = -0.52f;

  /** How much further out than the eyeball a closing lid has to stay, metres. */
  private static final float LID = 0.0012f;

  private final MakeHumanBody body;
  private final MorphTarget[] expressions;
  private final SubdivisionSurface skin;
  private final float[] neckShares;
  private final Material skinMaterial;
  private final Eyeball leftEye;
  private final Eyeball rightEye;
  private final Anchor skinAnchor = new Anchor();
  private final int[] lidVertices;
  private final List<HeadPart> headParts = new ArrayList<>();
  private final List<Wardrobe.Garment> garments;
  private final List<Shape> onHead = new ArrayList<>();

  /** A proxy that deforms with the face and turns with the head. */
  private record HeadPart(
      String name, Mhclo proxy, SubdivisionSurface surface, Material material, Anchor anchor) {}

  private MakeHumanActor(MakeHuman model, Traits traits) {
    Random random = new Random(traits.seed() * 0x2545F4914F6CDD1DL + 5);
    body = MakeHumanBody.of(model, model.shape(traits));
    expressions = metres(model.expressions(MakeHuman.mainEthnicity(traits)));
    Wardrobe wardrobe = Wardrobe.of(model);
    garments = wardrobe.clothes(traits, body);
    boolean[] hidden = new boolean[MakeHuman.VERTICES];
    for (Wardrobe.Garment garment : garments) {
      for (int i = 0; i < hidden.length; i++) {
        hidden[i] |= garment.hidden()[i];
      }
    }
    MakeHumanSkin photo = MakeHumanSkin.of(model, traits);
    QuadMesh visible = photo.repack(visibleSkin(model.base(), body.positions(), hidden));
    skin = SubdivisionSurface.of(visible, 1);
    neckShares = body.neck().shares(body.positions());
    skinMaterial = photo.material();
    lidVertices = lidVertices();

    Eyeball.Look look = Eyeball.Look.of(traits);
    leftEye = Eyeball.of("left", body.leftEye().radius(), look);
    rightEye = Eyeball.of("right", body.rightEye().radius(), look);

    addTeeth(model, random);
    headParts.add(
        part(
            "tongue",
            model.proxy("tongue/tongue01/tongue01.mhclo"),
            1,
            new Material.Glossy(
                Texture.constant(0.30f, 0.10f, 0.09f), Texture.constant(0.35f), 0.03f)));
    onHead.addAll(wardrobe.worn(traits, body));
  }

  /** Makes the person that the traits describe. */
  public static MakeHumanActor of(MakeHuman model, Traits traits) {
    return new MakeHumanActor(model, traits);
  }

  private static HeadPart part(String name, Mhclo proxy, int levels, Material material) {
    return new HeadPart(
        name, proxy, SubdivisionSurface.of(proxy.mesh(), levels), material, new Anchor());
  }

  private static MorphTarget[] metres(MorphTarget[] shapes) {
    MorphTarget[] out = new MorphTarget[shapes.length];
    for (int i = 0; i < shapes.length; i++) {
      out[i] = shapes[i].masked(_ -> 0.1f);
    }
    return out;
  }

  /** The faces of the skin that are above the cut and not under clothes. */
  static QuadMesh visibleSkin(QuadMesh base, float[] positions, boolean[] hidden) {
    return base.keep(f -> {
      if (!base.groups()[f].equals("body")) {
        return false;
      }
      boolean allHidden = true;
      for (int k = 0; k < 4; k++) {
        int v = base.corners()[4 * f + k];
        if (positions[3 * v + 1] < CUT) {
          return false;
        }
        allHidden &= hidden[v];
      }
      return !allHidden;
    });
  }

  private void addTeeth(MakeHuman model, Random random) {
    int kind = random.nextInt(6);
    String name = kind == 0 ? "teeth_base" : "teeth_shape0" + kind;
    Image picture =
        Resize.area(
            ImageFile.read(model.folder().resolve("base/teeth/materials/teeth.png")).color(),
            512,
            512);
    headParts.add(
        part(
            "teeth",
            model.proxy("teeth/%s/%s.mhclo".formatted(name, name)),
            0,
            new Material.Glossy(
                Texture.of(gain(picture, 0.85f, 0.8f, 0.7f)), Texture.constant(0.2f), 0.04f)));
  }

  private static Image gain(Image picture, float... gains) {
    float[] s = picture.samples().clone();
    int plane = picture.planeSize();
    for (int c = 0; c < gains.length; c++) {
      for (int i = 0; i < plane; i++) {
        s[c * plane + i] *= gains[c];
      }
    }
    return Image.of(picture.width(), picture.height(), picture.channels(), picture.space(), s);
  }

  /** The vertices that a blink moves. */
  private int[] lidVertices() {
    return java.util.stream.IntStream.concat(
            java.util.Arrays.stream(expressions[Expression.EYE_BLINK_L.ordinal()].vertices()),
            java.util.Arrays.stream(expressions[Expression.EYE_BLINK_R.ordinal()].vertices()))
        .distinct()
        .toArray();
  }

  /** The whole base mesh with an expression, not yet turned. */
  private float[] expressed(FramePose frame) {
    float[] p = body.positions().clone();
    float[] w = frame.expression();
    float up = (float) Math.clamp(frame.gazePitchDegrees() / 30, -1, 1);
    for (Expression e : Expression.values()) {
      float weight = w[e.ordinal()];
      switch (e) {
        case EYE_LOOK_UP_L, EYE_LOOK_UP_R -> weight = Math.max(weight, up);
        case EYE_LOOK_DOWN_L, EYE_LOOK_DOWN_R -> weight = Math.max(weight, -up);
        case EYE_BLINK_L, EYE_BLINK_R -> {
          // A lid that already follows the gaze down has less far to go.
          float down = Math.max(w[Expression.EYE_LOOK_DOWN_L.ordinal()], -up);
          weight = weight * (1 - 0.38f * Math.max(0, down));
        }
        default -> {}
      }
      if (weight != 0) {
        expressions[e.ordinal()].addTo(p, weight);
      }
    }
    for (int v : lidVertices) {
      MakeHumanBody.Eye eye = body.positions()[3 * v] > 0 ? body.leftEye() : body.rightEye();
      keepOut(p, v, eye);
    }
    return p;
  }

  /** Pushes a lid's vertex out of the eyeball, as far as it was out of it at rest. */
  private void keepOut(float[] p, int v, MakeHumanBody.Eye eye) {
    double rest = distance(body.positions(), v, eye.centre());
    double least = Math.min(rest, eye.radius() + LID);
    double now = distance(p, v, eye.centre());
    if (now < least && now > 0) {
      double k = least / now;
      Vector3 c = eye.centre();
      p[3 * v] = (float) (c.x() + k * (p[3 * v] - c.x()));
      p[3 * v + 1] = (float) (c.y() + k * (p[3 * v + 1] - c.y()));
      p[3 * v + 2] = (float) (c.z() + k * (p[3 * v + 2] - c.z()));
    }
  }

  private static double distance(float[] p, int v, Vector3 from) {
    return MakeHumanBody.point(p, v).minus(from).length();
  }

  /** Everything that depends on the pose. */
  private record Posed(float[] face, float[] bent) {}

  private Posed posed(FramePose frame) {
    float[] face = expressed(frame);
    return new Posed(face, NeckBend.bend(face, neckShares, frame));
  }

  @Override
  public List<Instance> at(FramePose now, FramePose before) {
    Posed posed = posed(now);
    Posed past = now == before ? posed : posed(before);
    List<Instance> out = new ArrayList<>();
    out.add(
        new Instance(
            skinAnchor.at("skin", skin.mesh(posed.bent), skinMaterial, now.head()),
            Pose.IDENTITY,
            Pose.IDENTITY,
            skin.positions(past.bent)));
    for (HeadPart part : headParts) {
      TriangleMesh mesh = part.surface.mesh(part.proxy.fit(posed.face));
      out.add(
          new Instance(
              // These turn with the head as a whole: their own shape changes little.
              part.anchor.at(part.name, mesh, part.material, Pose.IDENTITY),
              now.head(),
              before.head(),
              part.surface.positions(part.proxy.fit(past.face))));
    }
    for (Wardrobe.Garment garment : garments) {
      out.add(garment.at(now, before));
    }
    for (Shape shape : onHead) {
      out.add(Instance.rigid(shape, now.head(), before.head()));
    }
    for (boolean left : new boolean[] {true, false}) {
      for (Shape shape : (left ? leftEye : rightEye).shapes()) {
        out.add(Instance.rigid(shape, eye(now, left), eye(before, left)));
      }
    }
    return out;
  }

  /** Where an eye stands: turned by the gaze about its own middle, then with the head. */
  private Pose eye(FramePose frame, boolean left) {
    double inwards = left ? -frame.vergenceDegrees() : frame.vergenceDegrees();
    Rotation gaze =
        Rotation.yawPitchRoll(frame.gazeYawDegrees() + inwards, -frame.gazePitchDegrees(), 0);
    MakeHumanBody.Eye eye = left ? body.leftEye() : body.rightEye();
    return frame.head().after(new Pose(gaze, eye.centre()));
  }

  @Override
  public float[] landmarks(FramePose pose) {
    float[] p = posed(pose).bent;
    float[] out = new float[3 * MakeHumanBody.LANDMARKS.length];
    for (int i = 0; i < MakeHumanBody.LANDMARKS.length; i++) {
      System.arraycopy(p, 3 * MakeHumanBody.LANDMARKS[i], out, 3 * i, 3);
    }
    return out;
  }

  @Override
  public String toString() {
    return String.format(
        Locale.ROOT,
        "MakeHuman actor, eyes %.1f mm apart",
        1000 * body.leftEye().centre().minus(body.rightEye().centre()).length());
  }
}
