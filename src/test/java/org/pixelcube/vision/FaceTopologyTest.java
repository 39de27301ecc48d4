package org.pixelcube.vision;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.util.Arrays;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.Set;
import org.junit.jupiter.api.Test;

class FaceTopologyTest {
  private static FaceTopology topology() {
    return FaceTopology.read(Fixtures.model(Model.FACE_LANDMARKER));
  }

  @Test
  void theMeshIsASheetBoundedByTheOval() {
    int[] triangles = topology().triangles();
    assertEquals(3 * 898, triangles.length);
    Map<Long, Integer> edges = new HashMap<>();
    Set<Integer> vertices = new HashSet<>();
    for (int t = 0; t < triangles.length; t += 3) {
      for (int k = 0; k < 3; k++) {
        int a = triangles[t + k];
        int b = triangles[t + (k + 1) % 3];
        vertices.add(a);
        edges.merge(1000L * Math.min(a, b) + Math.max(a, b), 1, Integer::sum);
      }
    }
    assertEquals(FaceTopology.VERTICES, vertices.size());
    assertTrue(edges.values().stream().allMatch(n -> n <= 2));
    for (int i = 0; i < FaceTopology.OVAL.size(); i++) {
      int a = FaceTopology.OVAL.get(i);
      int b = FaceTopology.OVAL.get((i + 1) % FaceTopology.OVAL.size());
      assertEquals(1, edges.get(1000L * Math.min(a, b) + Math.max(a, b)), a + " to " + b);
    }
  }

  @Test
  void mirroringTwiceIsNothingAndSwapsTheSides() {
    FaceTopology topology = topology();
    float[] p = topology.positions();
    for (int i = 0; i < FaceTopology.VERTICES; i++) {
      int j = topology.mirror(i);
      assertEquals(i, topology.mirror(j));
      assertEquals(-p[3 * i], p[3 * j], 0.01);
      assertEquals(p[3 * i + 1], p[3 * j + 1], 0.01);
    }
    swaps(topology, FaceTopology.LEFT_EYE, FaceTopology.RIGHT_EYE);
    swaps(topology, FaceTopology.LEFT_BROW, FaceTopology.RIGHT_BROW);
    swaps(topology, FaceTopology.LIPS, FaceTopology.LIPS);
    swaps(topology, FaceTopology.OVAL, FaceTopology.OVAL);
    swaps(topology, FaceTopology.NOSE, FaceTopology.NOSE);
    assertEquals(1, topology.mirror(1));
  }

  private static void swaps(FaceTopology topology, List<Integer> left, List<Integer> right) {
    Set<Integer> mirrored = new HashSet<>();
    left.forEach(i -> mirrored.add(topology.mirror(i)));
    assertEquals(Set.copyOf(right), mirrored);
  }

  @Test
  void partsAreWhereTheyShouldBe() {
    FaceTopology topology = topology();
    float[] p = topology.positions();
    for (int i : FaceTopology.LEFT_EYE) {
      assertTrue(p[3 * i] > 0);
    }
    // Chin below, forehead above, nose in front.
    assertTrue(p[3 * 152 + 1] < p[3 * 10 + 1]);
    assertTrue(p[3 * 1 + 2] > p[3 * 234 + 2]);
    assertEquals(FaceTopology.VERTICES - 92, topology.skin().size());
    for (float uv : topology.textureCoordinates()) {
      assertTrue(uv >= 0 && uv <= 1);
    }
  }

  @Test
  void damagedMessagesAreRefused() {
    byte[] message = FaceModels.read(Fixtures.model(Model.FACE_LANDMARKER)).geometry();
    Random random = new Random(2);
    for (int i = 0; i < 200; i++) {
      byte[] part = Arrays.copyOf(message, random.nextInt(19000));
      assertThrows(IOException.class, () -> FaceTopology.parse(part));
    }
    byte[] noise = new byte[500];
    random.nextBytes(noise);
    assertThrows(IOException.class, () -> FaceTopology.parse(noise));
  }
}
