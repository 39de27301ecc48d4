package org.pixelcube.pipeline;

import java.util.Arrays;
import java.util.List;
import org.pixelcube.math.Vector3;
import org.pixelcube.vision.Face;
import org.pixelcube.vision.FaceTopology;

/**
 * Dense normals and depth of a portrait without a network: the tracked mesh on the face, two
 * ellipsoids for skull and neck in the head's pose, the inflated silhouette everywhere else.
 */
final class GeometryBuilder {
  /** A torso is about this deep for its half width; a sphere would be 1. */
  private static final float FLATTENING = 0.7f;

  /** No part of the body bulges further than this, in face widths: a chest is wide, not deep. */
  private static final double DEEPEST = 0.65;

  /** Centre and radii in canonical centimetres: x right, y up, z out of the face. */
  private record Ellipsoid(Vector3 centre, Vector3 radii) {}

  // Adult means: head breadth 15.5 cm, length 19.5 cm; the canonical mesh has its forehead at
  // z ≈ 4.5 and its chin at y ≈ −9.
  private static final List<Ellipsoid> HEAD =
      List.of(
          new Ellipsoid(new Vector3(0, 2.8, -4.3), new Vector3(7.9, 10.6, 9.6)),
          new Ellipsoid(new Vector3(0, -12, -5.4), new Vector3(5.8, 9, 5.4)));

  /** Where the neck meets the chest, canonical centimetres. */
  private static final Vector3 NECK_FRONT = new Vector3(0, -16, -1.5);

  private final FaceTopology topology;

  GeometryBuilder(FaceTopology topology) {
    this.topology = topology;
  }

  /**
   * Builds the geometry of one frame.
   *
   * @param alpha coverage on the grid, {@code (h, w)}
   * @param faces tracked faces
   * @param scale grid pixels per pixel of the picture the faces were tracked in
   */
  Geometry build(float[] alpha, int width, int height, List<Face> faces, double scale) {
    int size = width * height;
    List<FaceSurface> surfaces =
        faces.stream().map(face -> FaceSurface.of(face, topology, scale)).toList();

    double depthLimit =
        surfaces.isEmpty() ? 0.15 * Math.min(width, height) : DEEPEST * faceWidth(surfaces);
    Layer body = inflate(alpha, width, height, (float) depthLimit);
    Layer head = new Layer(size);
    float[] mesh = new float[size];
    Layer face = new Layer(size);
    for (FaceSurface surface : surfaces) {
      drawHead(surface, width, height, head);
      drawFace(surface, alpha, width, height, face, mesh);
    }

    // The inflated body has no depth of its own: its front lies in line with the neck's.
    double hang = 0;
    for (FaceSurface surface : surfaces) {
      HeadPose pose = surface.pose();
      Vector3 neck = pose.directionToCamera(NECK_FRONT).times(pose.scale()).plus(pose.origin());
      hang += (neck.z() - depthLimit) / surfaces.size();
    }
    float behind = (float) hang;
    head.weight = Planes.smooth(head.weight, width, height, 0.04 * depthLimit / DEEPEST);

    float[] nx = new float[size];
    float[] ny = new float[size];
    float[] nz = new float[size];
    float[] depth = new float[size];
    for (int i = 0; i < size; i++) {
      float wf = mesh[i];
      float wh = (1 - wf) * head.weight[i];
      float wb = (1 - wf) * (1 - head.weight[i]);
      nx[i] = wf * face.nx[i] + wh * head.nx[i] + wb * body.nx[i];
      ny[i] = wf * face.ny[i] + wh * head.ny[i] + wb * body.ny[i];
      nz[i] = wf * face.nz[i] + wh * head.nz[i] + wb * body.nz[i];
      float z = wb * (body.depth[i] + behind);
      z += wf > 0 ? wf * face.depth[i] : 0;
      z += wh > 0 && head.depth[i] != 0 ? wh * head.depth[i] : 0;
      depth[i] = alpha[i] > 0.5f ? z : Float.NEGATIVE_INFINITY;
    }
    double blur = Math.max(0.6, 0.012 * (surfaces.isEmpty() ? width / 4.0 : faceWidth(surfaces)));
    MaskedBlur soft = new MaskedBlur(alpha, width, height, blur);
    nx = soft.apply(nx, 0);
    ny = soft.apply(ny, 0);
    nz = soft.apply(nz, 1);
    for (int i = 0; i < size; i++) {
      nz[i] = Math.max(nz[i], 0.02f);
      float inverse = (float) (1 / Math.sqrt(nx[i] * nx[i] + ny[i] * ny[i] + nz[i] * nz[i]));
      nx[i] *= inverse;
      ny[i] *= inverse;
      nz[i] *= inverse;
    }
    return new Geometry(width, height, alpha, nx, ny, nz, depth, mesh, surfaces);
  }

