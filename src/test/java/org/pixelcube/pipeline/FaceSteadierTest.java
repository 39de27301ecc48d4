package org.pixelcube.pipeline;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.carrotsearch.randomizedtesting.jupiter.Randomized;
import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.DataInputStream;
import java.io.DataOutputStream;
import java.io.IOException;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.pixelcube.math.Rotation;
import org.pixelcube.vision.Face;
import org.pixelcube.vision.FaceTopology;

@Randomized
class FaceSteadierTest {
  private static FaceTopology topology;

  @BeforeAll
  static void read() {
    topology = Fixtures.topology();
  }

  private static Face trembling(Rotation pose, double pixels, Random random) {
    Face still = Fixtures.face(topology, pose, 10, 128, 128);
    float[] landmarks = still.landmarks().clone();
    for (int i = 0; i < landmarks.length; i++) {
      landmarks[i] += (float) (pixels * random.nextGaussian());
    }
    return new Face(0, landmarks, 1, null);
  }

  private static double depthError(Face face, Face truth) {
    double sum = 0;
    double mean = 0;
    for (int v = 0; v < FaceTopology.VERTICES; v++) {
      mean += (face.z(v) - truth.z(v)) / FaceTopology.VERTICES;
    }
    for (int v = 0; v < FaceTopology.VERTICES; v++) {
      double d = face.z(v) - truth.z(v) - mean;
      sum += d * d;
    }
    return Math.sqrt(sum / FaceTopology.VERTICES);
  }

  @Test
  void takesMostOfTheTremorOutOfTheDepthOfAFaceAtRest(Random random) {
    FaceSteadier steadier = new FaceSteadier(topology);
    Rotation pose = Rotation.yawPitchRoll(20, -10, 5);
    Face truth = Fixtures.face(topology, pose, 10, 128, 128);
    double raw = 0;
    double steady = 0;
    for (int frame = 0; frame < 40; frame++) {
      Face seen = trembling(pose, 1, random);
      Face held = steadier.next(List.of(seen)).getFirst();
      if (frame >= 20) {
        raw += depthError(seen, truth);
        steady += depthError(held, truth);
      }
    }
    // A share of 0.2 leaves √(0.2 / 1.8) = 0.33 of independent noise.
    assertEquals(0.33, steady / raw, 0.08);
  }

  @Test
  void followsAHeadThatTurns() {
    FaceSteadier steadier = new FaceSteadier(topology);
    double worst = 0;
    for (int frame = 0; frame < 30; frame++) {
      Face truth =
          Fixtures.face(topology, Rotation.yawPitchRoll(2.5 * frame - 35, 0, 0), 10, 128, 128);
      Face held = steadier.next(List.of(truth)).getFirst();
      worst = Math.max(worst, depthError(held, truth));
    }
    // Lags by less than 5 degrees: sin 5° of the face's half width.
    assertTrue(worst < Math.sin(Math.toRadians(5)) * 70, "lag of " + worst + " pixels");
  }

  @Test
  void goesOnFromItsState(Random random) throws IOException {
    FaceSteadier one = new FaceSteadier(topology);
    Rotation pose = Rotation.yawPitchRoll(-15, 4, 0);
    for (int frame = 0; frame < 3; frame++) {
      one.next(List.of(trembling(pose, 1, random)));
    }
    ByteArrayOutputStream bytes = new ByteArrayOutputStream();
    one.write(new DataOutputStream(bytes));
    FaceSteadier other = new FaceSteadier(topology);
    other.read(new DataInputStream(new ByteArrayInputStream(bytes.toByteArray())));
    Face next = trembling(pose, 1, random);
    assertArrayEquals(
        one.next(List.of(next)).getFirst().landmarks(),
        other.next(List.of(next)).getFirst().landmarks());
  }
}
