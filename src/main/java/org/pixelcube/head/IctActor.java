package org.pixelcube.head;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Random;
import org.pixelcube.math.Rotation;
import org.pixelcube.math.Vector3;
import org.pixelcube.render.Instance;
import org.pixelcube.render.Material;
import org.pixelcube.render.Pose;
import org.pixelcube.render.Shape;
import org.pixelcube.render.Texture;
import org.pixelcube.render.TriangleMesh;

/** A person of the ICT-FaceKit family. */
public final class IctActor implements Actor {
  /** Where the neck begins to follow the body: height along the neck's slanted sections, metres. */
  private static final double NECK_TOP = -0.125;

  private static final double NECK_BASE = -0.215;

  /** Slope of the sections of the neck: they lie lower at the throat than at the nape. */
  private static final double NECK_SLOPE = 0.367;

  /** From here on vertices lie inside mouth and eye sockets. */
  private static final int FIRST_INNER_VERTEX = 11_248;

  private final IctFaceKit kit;
  private final float[] neutral;
  private final Vector3 origin;
  private final float[] headShare;
  private final ObjFile.Part skinPart;
  private final SkinTextures skin;
  private final List<Piece> pieces = new ArrayList<>();
  private final Eyeball leftEye;
  private final Eyeball rightEye;
  private final Top top;
  private final List<float[]> topShares = new ArrayList<>();
  private final List<Anchor> topAnchors = new ArrayList<>();
  private final Anchor skinAnchor = new Anchor();
  private final Vector3 leftCentre;
  private final Vector3 rightCentre;
  private volatile Posed latest;

  /** A part that follows the expression, of a material that does not. */
  private record Piece(String name, ObjFile.Part part, Material material, Anchor anchor) {
    Piece(String name, ObjFile.Part part, Material material) {
      this(name, part, material, new Anchor());
    }
  }

  /** Every vertex of the model in the world at one pose. */
  private record Posed(FramePose pose, float[] vertices) {}

  private IctActor(IctFaceKit kit, SkinAtlas atlas, Traits traits) {
    this.kit = kit;
    float[] cm = kit.shape(identity(kit, traits));
    double[] left = sphere(cm, 21_451, 22_221);
    double[] right = sphere(cm, 23_021, 23_791);
    Vector3 leftCm = new Vector3(left[0], left[1], left[2]);
    Vector3 rightCm = new Vector3(right[0], right[1], right[2]);
    Vector3 middle = leftCm.plus(rightCm).times(0.5);
    this.origin = middle;
    this.neutral = cm;
    leftCentre = leftCm.minus(middle).times(0.01);
    rightCentre = rightCm.minus(middle).times(0.01);
    float[] rest = metres(cm, middle);
    headShare = headShare(rest);
    skinPart = skinPart(kit);
    top = Top.fit(skinPart.mesh(rest), landmarks(rest), traits);
    for (Top.Part part : top.parts()) {
      topShares.add(headShare(part.mesh().positions()));
      topAnchors.add(new Anchor());
    }
    sinkUnderClothes(rest);
    skin = SkinTextures.of(atlas, traits);
    pieces.add(
        new Piece(
            "gums",
            kit.neutral().ofMaterials("M_GumsTongue"),
            new Material.Glossy(
                Texture.constant(0.36f, 0.11f, 0.10f), Texture.constant(0.3f), 0.03f)));
    pieces.add(
        new Piece(
            "teeth",
            kit.neutral().ofMaterials("M_Teeth"),
            new Material.Glossy(
                Texture.constant(0.58f, 0.50f, 0.38f), Texture.constant(0.2f), 0.04f)));
    Eyeball.Look look = Eyeball.Look.of(traits);
    leftEye = Eyeball.of("left", 0.01 * left[3], look);
    rightEye = Eyeball.of("right", 0.01 * right[3], look);
  }

  /**
   * Makes the person that the traits describe.
   *
   * @param atlas of the model's skin, {@link #atlas}; shared by all persons
   */
  public static IctActor of(IctFaceKit kit, SkinAtlas atlas, Traits traits) {
    return new IctActor(kit, atlas, traits);
  }

  /**
   * The atlas that all persons of the family share: the face on the left two thirds of the picture,
   * head, neck, mouth and sockets on the right.
   */
  public static SkinAtlas atlas(IctFaceKit kit, HeadAssets assets) {
    int[] source = skinPart(kit).source();
    float[] mucosa = new float[source.length];
    for (int i = 0; i < mucosa.length; i++) {
      mucosa[i] = source[i] >= FIRST_INNER_VERTEX ? 1 : 0;
    }
    SkinAtlas.Photos photos = SkinAtlas.Photos.ofFaceTile(assets, 2 / 3.0);
    return SkinAtlas.of(skinMesh(kit), landmarks(kit), 1536, 1024, photos, mucosa);
  }

  /** The skin of the mean head, metres. */
  static TriangleMesh skinMesh(IctFaceKit kit) {
    return skinPart(kit).mesh(meanHead(kit));
  }