  private static double faceWidth(List<FaceSurface> surfaces) {
    return surfaces.stream().mapToDouble(s -> s.pose().faceWidthPixels()).average().orElse(1);
  }

  /** Normals and depth of one source of shape, and how far it is to be believed. */
  private static final class Layer {
    final float[] nx;
    final float[] ny;
    final float[] nz;
    final float[] depth;
    float[] weight;

    Layer(int size) {
      nx = new float[size];
      ny = new float[size];
      nz = new float[size];
      depth = new float[size];
      weight = new float[size];
      Arrays.fill(nz, 1);
    }
  }

  private static Layer inflate(float[] alpha, int width, int height, float limit) {
    Layer layer = new Layer(alpha.length);
    // Half resolution is enough: the surface is smooth and the matte's edge is not.
    int hw = (width + 1) / 2;
    int hh = (height + 1) / 2;
    float[] half = new float[hw * hh];
    for (int y = 0; y < hh; y++) {
      for (int x = 0; x < hw; x++) {
        int x1 = Math.min(width - 1, 2 * x + 1);
        int y1 = Math.min(height - 1, 2 * y + 1);
        half[y * hw + x] =
            0.25f
                * (alpha[2 * y * width + 2 * x]
                    + alpha[2 * y * width + x1]
                    + alpha[y1 * width + 2 * x]
                    + alpha[y1 * width + x1]);
      }
    }
    float[] z = Planes.smooth(Inflation.height(half, hw, hh), hw, hh, 1.0);
    for (int y = 0; y < height; y++) {
      for (int x = 0; x < width; x++) {
        int i = y * width + x;
        float cx = (x + 0.5f) / 2 - 0.5f;
        float cy = (y + 0.5f) / 2 - 0.5f;
        float centre = Inflation.bilinear(z, hw, hh, cx, cy);
        // ∇(z²)/2 = z∇z is smooth up to the silhouette, where ∇z is not.
        float dx = square(z, hw, hh, cx + 1, cy) - square(z, hw, hh, cx - 1, cy);
        float dy = square(z, hw, hh, cx, cy + 1) - square(z, hw, hh, cx, cy - 1);
        float full = 2 * FLATTENING * centre;
        float bulge = (float) Math.tanh(full / limit);
        // d(limit·tanh(z/limit))/dz.
        float slope = FLATTENING * (1 - bulge * bulge);
        float px = -slope * dx / 4;
        float py = slope * dy / 4;
        float pz = Math.max(centre, 0.25f);
        float inverse = (float) (1 / Math.sqrt(px * px + py * py + pz * pz));
        layer.nx[i] = px * inverse;
        layer.ny[i] = py * inverse;
        layer.nz[i] = pz * inverse;
        layer.depth[i] = limit * bulge;
        layer.weight[i] = 1;
      }
    }
    return layer;
  }

  private static float square(float[] z, int width, int height, float x, float y) {
    float v = Inflation.bilinear(z, width, height, x, y);
    return v * v;
  }

