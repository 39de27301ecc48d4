package org.pixelcube.head;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.pixelcube.config.UserError;
import org.pixelcube.math.Rotation;
import org.pixelcube.math.Vector3;
import org.pixelcube.render.Instance;
import org.pixelcube.render.Pose;

class MakeHumanTest {
  private static MakeHuman shared;

  private static synchronized MakeHuman model() {
    Path heads = Path.of(System.getProperty("pixelcube.samples", "../shared/data"), "heads");
    assumeTrue(Files.isRegularFile(heads.resolve("makehuman-cc0.tar.xz")), heads + " is absent");
    if (shared == null) {
      shared = MakeHuman.open(HeadAssets.open(heads).makeHuman());
    }
    return shared;
  }

  private static Traits woman() {
    return new Traits(
        12,
        Traits.Family.MAKEHUMAN,
        true,
        34,
        0.3,
        0.4,
        0,
        Traits.HairStyle.BALD,
        0.6,
        0,
        0,
        0,
        0,
        false);
  }

  private static FramePose with(Expression expression, float weight) {
    float[] w = new float[Expression.COUNT];
    w[expression.ordinal()] = weight;
    return new FramePose(0, w, Pose.IDENTITY, Pose.IDENTITY, 0, 0, 0, 0);
  }

  @Test
  void macroWeightsSumToOne() {
    for (long seed = 0; seed < 200; seed++) {
      Traits traits = Traits.of(seed);
      double people = 0;
      double universal = 0;
      for (Map.Entry<String, Float> e : MakeHuman.macroWeights(traits).entrySet()) {
        if (e.getKey().startsWith("universal")) {
          universal += e.getValue();
        } else {
          people += e.getValue();
        }
      }
      assertEquals(1, people, 0.01, "seed " + seed);
      assertEquals(1, universal, 0.01, "seed " + seed);
    }
  }

  @Test
  void aFolderWithoutTheMesh(@TempDir Path folder) {
    UserError error = assertThrows(UserError.class, () -> MakeHuman.open(folder));
    assertTrue(error.getMessage().contains("base.obj"), error.getMessage());
  }

  @Test
  void anotherMesh(@TempDir Path folder) throws IOException {
    Files.createDirectories(folder.resolve("3dobjs"));
    Files.writeString(folder.resolve("3dobjs/base.obj"), "v 0 0 0\nv 1 0 0\nv 0 1 0\nf 1 2 3\n");
    UserError error = assertThrows(UserError.class, () -> MakeHuman.open(folder));
    assertTrue(error.getMessage().contains("it has 3 vertices"), error.getMessage());
  }

  @Test
  void peopleAreBuiltLikePeople() {
    MakeHuman model = model();
    for (long seed = 1; seed <= 12; seed++) {
      MakeHumanBody body = MakeHumanBody.of(model, model.shape(Traits.of(seed)));
      Vector3 left = body.leftEye().centre();
      Vector3 right = body.rightEye().centre();
      assertEquals(0, left.plus(right).length(), 1e-6);
      double apart = left.minus(right).length();
      assertTrue(apart > 0.050 && apart < 0.075, "eyes apart " + apart);
      double radius = body.leftEye().radius();
      assertTrue(radius > 0.0105 && radius < 0.016, "eyeball " + radius);
      double chin = MakeHumanBody.point(body.positions(), MakeHumanBody.LANDMARKS[8]).y();
      assertTrue(chin > -0.145 && chin < -0.085, "chin at " + chin);
      double nose = MakeHumanBody.point(body.positions(), MakeHumanBody.LANDMARKS[30]).z();
      assertTrue(nose > 0.02 && nose < 0.07, "tip of the nose at " + nose);
    }
  }

  @Test
  void landmarksMirrorEachOther() {
    float[] p = model().base().positions();
    int[] jaw = MakeHumanBody.LANDMARKS;
    int[][] pairs = {{0, 16}, {3, 13}, {17, 26}, {21, 22}, {31, 35}, {36, 45}, {39, 42}, {48, 54}};
    for (int[] pair : pairs) {
      int r = 3 * jaw[pair[0]];
      int l = 3 * jaw[pair[1]];
      assertTrue(p[l] > 0, "the person's left is +X");
      assertEquals(-p[r], p[l], 0.01);
      assertEquals(p[r + 1], p[l + 1], 0.01);
      assertEquals(p[r + 2], p[l + 2], 0.01);
    }
  }

