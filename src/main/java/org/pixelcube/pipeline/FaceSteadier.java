package org.pixelcube.pipeline;

import java.io.DataInputStream;
import java.io.DataOutputStream;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import org.pixelcube.math.Rotation;
import org.pixelcube.math.Vector3;
import org.pixelcube.vision.Face;
import org.pixelcube.vision.FaceTopology;

/**
 * Takes the tremor out of a face's shape before light falls on it: the landmark network guesses
 * depth anew in each frame, and what is a hair's breadth in depth is degrees in the normals.
 *
 * <p>Each face is seen as a shape in the head's own axes and the head's rotation. The shape, which
 * only expressions change, is smoothed over a few frames; the rotation is smoothed while the head
 * rests and followed at once when it turns. Positions in the picture stay where they were tracked,
 * up to half of the shape's own tremor.
 */
final class FaceSteadier {
  /** Share of a new frame's shape. */
  private static final double SHAPE_RATE = 0.2;

  /** Share of a new frame's rotation while the head rests. */
  private static final double REST_RATE = 0.2;

  /** Turn between what is held and what is seen, in radians, that is followed in full. */
  private static final double FOLLOWED_TURN = Math.toRadians(7);

  /** Share of the smoothed position in the picture plane. */
  private static final float IN_PLANE = 0.5f;

  private record Held(float[] shape, Rotation rotation) {}

  private final FaceTopology topology;
  private final Map<Integer, Held> faces = new TreeMap<>();

  FaceSteadier(FaceTopology topology) {
    this.topology = topology;
  }

  /** Forgets all faces, as at a cut. */
  void reset() {
    faces.clear();
  }

  /** The faces of the next frame, steadied; those no longer seen are forgotten. */
  List<Face> next(List<Face> seen) {
    List<Face> steady = new ArrayList<>();
    faces.keySet().retainAll(seen.stream().map(Face::id).toList());
    for (Face face : seen) {
      steady.add(steadied(face));
    }
    return steady;
  }

  private Face steadied(Face face) {
    int n = FaceTopology.VERTICES;
    float[] up = new float[3 * n];
    for (int i = 0; i < up.length; i++) {
      up[i] = i % 3 == 1 ? -face.landmarks()[i] : face.landmarks()[i];
    }
    HeadPose pose = HeadPose.fit(topology.positions(), up, n);
    Held before = faces.get(face.id());
    float[] shape = new float[3 * n];
    for (int v = 0; v < n; v++) {
      Vector3 s = pose.toCanonical(new Vector3(up[3 * v], up[3 * v + 1], up[3 * v + 2]));
      shape[3 * v] = (float) s.x();
      shape[3 * v + 1] = (float) s.y();
      shape[3 * v + 2] = (float) s.z();
    }
    Rotation rotation = pose.rotation();
    if (before != null) {
      for (int i = 0; i < shape.length; i++) {
        shape[i] = (float) (before.shape()[i] + SHAPE_RATE * (shape[i] - before.shape()[i]));
      }
      double turn = angle(before.rotation(), rotation);
      double rate = REST_RATE + (1 - REST_RATE) * Math.min(1, turn / FOLLOWED_TURN);
      rotation = between(before.rotation(), rotation, rate);
    }
    faces.put(face.id(), new Held(shape, rotation));

    float[] landmarks = face.landmarks().clone();
    for (int v = 0; v < n; v++) {
      Vector3 p =
          rotation
              .apply(new Vector3(shape[3 * v], shape[3 * v + 1], shape[3 * v + 2]))
              .times(pose.scale())
              .plus(pose.origin());
      landmarks[3 * v] += IN_PLANE * (float) (p.x() - landmarks[3 * v]);
      landmarks[3 * v + 1] += IN_PLANE * (float) (-p.y() - landmarks[3 * v + 1]);
      landmarks[3 * v + 2] = (float) p.z();
    }
    return new Face(face.id(), landmarks, face.score(), face.blendshapes());
  }

  private static double angle(Rotation a, Rotation b) {
    Rotation d = b.after(a.inverse());
    return Math.acos(Math.clamp((d.m00() + d.m11() + d.m22() - 1) / 2, -1, 1));
  }

  /** Part of the way from one rotation to another near it, made orthonormal again. */
  private static Rotation between(Rotation a, Rotation b, double share) {
    Vector3 x = column(a, b, share, new Vector3(1, 0, 0)).normalized();
    Vector3 y = column(a, b, share, new Vector3(0, 1, 0));
    y = y.minus(x.times(x.dot(y))).normalized();
    Vector3 z = x.cross(y);
    return Rotation.ofAxes(x, y, z);
  }

  private static Vector3 column(Rotation a, Rotation b, double share, Vector3 axis) {
    return a.apply(axis).times(1 - share).plus(b.apply(axis).times(share));
  }

  void write(DataOutputStream out) throws IOException {
    out.writeInt(faces.size());
    for (Map.Entry<Integer, Held> face : faces.entrySet()) {
      out.writeInt(face.getKey());
      for (float v : face.getValue().shape()) {
        out.writeFloat(v);
      }
      Rotation r = face.getValue().rotation();
      for (double m :
          new double[] {
            r.m00(), r.m01(), r.m02(), r.m10(), r.m11(), r.m12(), r.m20(), r.m21(), r.m22()
          }) {
        out.writeDouble(m);
      }
    }
  }

  void read(DataInputStream in) throws IOException {
    faces.clear();
    int n = in.readInt();
    for (int i = 0; i < n; i++) {
      int id = in.readInt();
      float[] shape = new float[3 * FaceTopology.VERTICES];
      for (int k = 0; k < shape.length; k++) {
        shape[k] = in.readFloat();
      }
      Rotation rotation =
          new Rotation(
              in.readDouble(),
              in.readDouble(),
              in.readDouble(),
              in.readDouble(),
              in.readDouble(),
              in.readDouble(),
              in.readDouble(),
              in.readDouble(),
              in.readDouble());
      faces.put(id, new Held(shape, rotation));
    }
  }
}
