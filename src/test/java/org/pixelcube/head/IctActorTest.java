package org.pixelcube.head;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.pixelcube.image.Image;
import org.pixelcube.math.Rotation;
import org.pixelcube.math.Vector3;
import org.pixelcube.render.Instance;
import org.pixelcube.render.Pose;
import org.pixelcube.render.TriangleMesh;

class IctActorTest {
  private static IctFaceKit kit;
  private static IctActor actor;
  private static Path folder;

  @BeforeAll
  static void load() {
    Path heads = Path.of(System.getProperty("pixelcube.samples", "../shared/data"), "heads");
    assumeTrue(Files.isDirectory(heads), "the head data are not here");
    HeadAssets assets = HeadAssets.open(heads);
    folder = assets.ictFaceKit();
    kit = IctFaceKit.load(assets);
    // A small atlas of plain skin: these tests are of the shape.
    TriangleMesh mesh = IctActor.skinMesh(kit);
    float[] grey = new float[3 * 64];
    java.util.Arrays.fill(grey, 0.4f);
    Image photo = Image.rgb(8, 8, grey);
    SkinAtlas atlas =
        SkinAtlas.of(
            mesh,
            IctActor.landmarks(kit),
            96,
            64,
            new SkinAtlas.Photos(photo, photo, 1),
            new float[mesh.vertexCount()]);
    actor = IctActor.of(kit, atlas, Traits.of(12));
  }

  @Test
  void identitiesBlendLinearly() {
    Random random = new Random(8);
    double[] a = random.doubles(IctFaceKit.IDENTITY_COUNT, -1, 1).toArray();
    double[] b = random.doubles(IctFaceKit.IDENTITY_COUNT, -1, 1).toArray();
    double[] mean = new double[a.length];
    for (int i = 0; i < a.length; i++) {
      mean[i] = (a[i] + b[i]) / 2;
    }
    float[] va = kit.shape(a);
    float[] vb = kit.shape(b);
    float[] vm = kit.shape(mean);
    for (int i = 0; i < vm.length; i++) {
      assertEquals((va[i] + vb[i]) / 2, vm[i], 2e-4);
    }
    assertArrayEquals(kit.neutral().positions(), kit.shape(new double[a.length]));
  }

  @Test
  void cacheHoldsWhatTheFilesHold() {
    float[] fromFile = ObjFile.readPositions(folder.resolve("identity037.obj"), 26_719);
    double[] weights = new double[38];
    weights[37] = 1;
    assertArrayEquals(fromFile, kit.shape(weights), 1e-5f);
    float[] smile = ObjFile.readPositions(folder.resolve("mouthSmile_L.obj"), 26_719);
    float[] expressed = kit.neutral().positions().clone();
    kit.express(Expression.MOUTH_SMILE_L, 1, expressed);
    assertArrayEquals(smile, expressed, 1e-5f);
  }

  @Test
  void landmarksOfTheMeanFaceAreSymmetricAndInPlace() {
    float[] p = IctActor.landmarks(kit);
    int[][] pairs = {{0, 16}, {4, 12}, {17, 26}, {36, 45}, {39, 42}, {48, 54}, {31, 35}};
    for (int[] pair : pairs) {
      int l = 3 * pair[0];
      int r = 3 * pair[1];
      assertTrue(p[l] < 0, "the person's right is at −X");
      assertEquals(p[l], -p[r], 2e-4);
      assertEquals(p[l + 1], p[r + 1], 2e-4);
      assertEquals(p[l + 2], p[r + 2], 2e-4);
    }
    // Eyes around the origin, chin a hand below, nose in front.
    assertEquals(0, p[3 * 36 + 1], 0.01);
    assertEquals(-0.11, p[3 * 8 + 1], 0.015);
    assertEquals(0.05, p[3 * 30 + 2], 0.015);
  }

  @Test
  void turningTheHeadTurnsTheFaceRigidlyAndLeavesTheShoulders() {
    Rotation turn = Rotation.yawPitchRoll(25, -8, 5);
    Vector3 pivot = FramePose.NECK_PIVOT;
    Pose head = new Pose(turn, pivot.minus(turn.apply(pivot)));
    FramePose turned =
        new FramePose(0, new float[Expression.COUNT], head, Pose.IDENTITY, 0, 0, 0, 0);
    float[] rest = actor.landmarks(FramePose.REST);
    float[] moved = actor.landmarks(turned);
    for (int i = 0; i < 68; i++) {
      Vector3 expected = head.point(new Vector3(rest[3 * i], rest[3 * i + 1], rest[3 * i + 2]));
      assertEquals(expected.x(), moved[3 * i], 1e-3);
      assertEquals(expected.y(), moved[3 * i + 1], 1e-3);
      assertEquals(expected.z(), moved[3 * i + 2], 1e-3);
    }
    List<Instance> at = actor.at(turned, FramePose.REST);
    float[] now = at.getFirst().shape().mesh().positions();
    float[] before = at.getFirst().previousPositions();
    int still = 0;
    for (int i = 0; i < now.length; i += 3) {
      if (before[i + 1] < -0.225) {
        assertEquals(before[i], now[i], 1e-5);
        still++;
      }
    }
    assertTrue(still > 20, "some of the shoulders is there");
    assertArrayEquals(
        actor.at(FramePose.REST, FramePose.REST).getFirst().shape().mesh().positions(), before);
  }

  @Test
  void blinkingClosesTheLids() {
    float[] w = new float[Expression.COUNT];
    int at = 0;
    for (Expression e : Expression.values()) {
      w[at++] = e == Expression.EYE_BLINK_L || e == Expression.EYE_BLINK_R ? 1 : 0;
    }
    float[] open = actor.landmarks(FramePose.REST);
    float[] shut = actor.landmarks(new FramePose(0, w, Pose.IDENTITY, Pose.IDENTITY, 0, 0, 0, 0));
    for (int[] lids : new int[][] {{37, 41}, {38, 40}, {43, 47}, {44, 46}}) {
      double gap = open[3 * lids[0] + 1] - open[3 * lids[1] + 1];
      double closed = shut[3 * lids[0] + 1] - shut[3 * lids[1] + 1];
      assertTrue(closed < 0.35 * gap, gap + " to " + closed);
    }
  }

  @Test
  void eyesTurnWithTheGaze() {
    FramePose aside =
        new FramePose(0, new float[Expression.COUNT], Pose.IDENTITY, Pose.IDENTITY, 20, 10, 0, 0);
    for (Instance i : actor.at(aside, aside)) {
      if (i.shape().name().endsWith("cornea")) {
        Vector3 look = i.pose().rotation().apply(new Vector3(0, 0, 1));
        assertEquals(Math.sin(Math.toRadians(10)), look.y(), 1e-6);
        assertTrue(look.x() > 0.3);
      }
    }
  }
}