  @Test
  void expressionsMoveWhatTheyShould() {
    MakeHumanActor actor = MakeHumanActor.of(model(), woman());
    float[] rest = actor.landmarks(FramePose.REST);
    double jaw = moved(actor, rest, Expression.JAW_OPEN, 8, 1);
    assertTrue(jaw < -0.015, "the jaw opens downwards: " + jaw);
    assertEquals(0, moved(actor, rest, Expression.JAW_OPEN, 27, 1), 1e-4, "the nose stays");
    assertTrue(moved(actor, rest, Expression.MOUTH_SMILE_L, 54, 1) > 0.006, "left corner up");
    assertTrue(
        Math.abs(moved(actor, rest, Expression.MOUTH_SMILE_L, 48, 1)) < 0.001, "right stays");
    assertTrue(moved(actor, rest, Expression.MOUTH_FROWN_R, 48, 1) < -0.003, "right corner down");
    assertTrue(deepestFall(actor, 1) < -0.004, "left lid down: " + deepestFall(actor, 1));
    assertEquals(0, deepestFall(actor, -1), 1e-6, "right lid stays");
    assertTrue(moved(actor, rest, Expression.BROW_DOWN_R, 21, 1) < -0.003, "brow down");
    assertTrue(moved(actor, rest, Expression.BROW_INNER_UP_L, 22, 1) > 0.003, "brow up");
    assertTrue(moved(actor, rest, Expression.JAW_LEFT, 8, 0) > 0.004, "jaw to the left");
    assertTrue(moved(actor, rest, Expression.MOUTH_PUCKER, 54, 0) < -0.004, "mouth narrows");
  }

  /** How far the skin around an eye comes down when the left one blinks. */
  private static double deepestFall(MakeHumanActor actor, int side) {
    Instance skin =
        actor.at(with(Expression.EYE_BLINK_L, 1), FramePose.REST).stream()
            .filter(i -> i.shape().name().equals("skin"))
            .findFirst()
            .orElseThrow();
    float[] now = skin.shape().mesh().positions();
    float[] rest = skin.previousPositions();
    double deepest = 0;
    for (int i = 0; i < rest.length; i += 3) {
      if (side * rest[i] > 0.015 && Math.abs(rest[i + 1]) < 0.015) {
        deepest = Math.min(deepest, now[i + 1] - rest[i + 1]);
      }
    }
    return deepest;
  }

  private static double moved(
      MakeHumanActor actor, float[] rest, Expression expression, int landmark, int axis) {
    float[] now = actor.landmarks(with(expression, 1));
    return now[3 * landmark + axis] - rest[3 * landmark + axis];
  }

  @Test
  void theHeadTurnsAndTheShouldersStay() {
    MakeHumanActor actor = MakeHumanActor.of(model(), woman());
    Rotation turn = Rotation.yawPitchRoll(30, -10, 5);
    Vector3 pivot = FramePose.NECK_PIVOT;
    Pose head = new Pose(turn, pivot.minus(turn.apply(pivot)));
    FramePose pose = new FramePose(0, new float[Expression.COUNT], head, Pose.IDENTITY, 0, 0, 0, 0);
    float[] rest = actor.landmarks(FramePose.REST);
    float[] now = actor.landmarks(pose);
    for (int i = 0; i < 68; i++) {
      Vector3 expected = head.point(new Vector3(rest[3 * i], rest[3 * i + 1], rest[3 * i + 2]));
      for (int k = 0; k < 3; k++) {
        double e = k == 0 ? expected.x() : k == 1 ? expected.y() : expected.z();
        assertEquals(e, now[3 * i + k], 1e-5, "landmark " + i);
      }
    }
    List<Instance> before = actor.at(FramePose.REST, FramePose.REST);
    List<Instance> after = actor.at(pose, FramePose.REST);
    assertEquals(before.size(), after.size());
    float[] skin = after.getFirst().shape().mesh().positions();
    float[] still = after.getFirst().previousPositions();
    for (int i = 0; i < skin.length; i += 3) {
      if (still[i + 1] < -0.22f) {
        assertEquals(still[i], skin[i], 1e-6f);
        assertEquals(still[i + 1], skin[i + 1], 1e-6f);
      }
    }
  }

