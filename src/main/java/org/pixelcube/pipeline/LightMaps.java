package org.pixelcube.pipeline;

import org.pixelcube.light.AreaLight;

/**
 * What the new environment does to the subject, per pixel of the geometry grid.
 *
 * @param diffuse irradiance ÷ π with the subject's own shadows, three planes; 1 under a uniform
 *     white map of radiance 1
 * @param specular reflected radiance of the skin's two lobes, three planes
 * @param visibility luminance of the diffuse light with shadows ÷ without, in [0, 1], one plane
 */
record LightMaps(float[][] diffuse, float[][] specular, float[] visibility) {

  /** How the light falls. */
  record Options(float shadows, float specular) {}

  /** Reflectance of skin at normal incidence (index of refraction 1.4). */
  private static final float F0 = 0.028f;

  /** Skin is not everywhere moist: the share of the lobes that a dry face shows. */
  private static final float GLOSS = 0.75f;

  /** Share of the light a shadow loses that comes back by interreflection from the skin around. */
  private static final float BOUNCE = 0.3f;

  /** Rec.709. */
  private static final float[] LUMINANCE = {0.2126f, 0.7152f, 0.0722f};

  /** Mean free paths of red, green and blue light in skin as shares of the face's width. */
  private static final double[] SCATTER = {0.022, 0.009, 0.005};

  /**
   * Shades one frame.
   *
   * @param skin how much each pixel is skin, in [0, 1]
   */
  static LightMaps of(Geometry g, float[] skin, HorizonMap horizon, Illumination light, Options o) {
    float[] directions = light.directions();
    float[][] open = openDiffuse(g, light, directions);
    float[][] shadow = shadowRatio(g, horizon, light, directions, o.shadows());
    int size = g.size();
    float[][] diffuse = new float[3][];
    float[] visibility = new float[size];
    float[] unshadowed = new float[size];
    for (int c = 0; c < 3; c++) {
      float[] ratio =
          Planes.doubled(shadow[c], horizon.width(), horizon.height(), g.width(), g.height());
      float[] plane = open[c];
      for (int i = 0; i < size; i++) {
        unshadowed[i] += LUMINANCE[c] * plane[i];
        plane[i] *= ratio[i];
        visibility[i] += LUMINANCE[c] * plane[i];
      }
      diffuse[c] = scatter(plane, skin, g, SCATTER[c]);
    }
    for (int i = 0; i < size; i++) {
      visibility[i] = unshadowed[i] > 0 ? Math.min(1, visibility[i] / unshadowed[i]) : 1;
    }
    return new LightMaps(diffuse, specular(g, skin, horizon, light, o), visibility);
  }

  /** Irradiance ÷ π from all lights without occlusion. */
  private static float[][] openDiffuse(Geometry g, Illumination light, float[] directions) {
    // Only what is covered, gathered so that the inner loop runs over plain arrays.
    int n = 0;
    int[] at = new int[g.size()];
    for (int i = 0; i < g.size(); i++) {
      if (g.alpha()[i] > 0.01f) {
        at[n++] = i;
      }
    }
    float[] nx = gathered(g.nx(), at, n);
    float[] ny = gathered(g.ny(), at, n);
    float[] nz = gathered(g.nz(), at, n);
    float[][] sum = new float[3][n];
    for (int k = 0; k < light.lights().size(); k++) {
      AreaLight l = light.lights().get(k);
      float sine = sine(l);
      double gain = evened(sine) * light.scale() / Math.PI;
      addLight(
          nx,
          ny,
          nz,
          directions[3 * k],
          directions[3 * k + 1],
          directions[3 * k + 2],
          sine,
          new float[] {
            (float) (l.red() * gain), (float) (l.green() * gain), (float) (l.blue() * gain)
          },
          sum);
    }
    float[][] out = new float[3][g.size()];
    for (int c = 0; c < 3; c++) {
      for (int j = 0; j < n; j++) {
        out[c][at[j]] = sum[c][j];
      }
    }
    return out;
  }

