package org.pixelcube.head;

import org.pixelcube.image.Image;
import org.pixelcube.math.Rotation;
import org.pixelcube.math.Vector3;
import org.pixelcube.render.Material;
import org.pixelcube.render.Pose;
import org.pixelcube.render.Shape;
import org.pixelcube.render.Texture;
import org.pixelcube.render.TriangleMesh;

/**
 * An eyeball about its own centre, looking along +Z: the white with the iris set back in it, and a
 * clear cornea over both. Proportions of the adult eye: a ball of 12 mm, an iris of 5.9 mm, a
 * cornea of 7.8 mm radius.
 */
final class TexturedEye {
  private static final int RINGS = 40;
  private static final int SEGMENTS = 48;

  /** Half the iris' width as seen from the centre of the ball. */
  static final double LIMBUS = Math.asin(5.9 / 12.0);

  private final Shape ball;
  private final Shape cornea;
  private final Vector3 centre;

  /**
   * Builds an eye.
   *
   * @param picture of the eye, linear; the iris fills {@link #IRIS_SHARE} of its width around the
   *     middle
   */
  TexturedEye(String side, MakeHumanBody.Eye eye, Image picture) {
    centre = eye.centre();
    double r = eye.radius();
    ball =
        new Shape(
            side + " eye",
            lathe(TexturedEye::ballProfile, r),
            new Material.Glossy(Texture.of(picture), Texture.constant(0.25f), 0.03f));
    cornea =
        new Shape(
            side + " cornea",
            lathe(TexturedEye::corneaProfile, r),
            new Material.Clear(1.376f, Texture.constant(1, 1, 1)));
  }

  /** Share of the picture's half width that the iris takes up. */
  static final double IRIS_SHARE = 0.39;

  Shape ball() {
    return ball;
  }

  Shape cornea() {
    return cornea;
  }

  /** Where the eye stands in the world; a gaze to +X is to the person's left. */
  Pose pose(FramePose frame, boolean left) {
    double inwards = left ? -frame.vergenceDegrees() : frame.vergenceDegrees();
    Rotation look =
        Rotation.yawPitchRoll(frame.gazeYawDegrees() + inwards, -frame.gazePitchDegrees(), 0);
    return frame.head().after(new Pose(look, centre));
  }

  private interface Profile {
    /** Distance from the axis, height along it and the reading radius of the picture, at t. */
    double[] at(double t);
  }

  /** The iris is a shallow bowl from 0 to 0.3, the white goes on from 0.3 to 1. */
  private static double[] ballProfile(double t) {
    double rim = Math.cos(LIMBUS);
    if (t <= 0.3) {
      double s = t / 0.3;
      double depth = 0.09 * (1 - s * s) + 0.02;
      return new double[] {
        s * Math.sin(LIMBUS), rim - depth * (1 - 0.999 * Math.pow(s, 8)), s * IRIS_SHARE
      };
    }
    double angle = LIMBUS + (t - 0.3) / 0.7 * (0.8 * Math.PI - LIMBUS);
    double reading = IRIS_SHARE * angle / LIMBUS;
    return new double[] {Math.sin(angle), Math.cos(angle), Math.min(reading, 0.97)};
  }

  /** A cap of its own, smaller radius that meets the white a little outside the limbus. */
  private static double[] corneaProfile(double t) {
    double edge = LIMBUS + 0.05;
    double radius = 7.8 / 12;
    double base = Math.sin(edge);
    double middle = Math.cos(edge) - Math.sqrt(radius * radius - base * base) + 0.003;
    double angle = t * Math.asin(base / radius);
    return new double[] {radius * Math.sin(angle), middle + radius * Math.cos(angle), 0};
  }

  /** A body of revolution about +Z. */
  private static TriangleMesh lathe(Profile profile, double size) {
    int columns = SEGMENTS + 1;
    float[] p = new float[3 * (RINGS + 1) * columns];
    float[] uv = new float[2 * (RINGS + 1) * columns];
    for (int i = 0; i <= RINGS; i++) {
      double[] at = profile.at(Math.max((double) i / RINGS, 1e-4));
      for (int j = 0; j < columns; j++) {
        double phi = 2 * Math.PI * (j % SEGMENTS) / SEGMENTS;
        int k = i * columns + j;
        p[3 * k] = (float) (size * at[0] * Math.cos(phi));
        p[3 * k + 1] = (float) (size * at[0] * Math.sin(phi));
        p[3 * k + 2] = (float) (size * at[1]);
        uv[2 * k] = (float) (0.5 + 0.5 * at[2] * Math.cos(phi));
        uv[2 * k + 1] = (float) (0.5 + 0.5 * at[2] * Math.sin(phi));
      }
    }
    int[] triangles = new int[6 * RINGS * SEGMENTS];
    int n = 0;
    for (int i = 0; i < RINGS; i++) {
      for (int j = 0; j < SEGMENTS; j++) {
        int a = i * columns + j;
        for (int v : new int[] {a, a + columns, a + columns + 1, a, a + columns + 1, a + 1}) {
          triangles[n++] = v;
        }
      }
    }
    float[] normals = TriangleMesh.smoothNormals(p, triangles);
    // The seam's two columns are one.
    for (int i = 0; i <= RINGS; i++) {
      int a = 3 * i * columns;
      int b = a + 3 * SEGMENTS;
      double x = normals[a] + normals[b];
      double y = normals[a + 1] + normals[b + 1];
      double z = normals[a + 2] + normals[b + 2];
      double l = Math.sqrt(x * x + y * y + z * z);
      normals[a] = normals[b] = (float) (x / l);
      normals[a + 1] = normals[b + 1] = (float) (y / l);
      normals[a + 2] = normals[b + 2] = (float) (z / l);
    }
    return new TriangleMesh(p, normals, uv, triangles);
  }
}