  @Test
  void clothesHideTheBodyUnderThem() {
    MakeHuman model = model();
    float[] p = MakeHumanBody.of(model, model.shape(woman())).positions();
    Mhclo suit = model.proxy("clothes/male_elegantsuit01/male_elegantsuit01.mhclo");
    QuadMesh all = MakeHumanActor.visibleSkin(model.base(), p, new boolean[p.length / 3]);
    QuadMesh seen = MakeHumanActor.visibleSkin(model.base(), p, suit.hidden());
    assertTrue(seen.faceCount() < all.faceCount() - 500, "faces under the suit are left out");
    for (int f = 0; f < seen.faceCount(); f++) {
      boolean under = true;
      for (int k = 0; k < 4; k++) {
        int v = seen.corners()[4 * f + k];
        under &= suit.hidden()[v];
        assertTrue(p[3 * v + 1] >= MakeHumanActor.CUT);
      }
      assertTrue(!under);
    }
    int nose = MakeHumanBody.LANDMARKS[30];
    assertTrue(java.util.Arrays.stream(seen.corners()).anyMatch(v -> v == nose));
  }

  @Test
  void upperLidsCarryTheirLandmarks() {
    MakeHuman model = model();
    for (long seed : new long[] {3, 5, 12, 17}) {
      Traits traits = Traits.of(seed);
      MakeHumanBody body = MakeHumanBody.of(model, model.shape(traits));
      MakeHumanActor actor = MakeHumanActor.of(model, traits);
      float[] open = actor.landmarks(FramePose.REST);
      float[] w = new float[Expression.COUNT];
      w[Expression.EYE_BLINK_L.ordinal()] = 1;
      w[Expression.EYE_BLINK_R.ordinal()] = 1;
      float[] shut = actor.landmarks(new FramePose(0, w, Pose.IDENTITY, Pose.IDENTITY, 0, 0, 0, 0));
      for (int[] lids : new int[][] {{37, 41}, {38, 40}, {43, 47}, {44, 46}}) {
        double gap = open[3 * lids[0] + 1] - open[3 * lids[1] + 1];
        double closed = shut[3 * lids[0] + 1] - shut[3 * lids[1] + 1];
        assertTrue(gap > 0.004 && gap < 0.016, "open by " + gap);
        assertTrue(closed < 0.35 * gap, gap + " to " + closed);
        MakeHumanBody.Eye eye = lids[0] < 42 ? body.rightEye() : body.leftEye();
        for (int i : lids) {
          Vector3 rim = new Vector3(open[3 * i], open[3 * i + 1], open[3 * i + 2]);
          double out = rim.minus(eye.centre()).length() - eye.radius();
          // The outer edge of the lid's rim is a lid's thickness before the eyeball.
          assertTrue(out > 0.0015 && out < 0.007, "landmark %d: %.1f mm".formatted(i, 1e3 * out));
        }
      }
    }
  }

  @Test
  void closingLidsGoNoDeeperThanOpenOnes() {
    MakeHuman model = model();
    MakeHumanBody body = MakeHumanBody.of(model, model.shape(woman()));
    MakeHumanActor actor = MakeHumanActor.of(model, woman());
    float[] rest = actor.landmarks(FramePose.REST);
    for (float w : new float[] {0.25f, 0.5f, 0.75f, 1}) {
      float[] now = actor.landmarks(with(Expression.EYE_BLINK_L, w));
      for (int i : new int[] {43, 44}) {
        Vector3 lid = new Vector3(now[3 * i], now[3 * i + 1], now[3 * i + 2]);
        Vector3 open = new Vector3(rest[3 * i], rest[3 * i + 1], rest[3 * i + 2]);
        Vector3 centre = body.leftEye().centre();
        double out = lid.minus(centre).length() - body.leftEye().radius();
        double before = open.minus(centre).length() - body.leftEye().radius();
        assertTrue(
            out > Math.min(0, before) - 1e-6,
            "lid %d at %.2f: %.2f mm, open %.2f mm".formatted(i, w, 1000 * out, 1000 * before));
      }
    }
  }
}