  /** The landmarks of the mean head, metres. */
  static float[] landmarks(IctFaceKit kit) {
    return landmarks(meanHead(kit));
  }

  private static float[] meanHead(IctFaceKit kit) {
    float[] cm = kit.neutral().positions();
    double[] left = sphere(cm, 21_451, 22_221);
    return metres(cm, new Vector3(0, left[1], left[2]));
  }

  /** Face and head in one, so that light under the skin finds it closed. */
  private static ObjFile.Part skinPart(IctFaceKit kit) {
    ObjFile.Part part = kit.neutral().ofMaterials("M_Face", "M_BackHead");
    float[] uvs = part.uvs().clone();
    for (int i = 0; i < uvs.length; i += 2) {
      uvs[i] = uvs[i] <= 1 ? uvs[i] * 2 / 3 : 2 / 3f + (uvs[i] - 1) / 3;
    }
    return part.withUvs(uvs);
  }

  private static float[] metres(float[] cm, Vector3 origin) {
    float[] m = new float[cm.length];
    for (int i = 0; i < m.length; i += 3) {
      m[i] = (float) (0.01 * (cm[i] - origin.x()));
      m[i + 1] = (float) (0.01 * (cm[i + 1] - origin.y()));
      m[i + 2] = (float) (0.01 * (cm[i + 2] - origin.z()));
    }
    return m;
  }

  /**
   * Weights of identity. Sex leans them along the direction that widens jaw and neck and lengthens
   * chin and nose, in units of the population's spread.
   */
  private static double[] identity(IctFaceKit kit, Traits traits) {
    Random random = new Random(traits.seed() * 0x5DEECE66DL + 7);
    double[] weights = new double[IctFaceKit.IDENTITY_COUNT];
    for (int i = 0; i < weights.length; i++) {
      weights[i] = Math.clamp(0.65 * random.nextGaussian(), -1.6, 1.6);
    }
    int[] points = IctFaceKit.landmarks();
    double[] lean = new double[weights.length];
    double norm = 0;
    for (int m = 0; m < weights.length; m++) {
      double jaw = kit.identityDelta(m, points[12], 0) - kit.identityDelta(m, points[4], 0);
      double chin = kit.identityDelta(m, points[57], 1) - kit.identityDelta(m, points[8], 1);
      double brow = kit.identityDelta(m, points[20], 2) - kit.identityDelta(m, points[38], 2);
      lean[m] = jaw + chin + brow;
      norm += lean[m] * lean[m];
    }
    double amount = (traits.female() ? -0.9 : 0.9) / Math.sqrt(norm);
    for (int m = 0; m < weights.length; m++) {
      weights[m] += amount * lean[m];
    }
    return weights;
  }

  /** Middle and radius of the ball that the white of an eye lies on, by least squares. */
  private static double[] sphere(float[] cm, int from, int to) {
    double lo = Double.MAX_VALUE;
    double hi = -Double.MAX_VALUE;
    double loY = Double.MAX_VALUE;
    double hiY = -Double.MAX_VALUE;
    double loZ = Double.MAX_VALUE;
    for (int v = from; v < to; v++) {
      lo = Math.min(lo, cm[3 * v]);
      hi = Math.max(hi, cm[3 * v]);
      loY = Math.min(loY, cm[3 * v + 1]);
      hiY = Math.max(hiY, cm[3 * v + 1]);
      loZ = Math.min(loZ, cm[3 * v + 2]);
    }
    double r = (hi - lo + hiY - loY) / 4;
    return new double[] {(lo + hi) / 2, (loY + hiY) / 2, loZ + 1.08 * r, r};
  }

  /** Share of the head in the motion of each point: less down the neck. */
  private static float[] headShare(float[] rest) {
    float[] share = new float[rest.length / 3];
    for (int v = 0; v < share.length; v++) {
      double y = rest[3 * v + 1];
      double z = rest[3 * v + 2];
      share[v] = (float) SkinAtlas.smoothStep(NECK_BASE, NECK_TOP, y + NECK_SLOPE * z);
    }
    return share;
  }

  /** Draws in the skin under the clothes, so that it can not come through. */
  private void sinkUnderClothes(float[] rest) {
    for (int v = 0; v < FIRST_INNER_VERTEX; v++) {
      double y = rest[3 * v + 1];
      double under = top.under(rest[3 * v], y, rest[3 * v + 2]);
      double edge = top.halfOpening() - 0.001;
      double aside = SkinAtlas.smoothStep(edge, edge + 0.018, Math.abs(rest[3 * v]));
      double shoulder = aside * SkinAtlas.smoothStep(-0.035, 0, under);
      double deep = Math.max(shoulder, SkinAtlas.smoothStep(0.003, 0.015, under));
      double axisCm = 100 * top.axisZ() + origin.z();
      neutral[3 * v] *= (float) (1 - 0.35 * deep);
      neutral[3 * v + 1] -= (float) (3.0 * deep);
      neutral[3 * v + 2] += (float) (0.3 * deep * (axisCm - neutral[3 * v + 2]));
    }
  }