  private static float[] gathered(float[] plane, int[] at, int n) {
    float[] out = new float[n];
    for (int j = 0; j < n; j++) {
      out[j] = plane[at[j]];
    }
    return out;
  }

  private static void addLight(
      float[] nx,
      float[] ny,
      float[] nz,
      float dx,
      float dy,
      float dz,
      float sine,
      float[] power,
      float[][] sum) {
    float[] red = sum[0];
    float[] green = sum[1];
    float[] blue = sum[2];
    float r = power[0];
    float g = power[1];
    float b = power[2];
    float inverse = 0.25f / sine;
    // The same as cosine(), without branches.
    for (int j = 0; j < nx.length; j++) {
      float mu = nx[j] * dx + ny[j] * dy + nz[j] * dz;
      float over = Math.abs(mu - sine);
      float risen = sine + 0.5f * (Math.abs(mu + sine) - over);
      float cos = inverse * risen * risen + 0.5f * (mu - sine + over);
      red[j] += cos * r;
      green[j] += cos * g;
      blue[j] += cos * b;
    }
  }

  /** Sine of a light's radius: it sets behind a surface from this cosine to minus this. */
  private static float sine(AreaLight l) {
    return (float) Math.max(1e-3, Math.sin(Math.min(0.5 * Math.PI, l.angularRadiusRadians())));
  }

  /** Keeps {@link #cosine}, averaged over all normals, at that of a point of light: ¼. */
  private static float evened(float sine) {
    return 1 / (1 + sine * sine / 3);
  }

  /**
   * What a round light gives a surface as it sets, up to {@link #evened}: 0 below the horizon, the
   * cosine of its middle above, a parabola with the same slopes while the horizon cuts it.
   */
  private static float cosine(float mu, float sine) {
    if (mu >= sine) {
      return mu;
    }
    float risen = mu + sine;
    return risen > 0 ? risen * risen / (4 * sine) : 0;
  }

  /** Diffuse light with the subject's shadows ÷ without, per channel, on the half grid. */
  private static float[][] shadowRatio(
      Geometry g, HorizonMap horizon, Illumination light, float[] directions, float strength) {
    int hw = horizon.width();
    int hh = horizon.height();
    int n = hw * hh;
    int lights = light.lights().size();
    float[] azimuth = new float[lights];
    float[] elevation = new float[lights];
    float[] softness = new float[lights];
    float[] sines = new float[lights];
    float[][] power = new float[3][lights];
    for (int k = 0; k < lights; k++) {
      AreaLight l = light.lights().get(k);
      azimuth[k] = HorizonMap.azimuth(directions[3 * k], directions[3 * k + 1]);
      elevation[k] = (float) Math.asin(Math.clamp(directions[3 * k + 2], -1, 1));
      softness[k] = (float) Math.max(0.10, Math.min(0.9, l.angularRadiusRadians()));
      sines[k] = sine(l);
      power[0][k] = (float) l.red() * evened(sines[k]);
      power[1][k] = (float) l.green() * evened(sines[k]);
      power[2][k] = (float) l.blue() * evened(sines[k]);
    }
    float[][] ratio = new float[3][n];
    float[] weight = new float[n];
    for (int y = 0; y < hh; y++) {
      for (int x = 0; x < hw; x++) {
        int i = y * hw + x;
        if (!horizon.inside(i)) {
          continue;
        }
        weight[i] = 1;
        int j = Math.min(g.height() - 1, 2 * y) * g.width() + Math.min(g.width() - 1, 2 * x);
        float nx = g.nx()[j];
        float ny = g.ny()[j];
        float nz = g.nz()[j];
        float r0 = 0;
        float g0 = 0;
        float b0 = 0;
        float r1 = 0;
        float g1 = 0;
        float b1 = 0;
        for (int k = 0; k < lights; k++) {
          float mu =
              nx * directions[3 * k] + ny * directions[3 * k + 1] + nz * directions[3 * k + 2];
          float cos = cosine(mu, sines[k]);
          if (cos < 1e-3f) {
            continue;
          }
          float seen = cos * horizon.visibility(i, azimuth[k], elevation[k], softness[k]);
          r0 += cos * power[0][k];
          g0 += cos * power[1][k];
          b0 += cos * power[2][k];
          r1 += seen * power[0][k];
          g1 += seen * power[1][k];
          b1 += seen * power[2][k];
        }
        ratio[0][i] = shadowed(r1, r0, strength);
        ratio[1][i] = shadowed(g1, g0, strength);
        ratio[2][i] = shadowed(b1, b0, strength);
      }
    }
    double soft = Math.max(0.7, 0.012 * g.faceWidthPixels() / 2);
    MaskedBlur blur = new MaskedBlur(weight, hw, hh, soft);
    for (int c = 0; c < 3; c++) {
      ratio[c] = blur.apply(ratio[c], 1);
    }
    return ratio;
  }

