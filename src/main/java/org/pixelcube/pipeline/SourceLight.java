package org.pixelcube.pipeline;

import java.util.Arrays;
import java.util.List;
import org.pixelcube.light.ShadingHarmonics;
import org.pixelcube.math.LeastSquares;
import org.pixelcube.vision.FaceTopology;

/**
 * The light a clip was shot under, and the colour of the face without it.
 *
 * <p>Shading is a function of the normal, nine spherical-harmonic coefficients a channel
 * (Ramamoorthi and Hanrahan 2001: enough for a convex Lambertian surface within 1 %); albedo is one
 * colour per mesh vertex, equal on the left and right of the face. The two are fitted in turn on
 * skin, with weights that forget highlights, cast shadows and features. The scale that no picture
 * can tell apart is settled by convention: the light averages white 1.0 over the lit skin.
 */
final class SourceLight {
  static final int TERMS = ShadingHarmonics.TERMS;
  private static final int ROUNDS = 6;

  /** Ridge on the coefficients of degree 0, 1 and 2, as a share of the samples' weight. */
  private static final double[] RIDGE = {1e-6, 0.004, 0.03};

  /** Shading never falls below this share of its mean: what is darker is not shading but noise. */
  private static final float FLOOR = 0.08f;

  private final double[][] coefficients;
  private final float[] albedo;
  private final boolean balanced;

  private SourceLight(double[][] coefficients, float[] albedo, boolean balanced) {
    this.coefficients = coefficients;
    this.albedo = albedo;
    this.balanced = balanced;
  }

  /** Flat light and no face: shading 1 everywhere. */
  static SourceLight flat(FaceTopology topology) {
    double[][] c = new double[3][TERMS];
    for (double[] channel : c) {
      channel[0] = 1;
    }
    float[] grey = new float[3 * FaceTopology.VERTICES];
    Arrays.fill(grey, 0.3f);
    return new SourceLight(c, grey, true);
  }

  /** The fitted coefficients, for state that is saved: {@code [3][9]}. */
  double[][] coefficients() {
    return coefficients;
  }

  /**
   * Whether the albedo is relative to each face's own skin, as when several people were seen, and
   * has to be tinted for each: see {@link #tint}.
   */
  boolean balanced() {
    return balanced;
  }

  /** What a face's colours are, as a multiple of {@link #albedo}; 1 where it is not relative. */
  float[] tint(SkinSamples face, boolean[] skin) {
    float[] tint = {1, 1, 1};
    if (balanced) {
      float[] colour = face.colour().clone();
      float[] n = face.normals();
      for (int v = 0; v < skin.length; v++) {
        for (int c = 0; c < 3; c++) {
          float lit = shading(c, n[3 * v], n[3 * v + 1], n[3 * v + 2]) * albedo[3 * v + c];
          colour[3 * v + c] /= Math.max(1e-4f, lit);
        }
      }
      float[] median = new SkinSamples(colour, n, face.weight(), face.crowd()).medianSkin(skin);
      for (int c = 0; c < 3; c++) {
        tint[c] = median[c] > 0 ? median[c] : 1;
      }
    }
    return tint;
  }

  /** Albedo per vertex: linear r, g, b, at the brightness the face has under its mean light. */
  float[] albedo() {
    return albedo;
  }

  /** Part of the way to another fit: {@code share} 0 is this one, 1 the other. */
  SourceLight towards(SourceLight other, double share) {
    double[][] c = new double[3][TERMS];
    float[] a = new float[albedo.length];
    for (int k = 0; k < 3; k++) {
      for (int i = 0; i < TERMS; i++) {
        c[k][i] = coefficients[k][i] + share * (other.coefficients[k][i] - coefficients[k][i]);
      }
    }
    for (int i = 0; i < a.length; i++) {
      a[i] = (float) (albedo[i] + share * (other.albedo[i] - albedo[i]));
    }
    return new SourceLight(c, a, other.balanced);
  }

