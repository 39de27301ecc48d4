package org.pixelcube.render;

/**
 * A point of a surface, ready to be shaded, in world space. Mutable, one per thread.
 *
 * <p>The normals face the side the ray came from.
 */
public final class SurfacePoint {
  public Shape shape;
  public int instance;
  public int triangle;

  /** Barycentric coordinates as in {@link Hit}. */
  public float baryU;

  public float baryV;

  /** Position, metres. */
  public float px;

  public float py;
  public float pz;

  /** Unit geometric normal. */
  public float gx;

  public float gy;
  public float gz;

  /** Unit shading normal, normal map applied, on the geometric normal's side of the surface. */
  public float nx;

  public float ny;
  public float nz;

  /**
   * Unit tangent: along growing u, or for hair along growing v (root to tip); at right angles to
   * the shading normal.
   */
  public float tx;

  public float ty;
  public float tz;

  /** Texture coordinates. */
  public float u;

  public float v;

  /** Whether the ray came from the inside, against the mesh's own normal. */
  public boolean inside;

  /** Albedo at the point, linear Rec.709. */
  public final float[] albedo = new float[3];

  /** Perceptual roughness at the point. */
  public float roughness;

  /**
   * Bound on what the coordinates round off by, over the greatest coordinate: the point's own error
   * and that of the ray's next meeting with the plane it lies in.
   */
  private static final float ROUNDING = 0x1p-18f;

  /** Least cosine between the shading normal and the direction the ray came from. */
  private static final float GRAZING = 0.01f;

  /** Greatest coordinate that went into the position. */
  private float reach;

  private final float[] texel = new float[4];

