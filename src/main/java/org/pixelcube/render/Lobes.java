package org.pixelcube.render;

import java.util.Arrays;

/**
 * Scattering at one point for one way out: frames, tables and Fresnel terms of the way out are
 * worked out once, then any number of ways in may be asked. Mutable, one per thread.
 *
 * <p>Directions and values are as in {@link Bsdf}. A coat takes its own directional albedo off what
 * lies under it, on the way in and on the way out, so that a white base under a coat gives back all
 * light that falls on it; what rough coats lose to scattering among their facets is given back by a
 * diffuse share of the coat (Kulla and Conty 2017).
 *
 * <p>Hair is seen from afar: strands are thinner than pixels, so a point stands for all places
 * across the strand's width.
 */
public final class Lobes {
  private static final float INVERSE_PI = (float) (1 / Math.PI);

  /** Normals that face away from the viewer by interpolation are bent to at least this cosine. */
  private static final float LEAST_COSINE = 1e-3f;

  private enum Kind {
    DIFFUSE,
    COATED,
    HAIR,
    CLEAR
  }

  private Kind kind = Kind.DIFFUSE;

  /** Shading frame; Z is the normal, for hair X the fibre. */
  private float nx;

  private float ny;
  private float nz;
  private float tx;
  private float ty;
  private float tz;
  private float bx;
  private float by;
  private float bz;

  /** The geometric normal, on the side of the way out. */
  private float gx;

  private float gy;
  private float gz;

  /** The way out in the frame. */
  private float ox;

  private float oy;
  private float oz;

  private float specular;
  private float alphaA;
  private float alphaB;
  private float shareB;

  /** Directional albedo of the coat, and what scatters among facets, over the way in. */
  private final float[] coat = new float[CoatAlbedo.NODES];

  private final float[] full = new float[CoatAlbedo.NODES];
  private final float[] grazing = new float[CoatAlbedo.NODES];

  /** Factors of the base and of the coat's diffuse share, that of the way out included. */
  private final float[] base = new float[3];

  private float between;
  private float transmission;

  /** Chance of drawing the coat where base and coat are asked, and its diffuse share there. */
  private float coatChance;

  private float betweenChance;

  private final HairFibre fibre = new HairFibre();

  /** The way out across the fibre, a unit vector in its normal plane. */
  private float acrossY;

  private float acrossZ;

  private final float[] half = new float[3];
  private final float[] tint = new float[3];
  private final float[] ignored = new float[3];
  private float mirrored;

  /** Makes ready for a point and the unit direction to where the light goes. */
  public Lobes prepare(SurfacePoint point, float wox, float woy, float woz) {
    nx = point.nx;
    ny = point.ny;
    nz = point.nz;
    gx = point.gx;
    gy = point.gy;
    gz = point.gz;
    switch (point.shape.material()) {
      case Material.Lambert _ -> lambert(point, wox, woy, woz);
      case Material.Glossy m -> {
        float alpha = Ggx.alpha(point.roughness);
        coated(point, wox, woy, woz, m.specular(), alpha, alpha, 0, point.roughness);
      }
      case Material.Skin m -> {
        float sharp = point.roughness * m.sharpness();
        coated(
            point,
            wox,
            woy,
            woz,
            m.specular(),
            Ggx.alpha(point.roughness),
            Ggx.alpha(sharp),
            m.sharpShare(),
            sharp);
      }
      case Material.Hair m -> hair(point, m, wox, woy, woz);
      case Material.Clear m -> {
        kind = Kind.CLEAR;
        ox = wox;
        oy = woy;
        oz = woz;
        mirrored =
            Fresnel.dielectric(Math.abs(nx * wox + ny * woy + nz * woz), m.indexOfRefraction());
        m.tint().at(point.u, point.v, tint);
      }
    }
    return this;
  }

  /**
   * Makes ready for a point where light comes out from under the skin: a white Lambert surface that
   * looks the same from everywhere.
   */
  public Lobes prepareExit(SurfacePoint point) {
    nx = point.nx;
    ny = point.ny;
    nz = point.nz;
    gx = point.gx;
    gy = point.gy;
    gz = point.gz;
    kind = Kind.DIFFUSE;
    frame();
    transmission = 1;
    base[0] = INVERSE_PI;
    base[1] = INVERSE_PI;
    base[2] = INVERSE_PI;
    return this;
  }

  /** Which lobes there are. */
  public int lobes() {
    return switch (kind) {
      case DIFFUSE, HAIR -> Bsdf.DIFFUSE;
      case COATED -> Bsdf.DIFFUSE | Bsdf.SPECULAR;
      case CLEAR -> Bsdf.DELTA;
    };
  }

