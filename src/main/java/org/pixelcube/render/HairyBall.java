package org.pixelcube.render;

import java.util.ArrayList;
import java.util.List;
import java.util.SplittableRandom;
import org.pixelcube.math.Rotation;
import org.pixelcube.math.Vector3;

/**
 * A ball of skin with hair on its upper half over a floor: something to measure where there is no
 * head data. From frame to frame it turns.
 */
final class HairyBall implements RenderBenchmark.Subject {
  private static final float RADIUS = 0.1f;
  private static final int STRANDS = 12_000;
  private static final int SEGMENTS = 6;
  private static final float LENGTH = 0.05f;
  private static final float HALF_WIDTH = 1.5e-4f;

  private final List<Shape> turning;
  private final Shape floor;

  HairyBall() {
    turning =
        List.of(
            new Shape(
                "skin",
                sphere(RADIUS, 64),
                new Material.Skin(
                    Texture.constant(0.62f, 0.4f, 0.3f),
                    2.4e-3f,
                    1.1e-3f,
                    0.7e-3f,
                    Texture.constant(0.5f),
                    0.6f,
                    0.3f,
                    0.028f,
                    null)),
            new Shape(
                "hair",
                strands(),
                new Material.Hair(
                    Texture.constant(0.22f, 0.12f, 0.06f), 0.3f, 0.3f, 2, Material.Opaque.ONE)));
    float h = 0.4f;
    floor =
        new Shape(
            "floor",
            TriangleMesh.smooth(
                new float[] {-h, -RADIUS, -h, h, -RADIUS, -h, h, -RADIUS, h, -h, -RADIUS, h},
                new float[] {0, 1, 1, 1, 1, 0, 0, 0},
                new int[] {0, 2, 1, 0, 3, 2}),
            new Material.Lambert(Texture.constant(0.5f, 0.4f, 0.3f)));
  }

  @Override
  public String name() {
    return "ball with hair";
  }

  @Override
  public Scene scene(int frame, int size) {
    Pose now = turned(frame);
    Pose before = turned(frame - 1);
    List<Instance> instances = new ArrayList<>();
    for (Shape shape : turning) {
      instances.add(Instance.rigid(shape, now, before));
    }
    instances.add(Instance.still(floor));
    return new Scene(instances, Camera.portrait(size, size, 1, 0.34));
  }

  private static Pose turned(int frame) {
    return new Pose(Rotation.yawPitchRoll(15.0 * frame, 0, 0), Vector3.ZERO);
  }

  /** A sphere about the origin of {@code rings × 2·rings} quads, u around it, v upwards. */
  static TriangleMesh sphere(float radius, int rings) {
    int columns = 2 * rings;
    float[] n = new float[(rings + 1) * (columns + 1) * 3];
    float[] uv = new float[(rings + 1) * (columns + 1) * 2];
    for (int i = 0; i <= rings; i++) {
      double theta = Math.PI * i / rings;
      for (int j = 0; j <= columns; j++) {
        double phi = 2 * Math.PI * j / columns;
        int k = i * (columns + 1) + j;
        n[3 * k] = (float) (Math.sin(theta) * Math.sin(phi));
        n[3 * k + 1] = (float) Math.cos(theta);
        n[3 * k + 2] = (float) (Math.sin(theta) * Math.cos(phi));
        uv[2 * k] = (float) j / columns;
        uv[2 * k + 1] = 1 - (float) i / rings;
      }
    }
    float[] p = new float[n.length];
    for (int i = 0; i < p.length; i++) {
      p[i] = radius * n[i];
    }
    int[] t = new int[rings * columns * 6];
    int at = 0;
    for (int i = 0; i < rings; i++) {
      for (int j = 0; j < columns; j++) {
        int a = i * (columns + 1) + j;
        int b = a + columns + 1;
        for (int index : new int[] {a, b, a + 1, a + 1, b, b + 1}) {
          t[at++] = index;
        }
      }
    }
    return new TriangleMesh(p, n, uv, t);
  }

  /** Ribbons that rise from the upper half and fall. */
  private static TriangleMesh strands() {
    SplittableRandom random = new SplittableRandom(5);
    int points = SEGMENTS + 1;
    float[] positions = new float[STRANDS * points * 6];
    float[] uvs = new float[STRANDS * points * 4];
    int[] triangles = new int[STRANDS * SEGMENTS * 6];
    for (int s = 0; s < STRANDS; s++) {
      double height = random.nextDouble(0.1, 1);
      double phi = random.nextDouble(2 * Math.PI);
      double flat = Math.sqrt(1 - height * height);
      Vector3 out = new Vector3(flat * Math.sin(phi), height, flat * Math.cos(phi));
      Vector3 at = out.times(0.99 * RADIUS);
      Vector3 ahead = out;
      double turn = random.nextDouble(Math.PI);
      Vector3 across =
          new Vector3(Math.cos(phi), 0, -Math.sin(phi))
              .times(Math.cos(turn))
              .plus(new Vector3(Math.sin(phi), 0.3, Math.cos(phi)).times(Math.sin(turn)))
              .normalized();
      for (int i = 0; i < points; i++) {
        int vertex = 2 * (s * points + i);
        for (int side = 0; side < 2; side++) {
          Vector3 v = at.plus(across.times(side == 0 ? -HALF_WIDTH : HALF_WIDTH));
          positions[3 * (vertex + side)] = (float) v.x();
          positions[3 * (vertex + side) + 1] = (float) v.y();
          positions[3 * (vertex + side) + 2] = (float) v.z();
          uvs[2 * (vertex + side)] = side;
          uvs[2 * (vertex + side) + 1] = (float) i / SEGMENTS;
        }
        ahead = ahead.plus(new Vector3(0, -0.35, 0)).normalized();
        at = at.plus(ahead.times(LENGTH / SEGMENTS));
        // Hair lies on the ball and does not pass it.
        if (at.length() < 1.02 * RADIUS) {
          at = at.normalized().times(1.02 * RADIUS);
        }
        if (i < SEGMENTS) {
          int t = 6 * (s * SEGMENTS + i);
          triangles[t] = vertex;
          triangles[t + 1] = vertex + 1;
          triangles[t + 2] = vertex + 3;
          triangles[t + 3] = vertex;
          triangles[t + 4] = vertex + 3;
          triangles[t + 5] = vertex + 2;
        }
      }
    }
    return TriangleMesh.smooth(positions, uvs, triangles);
  }
}
