package org.pixelcube.pipeline;

import java.util.Arrays;
import org.pixelcube.vision.FaceTopology;

/**
 * Takes the source light off a frame: divides by the fitted shading, then by what the fit could not
 * explain (cast shadows, near lights), found as the smooth residual between the picture and the
 * expected face, and compresses the highlights that remain.
 */
final class Delighter {
  /** Share of the unexplained smooth shading that is taken out. */
  private static final float RESIDUAL = 0.8f;

  /** Share of a highlight above the expected skin that is taken out. */
  private static final float HIGHLIGHT = 0.65f;

  /** Added before logarithms: about the noise of a dark 8-bit picture. */
  static final float EPSILON = 0.004f;

  private final FaceTopology topology;
  private final float[] skinVertices;

  Delighter(FaceTopology topology) {
    this.topology = topology;
    boolean[] skin = SkinSamples.skin(topology);
    this.skinVertices = new float[skin.length];
    for (int v = 0; v < skin.length; v++) {
      skinVertices[v] = skin[v] ? 1 : 0;
    }
  }

  /**
   * Delights one frame.
   *
   * @param rgb the picture on the geometry grid, three linear planes
   * @param light the fitted source light
   * @param strength 0 leaves the light of the shot, 1 takes all of it off
   */
  FlatLit delight(float[][] rgb, Geometry g, SourceLight light, float strength) {
    int size = g.size();
    int w = g.width();
    int h = g.height();
    float[][] shading = new float[3][size];
    for (int i = 0; i < size; i++) {
      if (g.alpha()[i] > 0.02f) {
        for (int c = 0; c < 3; c++) {
          shading[c][i] = light.shading(c, g.nx()[i], g.ny()[i], g.nz()[i]);
        }
      } else {
        for (int c = 0; c < 3; c++) {
          shading[c][i] = 1;
        }
      }
    }

    // The expected face: vertex albedo drawn over the mesh.
    MeshRaster expected = new MeshRaster(w, h, 4);
    float[][] values = new float[4][FaceTopology.VERTICES];
    for (int v = 0; v < FaceTopology.VERTICES; v++) {
      for (int c = 0; c < 3; c++) {
        values[c][v] = light.albedo()[3 * v + c];
      }
      values[3][v] = skinVertices[v];
    }
    for (FaceSurface surface : g.surfaces()) {
      expected.draw(surface.positions(), topology.triangles(), values);
    }
    SkinColour skinColour = SkinColour.of(light, topology);
    float[] skin = new float[size];
    for (int i = 0; i < size; i++) {
      if (g.alpha()[i] > 0.02f) {
        float likely =
            skinColour.likelihood(
                rgb[0][i] / shading[0][i], rgb[1][i] / shading[1][i], rgb[2][i] / shading[2][i]);
        float onMesh = g.face()[i] * expected.attribute(3)[i];
        skin[i] = g.alpha()[i] * Math.max(likely * (1 - g.face()[i]), onMesh);
      }
    }

    removeResidual(rgb, g, shading, expected, skin, skinColour);

    float[][] colour = new float[3][size];
    for (int i = 0; i < size; i++) {
      // Off the skin the normals are a guess: take off less there.
      float s = strength * (0.6f + 0.4f * skin[i]);
      for (int c = 0; c < 3; c++) {
        colour[c][i] = rgb[c][i] * (float) Math.exp(-s * Math.log(shading[c][i]));
      }
    }
    compressHighlights(colour, g, expected, skin, skinColour, strength);
    return new FlatLit(rgb, colour, skin);
  }