  /** The share of the light that the coat lets into the base: 1 without a coat. */
  public float transmission() {
    return transmission;
  }

  /** The share that a {@link Material.Clear} shell mirrors; the rest, tinted, goes straight on. */
  public float mirrored() {
    return mirrored;
  }

  private void lambert(SurfacePoint point, float wox, float woy, float woz) {
    kind = Kind.DIFFUSE;
    faceViewer(wox, woy, woz);
    frame();
    transmission = 1;
    for (int k = 0; k < 3; k++) {
      base[k] = point.albedo[k] * INVERSE_PI;
    }
  }

  private void coated(
      SurfacePoint point,
      float wox,
      float woy,
      float woz,
      float specularReflectance,
      float alpha,
      float sharpAlpha,
      float sharpShare,
      float sharpRoughness) {
    kind = Kind.COATED;
    faceViewer(wox, woy, woz);
    frame();
    ox = tx * wox + ty * woy + tz * woz;
    oy = bx * wox + by * woy + bz * woz;
    oz = Math.min(nx * wox + ny * woy + nz * woz, 1);
    specular = specularReflectance;
    alphaA = alpha;
    alphaB = sharpAlpha;
    shareB = sharpShare;

    Arrays.fill(full, 0);
    Arrays.fill(grazing, 0);
    CoatAlbedo.addRow(point.roughness, 1 - sharpShare, full, grazing);
    if (sharpShare > 0) {
      CoatAlbedo.addRow(sharpRoughness, sharpShare, full, grazing);
    }
    float fullMean = CoatAlbedo.mean(full);
    float lost = 1 - fullMean;
    float amongFacets = CoatAlbedo.amongFacets(specular, fullMean);
    for (int i = 0; i < CoatAlbedo.NODES; i++) {
      float missing = 1 - full[i];
      coat[i] = specular * (full[i] - grazing[i]) + grazing[i] + amongFacets * missing;
    }
    float fullOut = CoatAlbedo.at(full, oz);
    float coatOut = CoatAlbedo.at(coat, oz);
    between = lost > 1e-6f ? amongFacets * (1 - fullOut) * INVERSE_PI / lost : 0;
    transmission = 1 - coatOut;
    float coatMean = CoatAlbedo.mean(coat);
    float factor = transmission * INVERSE_PI / Math.max(1 - coatMean, 1e-6f);
    for (int k = 0; k < 3; k++) {
      base[k] = point.albedo[k] * factor;
    }
    float baseWeight =
        transmission
            * (0.2126f * point.albedo[0] + 0.7152f * point.albedo[1] + 0.0722f * point.albedo[2]);
    coatChance = coatOut / Math.max(coatOut + baseWeight, 1e-9f);
    betweenChance = amongFacets * (1 - fullOut) / Math.max(coatOut, 1e-9f);
  }

  private void hair(SurfacePoint point, Material.Hair m, float wox, float woy, float woz) {
    kind = Kind.HAIR;
    transmission = 1;
    tx = point.tx;
    ty = point.ty;
    tz = point.tz;
    bx = ny * tz - nz * ty;
    by = nz * tx - nx * tz;
    bz = nx * ty - ny * tx;
    ox = tx * wox + ty * woy + tz * woz;
    oy = bx * wox + by * woy + bz * woz;
    oz = nx * wox + ny * woy + nz * woz;
    float across = (float) Math.sqrt(oy * oy + oz * oz);
    acrossY = across > 0 ? oy / across : 0;
    acrossZ = across > 0 ? oz / across : 1;
    fibre.prepare(m, point.albedo, ox);
  }

  /** Cosine of the azimuth between the way out and a way in, both across the fibre. */
  private float cosPhi(float ix, float iy, float iz) {
    float y = bx * ix + by * iy + bz * iz;
    float z = nx * ix + ny * iy + nz * iz;
    return (acrossY * y + acrossZ * z) / (float) Math.sqrt(Math.max(y * y + z * z, 1e-12f));
  }

  /** Bends the normal until the viewer is on its side. */
  private void faceViewer(float wox, float woy, float woz) {
    float cos = nx * wox + ny * woy + nz * woz;
    if (cos < LEAST_COSINE) {
      float d = LEAST_COSINE - cos;
      nx += d * wox;
      ny += d * woy;
      nz += d * woz;
      float s = 1 / (float) Math.sqrt(nx * nx + ny * ny + nz * nz);
      nx *= s;
      ny *= s;
      nz *= s;
    }
  }