  /** Skull and neck by ray and ellipsoid, in canonical space. */
  private static void drawHead(FaceSurface surface, int width, int height, Layer out) {
    HeadPose pose = surface.pose();
    double reach = 30 * pose.scale();
    int x0 = Math.max(0, (int) (pose.origin().x() - reach));
    int x1 = Math.min(width - 1, (int) (pose.origin().x() + reach));
    int y0 = Math.max(0, (int) (-pose.origin().y() - reach));
    int y1 = Math.min(height - 1, (int) (-pose.origin().y() + reach));
    Vector3 ray = pose.directionToCanonical(new Vector3(0, 0, 1));
    for (int y = y0; y <= y1; y++) {
      for (int x = x0; x <= x1; x++) {
        Vector3 start = pose.toCanonical(new Vector3(x + 0.5, -(y + 0.5), pose.origin().z()));
        for (Ellipsoid e : HEAD) {
          Vector3 r = e.radii();
          Vector3 o = start.minus(e.centre());
          Vector3 os = new Vector3(o.x() / r.x(), o.y() / r.y(), o.z() / r.z());
          Vector3 ds = new Vector3(ray.x() / r.x(), ray.y() / r.y(), ray.z() / r.z());
          double a = ds.dot(ds);
          double b = os.dot(ds);
          double discriminant = b * b - a * (os.dot(os) - 1);
          if (discriminant <= 0) {
            continue;
          }
          double t = (-b + Math.sqrt(discriminant)) / a;
          float z = (float) (pose.origin().z() + t * pose.scale());
          Vector3 hit = os.plus(ds.times(t));
          Vector3 normal =
              pose.directionToCamera(
                      new Vector3(hit.x() / r.x(), hit.y() / r.y(), hit.z() / r.z()).normalized())
                  .normalized();
          int i = y * width + x;
          // Towards its own rim the ellipsoid is not the hair or ear that is really there.
          float w = Planes.smoothstep(0.25f, 0.7f, (float) normal.z());
          // The neck runs out into the collar, wherever that is.
          double below = hit.y() * r.y() + e.centre().y();
          w *= Planes.smoothstep(-17f, -12f, (float) below);
          if (out.weight[i] == 0 || z > out.depth[i]) {
            out.nx[i] = (float) normal.x();
            out.ny[i] = (float) normal.y();
            out.nz[i] = (float) normal.z();
            out.depth[i] = z;
            out.weight[i] = Math.max(w, 0.01f);
          }
        }
      }
    }
  }

  private void drawFace(
      FaceSurface surface, float[] alpha, int width, int height, Layer out, float[] weight) {
    MeshRaster raster = new MeshRaster(width, height, 3);
    raster.draw(
        surface.positions(),
        topology.triangles(),
        new float[][] {surface.normalAxis(0), surface.normalAxis(1), surface.normalAxis(2)});
    // Towards hair and neck the mesh gives way softly; towards the background it ends with the
    // matte.
    float[] coverage = new float[width * height];
    for (int i = 0; i < coverage.length; i++) {
      boolean covered = raster.depth()[i] > Float.NEGATIVE_INFINITY;
      coverage[i] = covered || alpha[i] < 0.5f ? 1 : 0;
    }
    float[] soft = Planes.smooth(coverage, width, height, 0.06 * surface.pose().faceWidthPixels());
    for (int i = 0; i < coverage.length; i++) {
      boolean covered = raster.depth()[i] > Float.NEGATIVE_INFINITY;
      float w = covered ? Planes.smoothstep(0.5f, 0.97f, soft[i]) : 0;
      if (w > 0 && (weight[i] == 0 || raster.depth()[i] > out.depth[i])) {
        out.nx[i] = raster.attribute(0)[i];
        out.ny[i] = raster.attribute(1)[i];
        out.nz[i] = raster.attribute(2)[i];
        out.depth[i] = raster.depth()[i];
        weight[i] = w;
      }
    }
  }
}