  /** Works out everything at a hit. */
  public void set(SceneTracer tracer, Ray ray, Hit hit) {
    Placed place = tracer.placed(hit.instance);
    shape = place.shape;
    instance = hit.instance;
    triangle = hit.triangle;
    baryU = hit.u;
    baryV = hit.v;
    TriangleMesh mesh = shape.mesh();
    int ia = mesh.triangles()[3 * triangle];
    int ib = mesh.triangles()[3 * triangle + 1];
    int ic = mesh.triangles()[3 * triangle + 2];
    float wb = hit.u;
    float wc = hit.v;
    float wa = 1 - wb - wc;

    float[] p = mesh.positions();
    float ax = p[3 * ia];
    float ay = p[3 * ia + 1];
    float az = p[3 * ia + 2];
    float e1x = p[3 * ib] - ax;
    float e1y = p[3 * ib + 1] - ay;
    float e1z = p[3 * ib + 2] - az;
    float e2x = p[3 * ic] - ax;
    float e2y = p[3 * ic + 1] - ay;
    float e2z = p[3 * ic + 2] - az;
    float lx = ax + wb * e1x + wc * e2x;
    float ly = ay + wb * e1y + wc * e2y;
    float lz = az + wb * e1z + wc * e2z;
    px = place.m00 * lx + place.m01 * ly + place.m02 * lz + place.x;
    py = place.m10 * lx + place.m11 * ly + place.m12 * lz + place.y;
    pz = place.m20 * lx + place.m21 * ly + place.m22 * lz + place.z;
    reach =
        greatest(ax, ay, az)
            + greatest(e1x, e1y, e1z)
            + greatest(e2x, e2y, e2z)
            + greatest(place.x, place.y, place.z);

    // Geometric normal, from edges in doubles: small triangles must not underflow.
    double cx = (double) e1y * e2z - (double) e1z * e2y;
    double cy = (double) e1z * e2x - (double) e1x * e2z;
    double cz = (double) e1x * e2y - (double) e1y * e2x;
    double toUnit = 1 / Math.sqrt(cx * cx + cy * cy + cz * cz);
    float hx = (float) (cx * toUnit);
    float hy = (float) (cy * toUnit);
    float hz = (float) (cz * toUnit);
    gx = place.m00 * hx + place.m01 * hy + place.m02 * hz;
    gy = place.m10 * hx + place.m11 * hy + place.m12 * hz;
    gz = place.m20 * hx + place.m21 * hy + place.m22 * hz;
    inside = gx * ray.dx + gy * ray.dy + gz * ray.dz > 0;

    // Shading normal of the mesh.
    float[] n = mesh.normals();
    hx = wa * n[3 * ia] + wb * n[3 * ib] + wc * n[3 * ic];
    hy = wa * n[3 * ia + 1] + wb * n[3 * ib + 1] + wc * n[3 * ic + 1];
    hz = wa * n[3 * ia + 2] + wb * n[3 * ib + 2] + wc * n[3 * ic + 2];
    nx = place.m00 * hx + place.m01 * hy + place.m02 * hz;
    ny = place.m10 * hx + place.m11 * hy + place.m12 * hz;
    nz = place.m20 * hx + place.m21 * hy + place.m22 * hz;
    float length = (float) Math.sqrt(nx * nx + ny * ny + nz * nz);
    if (length > 1e-6f) {
      nx /= length;
      ny /= length;
      nz /= length;
    } else {
      nx = gx;
      ny = gy;
      nz = gz;
    }

    // Texture coordinates, and the directions in which they grow.
    float[] uv = mesh.uvs();
    u = wa * uv[2 * ia] + wb * uv[2 * ib] + wc * uv[2 * ic];
    v = wa * uv[2 * ia + 1] + wb * uv[2 * ib + 1] + wc * uv[2 * ic + 1];
    float u1 = uv[2 * ib] - uv[2 * ia];
    float v1 = uv[2 * ib + 1] - uv[2 * ia + 1];
    float u2 = uv[2 * ic] - uv[2 * ia];
    float v2 = uv[2 * ic + 1] - uv[2 * ia + 1];
    float mirror = Math.signum(u1 * v2 - u2 * v1);
    boolean fibre = shape.material() instanceof Material.Hair;
    if (fibre) {
      hx = (u1 * e2x - u2 * e1x) * mirror;
      hy = (u1 * e2y - u2 * e1y) * mirror;
      hz = (u1 * e2z - u2 * e1z) * mirror;
    } else {
      hx = (v2 * e1x - v1 * e2x) * mirror;
      hy = (v2 * e1y - v1 * e2y) * mirror;
      hz = (v2 * e1z - v1 * e2z) * mirror;
    }
    tx = place.m00 * hx + place.m01 * hy + place.m02 * hz;
    ty = place.m10 * hx + place.m11 * hy + place.m12 * hz;
    tz = place.m20 * hx + place.m21 * hy + place.m22 * hz;
    if (fibre) {
      straightenNormal();
    }
    squareTangent();
    readTextures(mirror);

    if (inside) {
      gx = -gx;
      gy = -gy;
      gz = -gz;
      nx = -nx;
      ny = -ny;
      nz = -nz;
    }
    bendNormal(-ray.dx, -ray.dy, -ray.dz);
    squareTangent();
  }

  /** Reads what varies over the surface; a normal map turns the shading normal. */
  private void readTextures(float mirror) {
    Texture normalMap = null;
    roughness = 0;
    switch (shape.material()) {
      case Material.Lambert m -> {
        colour(m.albedo());
        roughness = 1;
      }
      case Material.Glossy m -> {
        colour(m.albedo());
        roughness = m.roughness().at(u, v);
        normalMap = m.normalMap();
      }
      case Material.Skin m -> {
        colour(m.albedo());
        roughness = m.roughness().at(u, v);
        normalMap = m.normalMap();
      }
      case Material.Hair m -> {
        colour(m.albedo());
        roughness = m.longitudinalRoughness();
      }
      case Material.Clear m -> colour(m.tint());
    }
    if (normalMap != null && mirror != 0) {
      normalMap.at(u, v, texel);
      // Bitangent along growing v: the other way round where the map lies mirrored.
      float bx = (ny * tz - nz * ty) * mirror;
      float by = (nz * tx - nx * tz) * mirror;
      float bz = (nx * ty - ny * tx) * mirror;
      float mx = texel[0] * tx + texel[1] * bx + texel[2] * nx;
      float my = texel[0] * ty + texel[1] * by + texel[2] * ny;
      float mz = texel[0] * tz + texel[1] * bz + texel[2] * nz;
      float length = (float) Math.sqrt(mx * mx + my * my + mz * mz);
      if (length > 1e-6f) {
        nx = mx / length;
        ny = my / length;
        nz = mz / length;
      }
    }
  }

