package org.pixelcube.pipeline;

import java.util.Arrays;
import java.util.List;
import org.pixelcube.math.Rotation;
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
      // Just outside the ellipsoids their softened weight has no depth: the body's stands in.
      float skull = head.drawn[i] ? head.depth[i] : body.depth[i] + behind;
      float z = wb * (body.depth[i] + behind) + wh * skull;
      z += wf > 0 ? wf * face.depth[i] : 0;
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
    final boolean[] drawn;
    float[] weight;

    Layer(int size) {
      nx = new float[size];
      ny = new float[size];
      nz = new float[size];
      depth = new float[size];
      drawn = new boolean[size];
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
    // What one column and one row change of the ray's start, in canonical centimetres.
    Vector3 corner = pose.toCanonical(new Vector3(x0 + 0.5, -(y0 + 0.5), pose.origin().z()));
    Vector3 across = pose.directionToCanonical(new Vector3(1 / pose.scale(), 0, 0));
    Vector3 down = pose.directionToCanonical(new Vector3(0, -1 / pose.scale(), 0));
    Rotation turn = pose.rotation();
    for (Ellipsoid e : HEAD) {
      double rx = e.radii().x();
      double ry = e.radii().y();
      double rz = e.radii().z();
      double dx = ray.x() / rx;
      double dy = ray.y() / ry;
      double dz = ray.z() / rz;
      double a = dx * dx + dy * dy + dz * dz;
      for (int y = y0; y <= y1; y++) {
        for (int x = x0; x <= x1; x++) {
          int u = x - x0;
          int v = y - y0;
          double ox = (corner.x() + u * across.x() + v * down.x() - e.centre().x()) / rx;
          double oy = (corner.y() + u * across.y() + v * down.y() - e.centre().y()) / ry;
          double oz = (corner.z() + u * across.z() + v * down.z() - e.centre().z()) / rz;
          double b = ox * dx + oy * dy + oz * dz;
          double discriminant = b * b - a * (ox * ox + oy * oy + oz * oz - 1);
          if (discriminant <= 0) {
            continue;
          }
          double t = (-b + Math.sqrt(discriminant)) / a;
          float z = (float) (pose.origin().z() + t * pose.scale());
          int i = y * width + x;
          if (out.drawn[i] && z <= out.depth[i]) {
            continue;
          }
          double hy = oy + t * dy;
          // The normal of an ellipsoid at hit ∘ radii is along hit ÷ radii.
          double cx = (ox + t * dx) / rx;
          double cy = hy / ry;
          double cz = (oz + t * dz) / rz;
          double inverse = 1 / Math.sqrt(cx * cx + cy * cy + cz * cz);
          cx *= inverse;
          cy *= inverse;
          cz *= inverse;
          double nz = turn.m20() * cx + turn.m21() * cy + turn.m22() * cz;
          // Towards its own rim the ellipsoid is not the hair or ear that is really there.
          float w = Planes.smoothstep(0.25f, 0.7f, (float) nz);
          // The neck runs out into the collar, wherever that is.
          double below = hy * ry + e.centre().y();
          w *= Planes.smoothstep(-17f, -12f, (float) below);
          out.nx[i] = (float) (turn.m00() * cx + turn.m01() * cy + turn.m02() * cz);
          out.ny[i] = (float) (turn.m10() * cx + turn.m11() * cy + turn.m12() * cz);
          out.nz[i] = (float) nz;
          out.depth[i] = z;
          out.drawn[i] = true;
          out.weight[i] = Math.max(w, 0.01f);
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
