package org.pixelcube.render;

import org.pixelcube.math.Rotation;
import org.pixelcube.math.Vector3;

/** An instance made ready: the rotation by rows, world from local. */
final class Placed {
  final Shape shape;
  final Bvh bvh;
  final boolean moved;
  final boolean clear;

  /** The box around it in the world; null if there is nothing to meet. */
  final float[] box;

  /** That box, grown by its diagonal on all sides; null with it. */
  final float[] surroundings;

  /** Null if the shape has no holes. */
  final CutOut cutOut;

  final float m00;
  final float m01;
  final float m02;
  final float m10;
  final float m11;
  final float m12;
  final float m20;
  final float m21;
  final float m22;
  final float x;
  final float y;
  final float z;
  private final float reach;

  Placed(Instance instance, int index) {
    shape = instance.shape();
    bvh = shape.bvh();
    moved = !instance.pose().equals(Pose.IDENTITY);
    cutOut =
        shape.material().isOpaque()
            ? null
            : new CutOut(shape.mesh(), shape.material().opacity(), index);
    clear = shape.material() instanceof Material.Clear;
    Rotation r = instance.pose().rotation();
    Vector3 t = instance.pose().translation();
    m00 = (float) r.m00();
    m01 = (float) r.m01();
    m02 = (float) r.m02();
    m10 = (float) r.m10();
    m11 = (float) r.m11();
    m12 = (float) r.m12();
    m20 = (float) r.m20();
    m21 = (float) r.m21();
    m22 = (float) r.m22();
    x = (float) t.x();
    y = (float) t.y();
    z = (float) t.z();
    reach = Math.abs(x) + Math.abs(y) + Math.abs(z);
    box = bvh.bounds() == null ? null : worldBox(bvh.bounds());
    surroundings = box == null ? null : grown(box);
  }

  private static float[] grown(float[] box) {
    float sx = box[3] - box[0];
    float sy = box[4] - box[1];
    float sz = box[5] - box[2];
    float by = (float) Math.sqrt(sx * sx + sy * sy + sz * sz);
    return new float[] {
      box[0] - by, box[1] - by, box[2] - by, box[3] + by, box[4] + by, box[5] + by
    };
  }

  /** The box in the world around a box of the shape's own. */
  float[] worldBox(float[] box) {
    if (!moved) {
      return box.clone();
    }
    float[] out = {
      Float.POSITIVE_INFINITY,
      Float.POSITIVE_INFINITY,
      Float.POSITIVE_INFINITY,
      Float.NEGATIVE_INFINITY,
      Float.NEGATIVE_INFINITY,
      Float.NEGATIVE_INFINITY
    };
    for (int corner = 0; corner < 8; corner++) {
      float lx = box[(corner & 1) == 0 ? 0 : 3];
      float ly = box[(corner & 2) == 0 ? 1 : 4];
      float lz = box[(corner & 4) == 0 ? 2 : 5];
      float wx = m00 * lx + m01 * ly + m02 * lz + x;
      float wy = m10 * lx + m11 * ly + m12 * lz + y;
      float wz = m20 * lx + m21 * ly + m22 * lz + z;
      // A little wider: the corners are rounded.
      float slack = 0x1p-21f * (Math.abs(lx) + Math.abs(ly) + Math.abs(lz) + reach);
      out[0] = Math.min(out[0], wx - slack);
      out[1] = Math.min(out[1], wy - slack);
      out[2] = Math.min(out[2], wz - slack);
      out[3] = Math.max(out[3], wx + slack);
      out[4] = Math.max(out[4], wy + slack);
      out[5] = Math.max(out[5], wz + slack);
    }
    return out;
  }

  /** Sets a ray in the shape's own space. */
  void local(Ray ray, Ray out) {
    float ox = ray.ox - x;
    float oy = ray.oy - y;
    float oz = ray.oz - z;
    out.ox = m00 * ox + m10 * oy + m20 * oz;
    out.oy = m01 * ox + m11 * oy + m21 * oz;
    out.oz = m02 * ox + m12 * oy + m22 * oz;
    out.dx = m00 * ray.dx + m10 * ray.dy + m20 * ray.dz;
    out.dy = m01 * ray.dx + m11 * ray.dy + m21 * ray.dz;
    out.dz = m02 * ray.dx + m12 * ray.dy + m22 * ray.dz;
    out.tMin = ray.tMin;
    out.tMax = ray.tMax;
  }
}