  @Override
  public List<Instance> at(FramePose now, FramePose before) {
    Posed posed = posed(now);
    Posed past = before.equals(now) ? posed : posed(before);
    latest = posed;
    List<Instance> out = new ArrayList<>();
    out.add(deforming(new Piece("skin", skinPart, skin.material(now), skinAnchor), posed, past));
    for (Piece piece : pieces) {
      out.add(deforming(piece, posed, past));
    }
    for (int i = 0; i < topShares.size(); i++) {
      Top.Part part = top.parts().get(i);
      float[] share = topShares.get(i);
      float[] worn = bent(part.mesh().positions(), share, now);
      out.add(
          new Instance(
              topAnchors.get(i).at("clothes", part.mesh().moved(worn), part.material(), now.head()),
              Pose.IDENTITY,
              Pose.IDENTITY,
              bent(part.mesh().positions(), share, before)));
    }
    for (Shape shape : leftEye.shapes()) {
      out.add(Instance.rigid(shape, eye(now, leftCentre, 1), eye(before, leftCentre, 1)));
    }
    for (Shape shape : rightEye.shapes()) {
      out.add(Instance.rigid(shape, eye(now, rightCentre, -1), eye(before, rightCentre, -1)));
    }
    return out;
  }

  private static Instance deforming(Piece piece, Posed posed, Posed past) {
    Shape shape =
        piece.anchor.at(
            piece.name, piece.part.mesh(posed.vertices), piece.material, posed.pose.head());
    return new Instance(shape, Pose.IDENTITY, Pose.IDENTITY, piece.part.gather(past.vertices));
  }

  /** Where an eye stands: turned by the gaze about its own middle, then with the head. */
  private static Pose eye(FramePose pose, Vector3 centre, int side) {
    Rotation gaze =
        Rotation.yawPitchRoll(
            pose.gazeYawDegrees() - side * pose.vergenceDegrees(), -pose.gazePitchDegrees(), 0);
    return pose.head().after(new Pose(gaze, centre));
  }

  private Posed posed(FramePose pose) {
    Posed known = latest;
    if (known != null && known.pose.equals(pose)) {
      return known;
    }
    float[] v = neutral.clone();
    kit.express(withLids(pose), v);
    return new Posed(pose, bent(metres(v, origin), headShare, pose));
  }

  /** Points that go by their shares with the head and with the shoulders. */
  private static float[] bent(float[] rest, float[] share, FramePose pose) {
    float[] out = new float[rest.length];
    double[] head = rows(pose.head());
    double[] body = rows(pose.body());
    for (int i = 0; i < share.length; i++) {
      double x = rest[3 * i];
      double y = rest[3 * i + 1];
      double z = rest[3 * i + 2];
      double h = share[i];
      for (int r = 0; r < 3; r++) {
        int k = 4 * r;
        double withHead = head[k] * x + head[k + 1] * y + head[k + 2] * z + head[k + 3];
        double withBody = body[k] * x + body[k + 1] * y + body[k + 2] * z + body[k + 3];
        out[3 * i + r] = (float) (h * withHead + (1 - h) * withBody);
      }
    }
    return out;
  }

  /** Expression weights, the lids following the gaze where nothing moves them further. */
  private static float[] withLids(FramePose pose) {
    float[] w = pose.expression().clone();
    double up = Math.clamp(pose.gazePitchDegrees() / 30, -1, 1);
    double left = Math.clamp(pose.gazeYawDegrees() / 35, -1, 1);
    follow(w, Expression.EYE_LOOK_UP_L, up);
    follow(w, Expression.EYE_LOOK_UP_R, up);
    follow(w, Expression.EYE_LOOK_DOWN_L, -up);
    follow(w, Expression.EYE_LOOK_DOWN_R, -up);
    follow(w, Expression.EYE_LOOK_OUT_L, left);
    follow(w, Expression.EYE_LOOK_IN_R, left);
    follow(w, Expression.EYE_LOOK_OUT_R, -left);
    follow(w, Expression.EYE_LOOK_IN_L, -left);
    return w;
  }

  private static void follow(float[] weights, Expression lid, double amount) {
    int i = Arrays.binarySearch(Expression.values(), lid);
    weights[i] = (float) Math.max(weights[i], amount);
  }

  private static double[] rows(Pose pose) {
    Rotation r = pose.rotation();
    Vector3 t = pose.translation();
    return new double[] {
      r.m00(), r.m01(), r.m02(), t.x(), r.m10(), r.m11(), r.m12(), t.y(), r.m20(), r.m21(), r.m22(),
      t.z()
    };
  }

  @Override
  public float[] landmarks(FramePose pose) {
    return landmarks(posed(pose).vertices);
  }

  private static float[] landmarks(float[] vertices) {
    int[] points = IctFaceKit.landmarks();
    float[] out = new float[3 * points.length];
    for (int i = 0; i < points.length; i++) {
      System.arraycopy(vertices, 3 * points[i], out, 3 * i, 3);
    }
    return out;
  }
}
