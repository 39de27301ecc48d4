package org.pixelcube.head;

import java.util.random.RandomGenerator;
import org.pixelcube.render.Material;
import org.pixelcube.render.Shape;
import org.pixelcube.render.TriangleMesh;

/**
 * Hairs as ribbons, each rooted in a triangle of a skin and carried by it. A strand is a curve of
 * equally many points; its ribbon is turned at random about the curve and keeps that turn along it
 * (parallel transport), so that from any side a mass of hair shows all turns.
 *
 * <p>Texture coordinates: u runs across the ribbon from 0 to 1; v grows from root to tip inside one
 * of {@link HairTones#TONES} bands, so that every strand reads its own shade from one texture.
 */
public final class Strands {
  private final String name;
  private final Material.Hair material;
  private final int count;
  private final int pointsPerStrand;
  private final int[] skinTriangles;
  private final Roots roots;
  private final float[] points;
  private final TriangleMesh rest;

  // Of each ribbon vertex: its place and normal in the frame of the root, and that frame's strand.
  private final float[] localPositions;
  private final float[] localNormals;

  /**
   * @param points x, y, z of every point, strand by strand from root to tip, world metres
   * @param radii half the ribbon's width at every point, metres
   * @param tones the band of colour of each strand
   */
  Strands(
      String name,
      TriangleMesh skin,
      Roots roots,
      int pointsPerStrand,
      float[] points,
      float[] radii,
      byte[] tones,
      Material.Hair material,
      RandomGenerator random) {
    this.name = name;
    this.material = material;
    this.roots = roots;
    this.pointsPerStrand = pointsPerStrand;
    this.points = points;
    skinTriangles = skin.triangles();
    count = roots.count();
    int vertices = 2 * count * pointsPerStrand;
    float[] positions = new float[3 * vertices];
    float[] normals = new float[3 * vertices];
    float[] uvs = new float[2 * vertices];
    int[] triangles = new int[6 * count * (pointsPerStrand - 1)];
    for (int s = 0; s < count; s++) {
      ribbon(s, radii, tones[s], random.nextDouble() * Math.PI, positions, normals, uvs, triangles);
    }
    rest = new TriangleMesh(positions, normals, uvs, triangles);
    localPositions = new float[positions.length];
    localNormals = new float[positions.length];
    float[] frame = new float[12];
    int perStrand = 6 * pointsPerStrand;
    for (int s = 0; s < count; s++) {
      frame(s, skin.positions(), frame);
      for (int i = s * perStrand; i < (s + 1) * perStrand; i += 3) {
        float dx = positions[i] - frame[0];
        float dy = positions[i + 1] - frame[1];
        float dz = positions[i + 2] - frame[2];
        for (int k = 0; k < 3; k++) {
          float ax = frame[3 + 3 * k];
          float ay = frame[4 + 3 * k];
          float az = frame[5 + 3 * k];
          localPositions[i + k] = dx * ax + dy * ay + dz * az;
          localNormals[i + k] = normals[i] * ax + normals[i + 1] * ay + normals[i + 2] * az;
        }
      }
    }
  }

  private void ribbon(
      int strand,
      float[] radii,
      int tone,
      double turn,
      float[] positions,
      float[] normals,
      float[] uvs,
      int[] triangles) {
    int n = pointsPerStrand;
    int first = strand * n;
    double sx = 0;
    double sy = 0;
    double sz = 0;
    for (int i = 0; i < n; i++) {
      int before = 3 * (first + Math.max(0, i - 1));
      int after = 3 * (first + Math.min(n - 1, i + 1));
      double tx = points[after] - points[before];
      double ty = points[after + 1] - points[before + 1];
      double tz = points[after + 2] - points[before + 2];
      double length = Math.sqrt(tx * tx + ty * ty + tz * tz);
      if (length > 1e-12) {
        tx /= length;
        ty /= length;
        tz /= length;
      } else {
        ty = 1;
      }
      if (i == 0) {
        // Any direction across, then turned.
        boolean upright = Math.abs(ty) > 0.8;
        double ax = upright ? 1 - tx * tx : -ty * tx;
        double ay = upright ? -tx * ty : 1 - ty * ty;
        double az = upright ? -tx * tz : -ty * tz;
        double l = 1 / Math.sqrt(ax * ax + ay * ay + az * az);
        double cos = Math.cos(turn) * l;
        double sin = Math.sin(turn) * l;
        sx = cos * ax + sin * (ty * az - tz * ay);
        sy = cos * ay + sin * (tz * ax - tx * az);
        sz = cos * az + sin * (tx * ay - ty * ax);
      } else {
        double along = sx * tx + sy * ty + sz * tz;
        sx -= along * tx;
        sy -= along * ty;
        sz -= along * tz;
        double l = Math.sqrt(sx * sx + sy * sy + sz * sz);
        if (l < 1e-9) {
          sx = -ty;
          sy = tx;
          sz = 0;
          l = Math.max(1e-9, Math.hypot(sx, sy));
        }
        sx /= l;
        sy /= l;
        sz /= l;
      }
      float nx = (float) (sy * tz - sz * ty);
      float ny = (float) (sz * tx - sx * tz);
      float nz = (float) (sx * ty - sy * tx);
      int p = 3 * (first + i);
      double r = radii[first + i];
      float v = HairTones.bandCoordinate(tone, (float) i / (n - 1));
      for (int side = 0; side < 2; side++) {
        int vertex = 2 * (first + i) + side;
        double w = side == 0 ? -r : r;
        positions[3 * vertex] = (float) (points[p] + w * sx);
        positions[3 * vertex + 1] = (float) (points[p + 1] + w * sy);
        positions[3 * vertex + 2] = (float) (points[p + 2] + w * sz);
        normals[3 * vertex] = nx;
        normals[3 * vertex + 1] = ny;
        normals[3 * vertex + 2] = nz;
        uvs[2 * vertex] = side;
        uvs[2 * vertex + 1] = v;
      }
    }
    for (int i = 0; i < n - 1; i++) {
      int a = 2 * (first + i);
      int t = 6 * (strand * (n - 1) + i);
      triangles[t] = a;
      triangles[t + 1] = a + 1;
      triangles[t + 2] = a + 3;
      triangles[t + 3] = a;
      triangles[t + 4] = a + 3;
      triangles[t + 5] = a + 2;
    }
  }