  private void colour(Texture texture) {
    texture.at(u, v, texel);
    albedo[0] = texel[0];
    boolean grey = texture.channels() < 3;
    albedo[1] = grey ? texel[0] : texel[1];
    albedo[2] = grey ? texel[0] : texel[2];
  }

  /** Turns the normal to right angles with the tangent: a fibre's direction is what counts. */
  private void straightenNormal() {
    double square = (double) tx * tx + (double) ty * ty + (double) tz * tz;
    if (square == 0) {
      return;
    }
    double along = ((double) nx * tx + (double) ny * ty + (double) nz * tz) / square;
    double x = nx - along * tx;
    double y = ny - along * ty;
    double z = nz - along * tz;
    double length = Math.sqrt(x * x + y * y + z * z);
    if (length > 1e-3) {
      nx = (float) (x / length);
      ny = (float) (y / length);
      nz = (float) (z / length);
    }
  }

  /** Makes the tangent a unit vector at right angles to the shading normal; any if it has none. */
  private void squareTangent() {
    double along = (double) nx * tx + (double) ny * ty + (double) nz * tz;
    double x = tx - along * nx;
    double y = ty - along * ny;
    double z = tz - along * nz;
    double length = Math.sqrt(x * x + y * y + z * z);
    double scale = Math.abs(along) + length;
    if (!(length > 1e-4 * scale)) {
      // The axis least along the normal, crossed with it.
      if (Math.abs(nx) <= Math.abs(ny) && Math.abs(nx) <= Math.abs(nz)) {
        x = 0;
        y = nz;
        z = -ny;
      } else if (Math.abs(ny) <= Math.abs(nz)) {
        x = -nz;
        y = 0;
        z = nx;
      } else {
        x = ny;
        y = -nx;
        z = 0;
      }
      length = Math.sqrt(x * x + y * y + z * z);
    }
    tx = (float) (x / length);
    ty = (float) (y / length);
    tz = (float) (z / length);
  }

  /**
   * Bends the shading normal by the least angle that makes it face the unit direction w, where the
   * light goes: a normal that faces away would shade black.
   */
  private void bendNormal(float wx, float wy, float wz) {
    float cosine = nx * wx + ny * wy + nz * wz;
    if (cosine < GRAZING) {
      float x = nx - cosine * wx;
      float y = ny - cosine * wy;
      float z = nz - cosine * wz;
      float length = (float) Math.sqrt(x * x + y * y + z * z);
      if (length > 1e-4f) {
        float side = (float) Math.sqrt(1 - GRAZING * GRAZING) / length;
        nx = side * x + GRAZING * wx;
        ny = side * y + GRAZING * wy;
        nz = side * z + GRAZING * wz;
      } else {
        nx = gx;
        ny = gy;
        nz = gz;
      }
    }
    if (nx * gx + ny * gy + nz * gz <= 0) {
      nx = gx;
      ny = gy;
      nz = gz;
    }
  }

  /**
   * Starts a ray at this point in a unit direction, moved off the surface to the side the direction
   * points to, so that it does not meet its own triangle. The step is a bound on what rounding does
   * to the point (after Wächter and Binder, "A fast and robust method for avoiding
   * self-intersection", Ray Tracing Gems 6, but from the triangle's own coordinates): about a
   * micrometre for a head at the origin.
   */
  public void spawn(float dx, float dy, float dz, Ray out) {
    float step = ROUNDING * Math.max(reach, greatest(px, py, pz));
    float side = gx * dx + gy * dy + gz * dz < 0 ? -step : step;
    out.set(px + side * gx, py + side * gy, pz + side * gz, dx, dy, dz);
  }

  private static float greatest(float x, float y, float z) {
    return Math.max(Math.abs(x), Math.max(Math.abs(y), Math.abs(z)));
  }
}