  /** Two axes for a normal, without a branch (Duff et al. 2017). */
  private void frame() {
    float sign = Math.copySign(1, nz);
    float a = -1 / (sign + nz);
    float b = nx * ny * a;
    tx = 1 + sign * nx * nx * a;
    ty = sign * b;
    tz = -sign * nx;
    bx = b;
    by = sign + ny * ny * a;
    bz = -ny;
  }

  /** The value for a way in, summed over the lobes asked for; delta lobes give nothing. */
  public void eval(float ix, float iy, float iz, int lobes, float[] out) {
    if (kind == Kind.HAIR && (lobes & Bsdf.DIFFUSE) != 0) {
      fibre.eval(tx * ix + ty * iy + tz * iz, cosPhi(ix, iy, iz), out);
      return;
    }
    float cos = nx * ix + ny * iy + nz * iz;
    out[0] = 0;
    out[1] = 0;
    out[2] = 0;
    if (cos <= 0 || gx * ix + gy * iy + gz * iz <= 0) {
      return;
    }
    if (kind == Kind.DIFFUSE) {
      if ((lobes & Bsdf.DIFFUSE) != 0) {
        out[0] = base[0] * cos;
        out[1] = base[1] * cos;
        out[2] = base[2] * cos;
      }
    } else if (kind == Kind.COATED) {
      cos = Math.min(cos, 1);
      if ((lobes & Bsdf.DIFFUSE) != 0) {
        float f = (1 - CoatAlbedo.at(coat, cos)) * cos;
        out[0] = base[0] * f;
        out[1] = base[1] * f;
        out[2] = base[2] * f;
      }
      if ((lobes & Bsdf.SPECULAR) != 0) {
        float f =
            coatValue(tx * ix + ty * iy + tz * iz, bx * ix + by * iy + bz * iz, cos)
                + between * (1 - CoatAlbedo.at(full, cos)) * cos;
        out[0] += f;
        out[1] += f;
        out[2] += f;
      }
    }
  }

  /** The GGX lobes for a way in, given in the frame. */
  private float coatValue(float x, float y, float z) {
    float hx = ox + x;
    float hy = oy + y;
    float hz = oz + z;
    float s = 1 / (float) Math.sqrt(hx * hx + hy * hy + hz * hz);
    hx *= s;
    hy *= s;
    hz *= s;
    float f = Fresnel.schlick(specular, ox * hx + oy * hy + oz * hz);
    float v = (1 - shareB) * Ggx.value(hx, hy, hz, oz, z, alphaA);
    if (shareB > 0) {
      v += shareB * Ggx.value(hx, hy, hz, oz, z, alphaB);
    }
    return f * v;
  }

  /** The density with which {@link #sample} draws a direction. */
  public float pdf(float ix, float iy, float iz, int lobes) {
    if (kind == Kind.HAIR) {
      if ((lobes & Bsdf.DIFFUSE) == 0) {
        return 0;
      }
      fibre.eval(tx * ix + ty * iy + tz * iz, cosPhi(ix, iy, iz), ignored);
      return fibre.pdf();
    }
    float cos = nx * ix + ny * iy + nz * iz;
    if (cos <= 0 || gx * ix + gy * iy + gz * iz <= 0) {
      return 0;
    }
    if (kind == Kind.DIFFUSE) {
      return (lobes & Bsdf.DIFFUSE) == 0 ? 0 : cos * INVERSE_PI;
    }
    if (kind == Kind.CLEAR) {
      return 0;
    }
    float chance = coatChance(lobes);
    if (chance < 0) {
      return 0;
    }
    float cosine = cos * INVERSE_PI;
    float pdf = (1 - chance) * cosine;
    if (chance > 0) {
      pdf +=
          chance
              * (betweenChance * cosine
                  + (1 - betweenChance)
                      * coatDensity(tx * ix + ty * iy + tz * iz, bx * ix + by * iy + bz * iz, cos));
    }
    return pdf;
  }

  /** Chance of drawing from the coat; negative if no lobe that is there is asked for. */
  private float coatChance(int lobes) {
    boolean wantsBase = (lobes & Bsdf.DIFFUSE) != 0;
    boolean wantsCoat = (lobes & Bsdf.SPECULAR) != 0;
    if (wantsBase) {
      return wantsCoat ? coatChance : 0;
    }
    return wantsCoat ? 1 : -1;
  }

  private float coatDensity(float x, float y, float z) {
    float hx = ox + x;
    float hy = oy + y;
    float hz = oz + z;
    float s = 1 / (float) Math.sqrt(hx * hx + hy * hy + hz * hz);
    hx *= s;
    hy *= s;
    hz *= s;
    float v = (1 - shareB) * Ggx.density(hx, hy, hz, oz, alphaA);
    if (shareB > 0) {
      v += shareB * Ggx.density(hx, hy, hz, oz, alphaB);
    }
    return v;
  }

