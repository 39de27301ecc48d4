package org.pixelcube.pipeline;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.List;
import java.util.Random;
import java.util.Set;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.pixelcube.color.ColorSpace;
import org.pixelcube.image.Image;
import org.pixelcube.light.EnvironmentMap;
import org.pixelcube.light.Rgb;
import org.pixelcube.math.Rotation;
import org.pixelcube.math.Vector3;
import org.pixelcube.video.Frame;
import org.pixelcube.vision.Face;
import org.pixelcube.vision.FaceTopology;

class FrameRelighterTest {
  private static final int SIDE = 192;
  private static FaceTopology topology;

  @BeforeAll
  static void read() {
    topology = Fixtures.topology();
  }

  private static Image alpha() {
    float[] a = new float[SIDE * SIDE];
    for (int i = 0; i < a.length; i++) {
      int row = i / SIDE;
      double r = Math.hypot((i % SIDE - 96) / 62.0, (row - 92) / 80.0);
      a[i] = (float) Math.clamp((1 - r) * 20 + 0.5, 0, 1);
    }
    return Image.data(SIDE, SIDE, 1, a);
  }

  /** A head of one colour before a blue wall. */
  private static Image picture(Image alpha, double texture, Random random) {
    float[] skin = {0.4f, 0.26f, 0.19f};
    float[] wall = {0.1f, 0.15f, 0.4f};
    float[] s = new float[3 * SIDE * SIDE];
    for (int i = 0; i < SIDE * SIDE; i++) {
      float own = (float) (1 + texture * random.nextDouble(-1, 1));
      for (int c = 0; c < 3; c++) {
        float a = alpha.samples()[i];
        s[c * SIDE * SIDE + i] = a * skin[c] * own + (1 - a) * wall[c];
      }
    }
    return Image.rgb(SIDE, SIDE, s);
  }

  private static Analysis analysis(FrameRelighter relighter, Image picture, Image alpha) {
    List<Face> faces = List.of(Fixtures.face(topology, Rotation.yawPitchRoll(8, 3, 0), 8, 96, 100));
    SourceLight light = SourceLight.fit(relighter.samples(picture, alpha, faces), topology);
    return new Analysis(new Frame(picture, 0, 0, 1), picture, alpha, faces, light);
  }

  private static Illumination room(float scale) {
    return Fixtures.illumination(
        EnvironmentMap.uniform(64, 32, Rgb.grey(1)), Rotation.IDENTITY, scale);
  }

  private static Illumination lamp(float scale) {
    Vector3 to = new Vector3(1, 0.4, 0.8).normalized();
    return Fixtures.illumination(
        Fixtures.map(64, d -> 0.3 + 4 * Math.exp(10 * (to.dot(d) - 1))), Rotation.IDENTITY, scale);
  }

  @Test
  void strengthZeroGivesTheInputBack() {
    FrameRelighter relighter = new FrameRelighter(topology);
    Image alpha = alpha();
    Random random = new Random(1);
    // All values up to display white, highlights too.
    float[] s = new float[3 * SIDE * SIDE];
    for (int i = 0; i < s.length; i++) {
      s[i] = random.nextFloat();
    }
    Image picture = Image.rgb(SIDE, SIDE, s);
    Analysis a = analysis(relighter, picture, alpha);
    for (boolean limit : new boolean[] {false, true}) {
      Image out =
          relighter
              .render(
                  a,
                  lamp(1.7f),
                  Backdrop.plain(picture, true),
                  new FrameRelighter.Look(0, 1, 1, limit),
                  Set.of())
              .frame()
              .image();
      for (int i = 0; i < s.length; i++) {
        assertEquals(s[i], out.samples()[i], 1e-5, "highlights limited: " + limit);
      }
    }
  }

  @Test
  void aFlatLitHeadInAWhiteRoomStaysAsItIs() {
    FrameRelighter relighter = new FrameRelighter(topology);
    Image alpha = alpha();
    Image picture = picture(alpha, 0.05, new Random(2));
    FrameRelighter.Rendered rendered =
        relighter.render(
            analysis(relighter, picture, alpha),
            room(1),
            Backdrop.plain(picture, true),
            new FrameRelighter.Look(1, 0, 0, false),
            Set.of(Pass.FLAT, Pass.DIFFUSE));
    Image flat = rendered.passes().get(Pass.FLAT);
    for (int c = 0; c < 3; c++) {
      for (int i = 0; i < SIDE * SIDE; i++) {
        if (alpha.samples()[i] == 1) {
          int k = c * SIDE * SIDE + i;
          float was = picture.samples()[k];
          assertEquals(1, rendered.passes().get(Pass.DIFFUSE).samples()[k], 0.03);
          assertEquals(was, flat.samples()[k], 0.06 * was);
          assertEquals(was, rendered.frame().image().samples()[k], 0.08 * was);
        } else if (alpha.samples()[i] == 0) {
          int k = c * SIDE * SIDE + i;
          assertEquals(picture.samples()[k], rendered.frame().image().samples()[k], 0);
        }
      }
    }
  }

  @Test
  void twiceTheLightIsTwiceTheSubject() {
    FrameRelighter relighter = new FrameRelighter(topology);
    Image alpha = alpha();
    Image picture = picture(alpha, 0.1, new Random(3));
    Analysis a = analysis(relighter, picture, alpha);
    Backdrop black =
        Backdrop.plain(Image.filled(SIDE, SIDE, ColorSpace.LINEAR_REC709, 0, 0, 0), false);
    FrameRelighter.Look look = new FrameRelighter.Look(1, 1, 1, false);
    float[] one = relighter.render(a, lamp(1), black, look, Set.of()).frame().image().samples();
    float[] two = relighter.render(a, lamp(2), black, look, Set.of()).frame().image().samples();
    int n = 0;
    for (int i = 0; i < one.length; i++) {
      if (alpha.samples()[i % (SIDE * SIDE)] == 1 && one[i] > 0.02f) {
        // The offset under the logarithm costs a few per cent in the darks.
        assertEquals(2, two[i] / one[i], 0.1);
        n++;
      }
    }
    assertTrue(n > 20000);
  }

  @Test
  void withoutABackdropTheSubjectComesWithItsAlpha() {
    FrameRelighter relighter = new FrameRelighter(topology);
    Image alpha = alpha();
    Image picture = picture(alpha, 0.1, new Random(4));
    Image out =
        relighter
            .render(
                analysis(relighter, picture, alpha),
                lamp(1),
                null,
                new FrameRelighter.Look(1, 1, 1, true),
                Set.of())
            .frame()
            .image();
    assertEquals(4, out.channels());
    for (int i = 0; i < SIDE * SIDE; i++) {
      assertEquals(alpha.samples()[i], out.samples()[3 * SIDE * SIDE + i], 0);
      for (int c = 0; c < 3; c++) {
        float v = out.samples()[c * SIDE * SIDE + i];
        assertTrue(v >= 0 && v <= 1);
      }
    }
  }
}