  static SourceLight of(double[][] coefficients, float[] albedo, boolean balanced) {
    return new SourceLight(coefficients, albedo, balanced);
  }

  /** Shading of channel {@code c} for a normal, at least {@link #FLOOR}. */
  float shading(int c, float x, float y, float z) {
    double[] k = coefficients[c];
    double s =
        k[0]
            + k[1] * x
            + k[2] * y
            + k[3] * z
            + k[4] * x * y
            + k[5] * y * z
            + k[6] * x * z
            + k[7] * (x * x - y * y)
            + k[8] * (3 * z * z - 1);
    // Soft floor: smooth where a hard maximum would draw an edge on the cheek.
    double over = s - FLOOR;
    return (float) (FLOOR + 0.5 * (over + Math.sqrt(over * over + 0.0036)));
  }

  /**
   * Fits light and albedo.
   *
   * @param seen one entry per face and frame; empty gives flat light
   */
  static SourceLight fit(List<SkinSamples> seen, FaceTopology topology) {
    boolean[] skin = SkinSamples.skin(topology);
    // Several people have several skin colours, but one light.
    boolean crowd = seen.stream().anyMatch(SkinSamples::crowd);
    List<SkinSamples> samples = crowd ? seen.stream().map(s -> s.balanced(skin)).toList() : seen;
    int vertices = FaceTopology.VERTICES;
    float[] mean = skinMedian(samples, skin);
    if (mean == null) {
      return flat(topology);
    }
    float[] albedo = new float[3 * vertices];
    for (int i = 0; i < albedo.length; i++) {
      albedo[i] = mean[i % 3];
    }
    SourceLight light = null;
    for (int round = 0; round < ROUNDS; round++) {
      double[][] c = new double[3][];
      for (int channel = 0; channel < 3; channel++) {
        c[channel] = fitChannel(samples, albedo, skin, channel, round == 0 ? null : light);
      }
      light = new SourceLight(c, albedo, crowd);
      albedo = fitAlbedo(samples, light, topology, mean);
      light = new SourceLight(c, albedo, crowd);
    }
    return light.normalised(samples, skin);
  }

  /** Median colour of the skin vertices over all samples, or null where there is none. */
  private static float[] skinMedian(List<SkinSamples> samples, boolean[] skin) {
    float[] median = new float[3];
    float[] values = new float[samples.size() * skin.length];
    for (int c = 0; c < 3; c++) {
      int n = 0;
      for (SkinSamples s : samples) {
        for (int v = 0; v < skin.length; v++) {
          if (skin[v] && s.weight()[v] > 0.5f) {
            values[n++] = s.colour()[3 * v + c];
          }
        }
      }
      if (n < 40) {
        return null;
      }
      Arrays.sort(values, 0, n);
      median[c] = Math.max(1e-3f, values[n / 2]);
    }
    return median;
  }

  /** Weighted ridge regression of colour ÷ albedo on the basis, weights from the last residuals. */
  private static double[] fitChannel(
      List<SkinSamples> samples, float[] albedo, boolean[] skin, int channel, SourceLight last) {
    LeastSquares system = new LeastSquares(TERMS);
    double[] b = new double[TERMS];
    double total = 0;
    for (SkinSamples s : samples) {
      for (int v = 0; v < skin.length; v++) {
        if (!skin[v] || s.weight()[v] <= 0) {
          continue;
        }
        float[] n = s.normals();
        double observed = s.colour()[3 * v + channel] / Math.max(1e-4f, albedo[3 * v + channel]);
        double w = s.weight()[v];
        if (last != null) {
          float predicted = last.shading(channel, n[3 * v], n[3 * v + 1], n[3 * v + 2]);
          // Tukey's biweight on the relative residual; highlights are forgotten sooner.
          double residual = (observed - predicted) / (predicted + 0.15);
          double limit = residual > 0 ? 0.45 : 0.9;
          double t = residual / limit;
          w *= Math.abs(t) < 1 ? (1 - t * t) * (1 - t * t) : 0;
          w /= (predicted + 0.15) * (predicted + 0.15);
        }
        ShadingHarmonics.at(n[3 * v], n[3 * v + 1], n[3 * v + 2], b);
        total += w;
        system.add(b, observed, w);
      }
    }
    double[] ridge = new double[TERMS];
    for (int i = 0; i < TERMS; i++) {
      ridge[i] = total * RIDGE[i == 0 ? 0 : i < 4 ? 1 : 2] + 1e-9;
    }
    return system.solve(ridge, new double[TERMS]);
  }