  /** Draws a direction from the lobes asked for; false if the light is absorbed. */
  public boolean sample(int lobes, RandomStream random, Bsdf.Sample out) {
    return switch (kind) {
      case DIFFUSE -> (lobes & Bsdf.DIFFUSE) != 0 && sampleCosine(lobes, random, out);
      case COATED -> {
        float chance = coatChance(lobes);
        if (chance < 0) {
          yield false;
        }
        float pick = random.nextFloat();
        if (pick >= chance) {
          yield sampleCosine(lobes, random, out);
        }
        out.lobe = Bsdf.SPECULAR;
        pick /= chance;
        if (pick < betweenChance) {
          boolean drawn = sampleCosine(lobes, random, out);
          out.lobe = Bsdf.SPECULAR;
          yield drawn;
        }
        pick = (pick - betweenChance) / (1 - betweenChance);
        yield sampleCoat(pick < shareB ? alphaB : alphaA, lobes, random, out);
      }
      case HAIR -> (lobes & Bsdf.DIFFUSE) != 0 && sampleHair(random, out);
      case CLEAR -> (lobes & Bsdf.DELTA) != 0 && sampleClear(random, out);
    };
  }

  private boolean sampleCosine(int lobes, RandomStream random, Bsdf.Sample out) {
    float r2 = random.nextFloat();
    float r = (float) Math.sqrt(r2);
    double phi = 2 * Math.PI * random.nextFloat();
    out.lobe = Bsdf.DIFFUSE;
    return finish(
        r * (float) Math.cos(phi),
        r * (float) Math.sin(phi),
        (float) Math.sqrt(1 - r2),
        lobes,
        out);
  }

  private boolean sampleCoat(float alpha, int lobes, RandomStream random, Bsdf.Sample out) {
    Ggx.visibleNormal(ox, oy, oz, alpha, random.nextFloat(), random.nextFloat(), half);
    float twice = 2 * (ox * half[0] + oy * half[1] + oz * half[2]);
    float z = twice * half[2] - oz;
    return z > 0 && finish(twice * half[0] - ox, twice * half[1] - oy, z, lobes, out);
  }

  /** Turns a direction of the frame into the sample, with its density and weight. */
  private boolean finish(float x, float y, float z, int lobes, Bsdf.Sample out) {
    out.wx = tx * x + bx * y + nx * z;
    out.wy = ty * x + by * y + ny * z;
    out.wz = tz * x + bz * y + nz * z;
    out.pdf = pdf(out.wx, out.wy, out.wz, lobes);
    if (!(out.pdf > 0)) {
      return false;
    }
    eval(out.wx, out.wy, out.wz, lobes, out.weight);
    float s = 1 / out.pdf;
    out.weight[0] *= s;
    out.weight[1] *= s;
    out.weight[2] *= s;
    return true;
  }

  private boolean sampleHair(RandomStream random, Bsdf.Sample out) {
    fibre.sample(random);
    float sin = fibre.sampledSin;
    float cos = (float) Math.sqrt(1 - sin * sin);
    float cosPhi = (float) Math.cos(fibre.sampledPhi);
    float sinPhi = (float) Math.sin(fibre.sampledPhi);
    float y = cos * (acrossY * cosPhi - acrossZ * sinPhi);
    float z = cos * (acrossZ * cosPhi + acrossY * sinPhi);
    out.wx = tx * sin + bx * y + nx * z;
    out.wy = ty * sin + by * y + ny * z;
    out.wz = tz * sin + bz * y + nz * z;
    out.lobe = Bsdf.DIFFUSE;
    fibre.eval(sin, cosPhi, out.weight);
    out.pdf = fibre.pdf();
    if (!(out.pdf > 0)) {
      return false;
    }
    float s = 1 / out.pdf;
    out.weight[0] *= s;
    out.weight[1] *= s;
    out.weight[2] *= s;
    return true;
  }

  private boolean sampleClear(RandomStream random, Bsdf.Sample out) {
    out.lobe = Bsdf.DELTA;
    out.pdf = 0;
    if (random.nextFloat() < mirrored) {
      float twice = 2 * (nx * ox + ny * oy + nz * oz);
      out.wx = twice * nx - ox;
      out.wy = twice * ny - oy;
      out.wz = twice * nz - oz;
      out.weight[0] = 1;
      out.weight[1] = 1;
      out.weight[2] = 1;
    } else {
      out.wx = -ox;
      out.wy = -oy;
      out.wz = -oz;
      out.weight[0] = tint[0];
      out.weight[1] = tint[1];
      out.weight[2] = tint[2];
    }
    return true;
  }
}