  /** Multiplies into the shading what is smooth in picture ÷ (expected albedo · shading). */
  private static void removeResidual(
      float[][] rgb,
      Geometry g,
      float[][] shading,
      MeshRaster expected,
      float[] skin,
      SkinColour skinColour) {
    if (g.surfaces().isEmpty()) {
      return;
    }
    int size = g.size();
    double faceWidth = g.faceWidthPixels();
    float[] weight = new float[size];
    float[][] residual = new float[3][size];
    for (int i = 0; i < size; i++) {
      if (skin[i] <= 0.01f) {
        continue;
      }
      float mesh = g.face()[i];
      weight[i] = skin[i] * (mesh + 0.4f * (1 - mesh));
      for (int c = 0; c < 3; c++) {
        float albedo = mesh > 0 ? expected.attribute(c)[i] : skinColour.mean(c);
        float ratio = (rgb[c][i] + EPSILON) / (albedo * shading[c][i] + EPSILON);
        residual[c][i] = Math.clamp((float) Math.log(ratio), -1.6f, 0.7f);
      }
    }
    float[] luminance = new float[size];
    for (int i = 0; i < size; i++) {
      luminance[i] = (residual[0][i] + residual[1][i] + residual[2][i]) / 3;
    }
    // Two scales: near, where the skin is, and far, which carries it to the neck and fades out.
    float[] near = guided(luminance, weight, g, faceWidth);
    float[] far = Planes.smooth(luminance, weight, g.width(), g.height(), 0.12 * faceWidth, 0);
    float[] presence = Planes.smooth(weight, g.width(), g.height(), 0.06 * faceWidth);
    for (int c = 0; c < 3; c++) {
      float[] tint = new float[size];
      for (int i = 0; i < size; i++) {
        tint[i] = residual[c][i] - luminance[i];
      }
      tint = Planes.smooth(tint, weight, g.width(), g.height(), 0.10 * faceWidth, 0);
      for (int i = 0; i < size; i++) {
        float believe = Planes.smoothstep(0.05f, 0.6f, presence[i]);
        float r = skin[i] * near[i] + (1 - skin[i]) * far[i];
        float log = RESIDUAL * believe * (r + 0.6f * tint[i]);
        shading[c][i] *= (float) Math.exp(log);
      }
    }
  }

  /** The residual smoothed so that it keeps the edges of shadows in the picture. */
  private static float[] guided(float[] luminance, float[] weight, Geometry g, double faceWidth) {
    MaskedGuidedFilter filter =
        new MaskedGuidedFilter(
            luminance,
            weight,
            g.width(),
            g.height(),
            Math.max(2, (int) Math.round(0.06 * faceWidth)),
            0.02f);
    return filter.filter(luminance);
  }

  /** Pulls back what shines above the expected skin, and its paleness with it. */
  private static void compressHighlights(
      float[][] colour,
      Geometry g,
      MeshRaster expected,
      float[] skin,
      SkinColour skinColour,
      float strength) {
    for (int i = 0; i < g.size(); i++) {
      if (skin[i] <= 0.02f) {
        continue;
      }
      float mesh = g.face()[i];
      float[] base = new float[3];
      float expectedSum = 0;
      float sum = 0;
      for (int c = 0; c < 3; c++) {
        base[c] = mesh * expected.attribute(c)[i] + (1 - mesh) * skinColour.mean(c);
        expectedSum += base[c];
        sum += colour[c][i];
      }
      float limit = 1.15f * expectedSum;
      if (sum <= limit) {
        continue;
      }
      float excess = sum - limit;
      float target = limit + (1 - HIGHLIGHT) * excess;
      // Soft knee, and the highlight's share is white: give the skin its colour back.
      float paleness = Math.min(1, excess / expectedSum);
      float amount = strength * skin[i];
      for (int c = 0; c < 3; c++) {
        float own = colour[c][i] * target / sum;
        float tinted = base[c] / expectedSum * target;
        float mixed = own + 0.6f * paleness * (tinted - own);
        colour[c][i] += amount * (mixed - colour[c][i]);
      }
    }
  }

  /** The colour of this subject's skin, as a mean and a spread of log chromaticities. */
  record SkinColour(float[] rgb, float spread) {
    SkinColour {
      rgb = Arrays.copyOf(rgb, 3);
    }

    static SkinColour of(SourceLight light, FaceTopology topology) {
      float[] sum = new float[3];
      int n = 0;
      boolean[] skin = SkinSamples.skin(topology);
      for (int v = 0; v < skin.length; v++) {
        if (skin[v]) {
          n++;
          for (int c = 0; c < 3; c++) {
            sum[c] += light.albedo()[3 * v + c];
          }
        }
      }
      for (int c = 0; c < 3; c++) {
        sum[c] /= Math.max(1, n);
      }
      return new SkinColour(sum, 0.22f);
    }

    float mean(int c) {
      return rgb[c];
    }

    /** 1 where the flat colour is that of the skin, falling off in chromaticity and brightness. */
    float likelihood(float r, float g, float b) {
      double rg = Math.log((r + EPSILON) / (g + EPSILON)) - Math.log(rgb[0] / rgb[1]);
      double bg = Math.log((b + EPSILON) / (g + EPSILON)) - Math.log(rgb[2] / rgb[1]);
      double bright = Math.log((r + g + b + EPSILON) / (rgb[0] + rgb[1] + rgb[2] + EPSILON));
      double d = (rg * rg + bg * bg) / (spread * spread) + bright * bright / (0.8 * 0.8);
      return (float) Math.exp(-0.5 * d);
    }
  }
}
