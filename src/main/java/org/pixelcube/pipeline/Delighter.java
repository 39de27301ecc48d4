package org.pixelcube.pipeline;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
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
  private final boolean[] skinVertex;

  Delighter(FaceTopology topology) {
    this.topology = topology;
    this.skinVertex = SkinSamples.skin(topology);
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

    // The expected faces: vertex albedo drawn over each mesh, in the colour of its own skin.
    MeshRaster expected = new MeshRaster(w, h, 4);
    List<float[]> tints = new ArrayList<>();
    boolean crowd = g.surfaces().size() > 1;
    for (FaceSurface surface : g.surfaces()) {
      float[] tint = light.tint(SkinSamples.read(surface, rgb, g.alpha(), w, h, crowd), skinVertex);
      tints.add(tint);
      float[][] values = new float[4][FaceTopology.VERTICES];
      for (int v = 0; v < FaceTopology.VERTICES; v++) {
        for (int c = 0; c < 3; c++) {
          values[c][v] = tint[c] * light.albedo()[3 * v + c];
        }
        values[3][v] = skinVertex[v] ? 1 : 0;
      }
      expected.draw(surface.positions(), topology.triangles(), values);
    }
    SkinColours skinColour = new SkinColours(light, tints, skinVertex);
    float[] skin = new float[size];
    for (int i = 0; i < size; i++) {
      if (g.alpha()[i] > 0.02f) {
        float likely =
            skinColour.likelihood(
                rgb[0][i] / shading[0][i], rgb[1][i] / shading[1][i], rgb[2][i] / shading[2][i], i);
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
        colour[c][i] = rgb[c][i] * FastLog.exp2(-s * FastLog.log2(shading[c][i]));
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
      SkinColours skinColour) {
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
        float albedo = mesh > 0 ? expected.attribute(c)[i] : skinColour.mean(c, i);
        float ratio = (rgb[c][i] + EPSILON) / (albedo * shading[c][i] + EPSILON);
        residual[c][i] = Math.clamp(FastLog.log2(ratio), -2.3f, 1f);
      }
    }
    float[] luminance = new float[size];
    for (int i = 0; i < size; i++) {
      luminance[i] = (residual[0][i] + residual[1][i] + residual[2][i]) / 3;
    }
    // Two scales: near, where the skin is, and far, which carries it to the neck and fades out.
    float[] near = guided(luminance, weight, g, faceWidth);
    MaskedBlur broad = new MaskedBlur(weight, g.width(), g.height(), 0.11 * faceWidth);
    float[] far = broad.apply(luminance, 0);
    float[] presence = Planes.smooth(weight, g.width(), g.height(), 0.06 * faceWidth);
    for (int c = 0; c < 3; c++) {
      float[] tint = new float[size];
      for (int i = 0; i < size; i++) {
        tint[i] = residual[c][i] - luminance[i];
      }
      tint = broad.apply(tint, 0);
      for (int i = 0; i < size; i++) {
        float believe = Planes.smoothstep(0.05f, 0.6f, presence[i]);
        float r = skin[i] * near[i] + (1 - skin[i]) * far[i];
        float stops = RESIDUAL * believe * (r + 0.6f * tint[i]);
        shading[c][i] *= FastLog.exp2(stops);
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
            0.04f);
    return filter.filter(luminance);
  }

  /** Pulls back what shines above the expected skin, and its paleness with it. */
  private static void compressHighlights(
      float[][] colour,
      Geometry g,
      MeshRaster expected,
      float[] skin,
      SkinColours skinColour,
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
        base[c] = mesh * expected.attribute(c)[i] + (1 - mesh) * skinColour.mean(c, i);
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

  /** The colours of the skins in a frame, and for each pixel the one that it is most like. */
  private static final class SkinColours {
    /** Standard deviations of skin about its mean, in stops. */
    private static final float CHROMA_STOPS = 0.32f;

    private static final float BRIGHT_STOPS = 1.15f;

    private final float[][] rgb;
    private final float[] redToGreen;
    private final float[] blueToGreen;
    private final float[] brightness;
    private final Map<Integer, Integer> nearest = new HashMap<>();

    SkinColours(SourceLight light, List<float[]> tints, boolean[] skin) {
      float[] mean = new float[3];
      int n = 0;
      for (int v = 0; v < skin.length; v++) {
        if (skin[v]) {
          n++;
          for (int c = 0; c < 3; c++) {
            mean[c] += light.albedo()[3 * v + c];
          }
        }
      }
      int faces = Math.max(1, tints.size());
      rgb = new float[faces][3];
      redToGreen = new float[faces];
      blueToGreen = new float[faces];
      brightness = new float[faces];
      for (int f = 0; f < faces; f++) {
        for (int c = 0; c < 3; c++) {
          rgb[f][c] = mean[c] / n * (tints.isEmpty() ? 1 : tints.get(f)[c]);
        }
        redToGreen[f] = FastLog.log2((rgb[f][0] + EPSILON) / (rgb[f][1] + EPSILON));
        blueToGreen[f] = FastLog.log2((rgb[f][2] + EPSILON) / (rgb[f][1] + EPSILON));
        brightness[f] = FastLog.log2(rgb[f][0] + rgb[f][1] + rgb[f][2] + EPSILON);
      }
    }

    /** The mean colour of the skin that pixel {@code i} is most like. */
    float mean(int c, int i) {
      return rgb[rgb.length == 1 ? 0 : nearest.getOrDefault(i, 0)][c];
    }

    /** 1 where the flat colour is that of a skin, falling off in chromaticity and brightness. */
    float likelihood(float r, float g, float b, int i) {
      float green = FastLog.log2(Math.max(0, g) + EPSILON);
      float toRed = FastLog.log2(Math.max(0, r) + EPSILON) - green;
      float toBlue = FastLog.log2(Math.max(0, b) + EPSILON) - green;
      float bright = FastLog.log2(Math.max(0, r + g + b) + EPSILON);
      float best = Float.POSITIVE_INFINITY;
      for (int f = 0; f < rgb.length; f++) {
        float rg = toRed - redToGreen[f];
        float bg = toBlue - blueToGreen[f];
        float light = bright - brightness[f];
        float d =
            (rg * rg + bg * bg) / (CHROMA_STOPS * CHROMA_STOPS)
                + light * light / (BRIGHT_STOPS * BRIGHT_STOPS);
        if (d < best) {
          best = d;
          if (f > 0) {
            nearest.put(i, f);
          }
        }
      }
      // exp(−d/2)
      return FastLog.exp2(-0.7213475f * best);
    }
  }
}
