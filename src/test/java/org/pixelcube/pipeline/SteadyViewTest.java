package org.pixelcube.pipeline;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.DataInputStream;
import java.io.DataOutputStream;
import java.io.IOException;
import java.util.Arrays;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.pixelcube.image.Image;
import org.pixelcube.math.Rotation;
import org.pixelcube.video.Frame;
import org.pixelcube.vision.Face;
import org.pixelcube.vision.FaceTopology;
import org.pixelcube.vision.OpticalFlow;

class SteadyViewTest {
  private static final int SIDE = 128;

  private FaceTopology topology;
  private FrameRelighter relighter;
  private OpticalFlow flow;

  @BeforeEach
  void open() {
    topology = Fixtures.topology();
    relighter = new FrameRelighter(topology);
    flow = new OpticalFlow(OpticalFlow.Quality.ULTRAFAST);
  }

  @AfterEach
  void close() {
    if (flow != null) {
      flow.close();
    }
  }

  /** A still picture of a face whose tracked yaw is a little off. */
  private Analysis frame(double yawDegrees) {
    Random random = new Random(1);
    float[] rgb = new float[3 * SIDE * SIDE];
    for (int i = 0; i < SIDE * SIDE; i++) {
      float value = 0.2f + 0.2f * random.nextFloat();
      rgb[i] = value;
      rgb[SIDE * SIDE + i] = 0.7f * value;
      rgb[2 * SIDE * SIDE + i] = 0.5f * value;
    }
    float[] alpha = new float[SIDE * SIDE];
    for (int i = 0; i < alpha.length; i++) {
      alpha[i] = Math.hypot(i % SIDE - 64, 1.3 * (i / SIDE - 64)) < 50 ? 1 : 0;
    }
    Image picture = Image.rgb(SIDE, SIDE, rgb);
    Face face = Fixtures.face(topology, Rotation.yawPitchRoll(yawDegrees, 0, 0), 4, 64, 64);
    return new Analysis(
        new Frame(picture, 0, 0, 1),
        picture,
        Image.data(SIDE, SIDE, 1, alpha),
        List.of(face),
        SourceLight.flat(topology));
  }

  /** How far the middle of the face looks to the right. */
  private static double meanNx(FrameRelighter.Seen seen) {
    Geometry g = seen.geometry();
    double sum = 0;
    int n = 0;
    for (int y = 26; y < 38; y++) {
      for (int x = 26; x < 38; x++) {
        sum += g.nx()[y * g.width() + x];
        n++;
      }
    }
    return sum / n;
  }

  @Test
  void aStillPictureKeepsMostOfTheShapeItHad() {
    SteadyView first = new SteadyView(relighter, frame(0), flow, null);
    double held = meanNx(first.get());
    double alone = meanNx(relighter.see(frame(10)));
    double steadied = meanNx(new SteadyView(relighter, frame(10), flow, first).get());
    double moved = (steadied - held) / (alone - held);
    assertTrue(moved > 0.05 && moved < 0.4, "moved by a share of " + moved);
  }

  @Test
  void normalsStayUnitAndTheFirstFrameIsItself() {
    SteadyView first = new SteadyView(relighter, frame(0), flow, null);
    assertArrayEquals(relighter.see(frame(0)).geometry().nx(), first.get().geometry().nx());
    Geometry g = new SteadyView(relighter, frame(6), flow, first).get().geometry();
    for (int i = 0; i < g.size(); i++) {
      double length =
          Math.sqrt(g.nx()[i] * g.nx()[i] + g.ny()[i] * g.ny()[i] + g.nz()[i] * g.nz()[i]);
      assertEquals(1, length, 1e-4);
    }
  }

  @Test
  void theOrderOfAskingDoesNotMatter() {
    float[][] nx = new float[2][];
    for (int order = 0; order < 2; order++) {
      SteadyView a = new SteadyView(relighter, frame(0), flow, null);
      SteadyView b = new SteadyView(relighter, frame(4), flow, a);
      SteadyView c = new SteadyView(relighter, frame(8), flow, b);
      if (order == 0) {
        a.get();
        b.get();
      }
      nx[order] = c.get().geometry().nx();
    }
    assertTrue(Arrays.equals(nx[0], nx[1]));
  }

  @Test
  void goesOnFromItsState() throws IOException {
    SteadyView first = new SteadyView(relighter, frame(0), flow, null);
    ByteArrayOutputStream bytes = new ByteArrayOutputStream();
    SteadyView.write(first, new DataOutputStream(bytes));
    SteadyView.write(null, new DataOutputStream(bytes));
    DataInputStream in = new DataInputStream(new ByteArrayInputStream(bytes.toByteArray()));
    SteadyView read = SteadyView.read(in);
    assertNull(SteadyView.read(in));
    FrameRelighter.Seen straight = new SteadyView(relighter, frame(5), flow, first).get();
    FrameRelighter.Seen resumed = new SteadyView(relighter, frame(5), flow, read).get();
    assertArrayEquals(straight.geometry().nx(), resumed.geometry().nx());
    assertArrayEquals(straight.flat().colour()[0], resumed.flat().colour()[0]);
  }
}