  /** The root's place and the axes of its triangle: along the first side, across, outwards. */
  private void frame(int strand, float[] p, float[] out) {
    int t = 3 * roots.triangles()[strand];
    int a = 3 * skinTriangles[t];
    int b = 3 * skinTriangles[t + 1];
    int c = 3 * skinTriangles[t + 2];
    float u = roots.us()[strand];
    float v = roots.vs()[strand];
    float w = 1 - u - v;
    for (int k = 0; k < 3; k++) {
      out[k] = w * p[a + k] + u * p[b + k] + v * p[c + k];
    }
    double ux = p[b] - p[a];
    double uy = p[b + 1] - p[a + 1];
    double uz = p[b + 2] - p[a + 2];
    double vx = p[c] - p[a];
    double vy = p[c + 1] - p[a + 1];
    double vz = p[c + 2] - p[a + 2];
    double nx = uy * vz - uz * vy;
    double ny = uz * vx - ux * vz;
    double nz = ux * vy - uy * vx;
    double l = 1 / Math.max(1e-30, Math.sqrt(ux * ux + uy * uy + uz * uz));
    double m = 1 / Math.max(1e-30, Math.sqrt(nx * nx + ny * ny + nz * nz));
    ux *= l;
    uy *= l;
    uz *= l;
    nx *= m;
    ny *= m;
    nz *= m;
    out[3] = (float) ux;
    out[4] = (float) uy;
    out[5] = (float) uz;
    out[6] = (float) (ny * uz - nz * uy);
    out[7] = (float) (nz * ux - nx * uz);
    out[8] = (float) (nx * uy - ny * ux);
    out[9] = (float) nx;
    out[10] = (float) ny;
    out[11] = (float) nz;
  }

  /** How many hairs. */
  public int count() {
    return count;
  }

  /** Points along each hair, root and tip included. */
  public int pointsPerStrand() {
    return pointsPerStrand;
  }

  /** The curves at rest: x, y, z of every point, strand by strand from root to tip, metres. */
  public float[] points() {
    return points;
  }

  Roots roots() {
    return roots;
  }

  public Material.Hair material() {
    return material;
  }

  /** The ribbons on the skin at rest. */
  public TriangleMesh mesh() {
    return rest;
  }

  /** The hairs at rest, for those that do not move with the skin. */
  public Shape shape() {
    return new Shape(name, rest, material);
  }

  /** The hairs on the skin with these vertices. */
  public Shape shape(float[] skinPositions) {
    return new Shape(name, deform(skinPositions), material);
  }

  /**
   * The ribbons on the skin with other vertices: every strand keeps its place in the frame of its
   * root triangle.
   */
  public TriangleMesh deform(float[] skinPositions) {
    float[] normals = new float[localPositions.length];
    return new TriangleMesh(carry(skinPositions, normals), normals, rest.uvs(), rest.triangles());
  }

  /** The vertices of {@link #deform} alone, for motion vectors. */
  public float[] deformedPositions(float[] skinPositions) {
    return carry(skinPositions, null);
  }

  private float[] carry(float[] skinPositions, float[] normals) {
    float[] positions = new float[localPositions.length];
    float[] f = new float[12];
    int perStrand = 6 * pointsPerStrand;
    for (int s = 0; s < count; s++) {
      frame(s, skinPositions, f);
      for (int i = s * perStrand; i < (s + 1) * perStrand; i += 3) {
        float x = localPositions[i];
        float y = localPositions[i + 1];
        float z = localPositions[i + 2];
        positions[i] = f[0] + x * f[3] + y * f[6] + z * f[9];
        positions[i + 1] = f[1] + x * f[4] + y * f[7] + z * f[10];
        positions[i + 2] = f[2] + x * f[5] + y * f[8] + z * f[11];
        if (normals != null) {
          float nx = localNormals[i];
          float ny = localNormals[i + 1];
          float nz = localNormals[i + 2];
          normals[i] = nx * f[3] + ny * f[6] + nz * f[9];
          normals[i + 1] = nx * f[4] + ny * f[7] + nz * f[10];
          normals[i + 2] = nx * f[5] + ny * f[8] + nz * f[11];
        }
      }
    }
    return positions;
  }
}