  private static float shadowed(float seen, float all, float strength) {
    float v = all > 1e-12f ? seen / all : 1;
    v += BOUNCE * (1 - v) * v + 0.1f * (1 - v);
    return 1 + strength * (v - 1);
  }

  /** Light that entered the skin elsewhere: the wider red reaches over the shadow's edge. */
  private static float[] scatter(float[] plane, float[] skin, Geometry g, double share) {
    double sigma = share * g.faceWidthPixels();
    if (sigma < 0.4) {
      return plane;
    }
    float[] soft = Planes.smooth(plane, g.alpha(), g.width(), g.height(), sigma, 0);
    for (int i = 0; i < plane.length; i++) {
      soft[i] = plane[i] + skin[i] * (soft[i] - plane[i]);
    }
    return soft;
  }

  /** Two GGX lobes of the prefiltered map in the mirror direction, Schlick's Fresnel term. */
  private static float[][] specular(
      Geometry g, float[] skin, HorizonMap horizon, Illumination light, Options o) {
    int size = g.size();
    float[][] out = new float[3][size];
    if (o.specular() <= 0) {
      return out;
    }
    int w = g.width();
    float[] rx = new float[w];
    float[] ry = new float[w];
    float[] rz = new float[w];
    float[] sharp = new float[3 * w];
    float[] broad = new float[3 * w];
    for (int y = 0; y < g.height(); y++) {
      for (int x = 0; x < w; x++) {
        int i = y * w + x;
        float nz = g.nz()[i];
        rx[x] = 2 * nz * g.nx()[i];
        ry[x] = 2 * nz * g.ny()[i];
        rz[x] = 2 * nz * nz - 1;
      }
      light.prefiltered().sample(0, light.rotation(), rx, ry, rz, sharp);
      light.prefiltered().sample(1, light.rotation(), rx, ry, rz, broad);
      for (int x = 0; x < w; x++) {
        int i = y * w + x;
        if (g.alpha()[i] < 0.05f) {
          continue;
        }
        float grazing = 1 - g.nz()[i];
        float grazing2 = grazing * grazing;
        // The rough lobes' own masking keeps the rim from glowing like glass: at most F90 = 0.35 on
        // skin.
        float edge = 0.12f + 0.23f * skin[i];
        float fresnel = F0 + (edge - F0) * grazing2 * grazing2 * grazing;
        int half =
            Math.min(horizon.height() - 1, y / 2) * horizon.width()
                + Math.min(horizon.width() - 1, x / 2);
        float seen =
            horizon.visibility(
                half,
                HorizonMap.azimuth(rx[x], ry[x]),
                (float) Math.asin(Math.clamp(rz[x], -1, 1)),
                0.35f);
        float amount =
            GLOSS * o.specular() * light.scale() * fresnel * seen * (0.15f + 0.85f * skin[i]);
        for (int c = 0; c < 3; c++) {
          out[c][i] = amount * (0.45f * sharp[c * w + x] + 0.55f * broad[c * w + x]);
        }
      }
    }
    MaskedBlur blur = new MaskedBlur(g.alpha(), g.width(), g.height(), 0.7);
    for (int c = 0; c < 3; c++) {
      out[c] = blur.apply(out[c], 0);
    }
    return out;
  }
}