  /** Colour ÷ shading per vertex, averaged over frames and both halves of the face. */
  private static float[] fitAlbedo(
      List<SkinSamples> samples, SourceLight light, FaceTopology topology, float[] mean) {
    int vertices = FaceTopology.VERTICES;
    boolean[] skin = SkinSamples.skin(topology);
    double[] sum = new double[3 * vertices];
    double[] weight = new double[vertices];
    for (SkinSamples s : samples) {
      for (int v = 0; v < vertices; v++) {
        if (s.weight()[v] <= 0) {
          continue;
        }
        float[] n = s.normals();
        float[] q = new float[3];
        float luminance = 0;
        for (int c = 0; c < 3; c++) {
          float shade = light.shading(c, n[3 * v], n[3 * v + 1], n[3 * v + 2]);
          q[c] = s.colour()[3 * v + c] / shade;
          luminance += shade / 3;
        }
        // The lit side of the face tells the colour; a cast shadow there reads dark, a highlight
        // bright and pale: both speak more softly.
        double bright = (q[0] + q[1] + q[2]) / (mean[0] + mean[1] + mean[2]);
        double trust = luminance * luminance;
        if (skin[v]) {
          trust *= bright > 1 ? 1 / (1 + 12 * (bright - 1) * (bright - 1)) : 1;
          trust *= bright < 0.8 ? bright / 0.8 : 1;
        }
        double w = s.weight()[v] * Math.min(2.5, trust);
        for (int half = 0; half < 2; half++) {
          int target = half == 0 ? v : topology.mirror(v);
          weight[target] += w;
          for (int c = 0; c < 3; c++) {
            sum[3 * target + c] += w * q[c];
          }
        }
      }
    }
    float[] albedo = new float[3 * vertices];
    for (int v = 0; v < vertices; v++) {
      for (int c = 0; c < 3; c++) {
        double own = weight[v] > 1e-6 ? sum[3 * v + c] / weight[v] : mean[c];
        // Bare skin varies little; what is left of the light in it is pulled to the mean.
        double pull = weight[v] > 1e-6 ? (skin[v] ? 0.35 : 0) : 1;
        albedo[3 * v + c] = (float) Math.max(1e-4, (1 - pull) * own + pull * mean[c]);
      }
    }
    return albedo;
  }

  /**
   * Scales each channel so that shading averages 1 over the skin seen, each place counting by how
   * brightly it is lit: a photographer exposes for the lit side. Albedo goes with it.
   */
  private SourceLight normalised(List<SkinSamples> samples, boolean[] skin) {
    double[][] scaled = new double[3][TERMS];
    float[] colour = albedo.clone();
    for (int c = 0; c < 3; c++) {
      double sum = 0;
      double weight = 0;
      for (SkinSamples s : samples) {
        for (int v = 0; v < skin.length; v++) {
          if (skin[v]) {
            float[] n = s.normals();
            double shade = shading(c, n[3 * v], n[3 * v + 1], n[3 * v + 2]);
            sum += s.weight()[v] * shade * shade;
            weight += s.weight()[v] * shade;
          }
        }
      }
      double mean = weight > 0 ? sum / weight : 1;
      for (int i = 0; i < TERMS; i++) {
        scaled[c][i] = coefficients[c][i] / mean;
      }
      for (int v = 0; v < skin.length; v++) {
        colour[3 * v + c] *= (float) mean;
      }
    }
    return new SourceLight(scaled, colour, balanced);
  }
}
