package org.pixelcube.render;

import java.util.Arrays;
import java.util.stream.IntStream;

/**
 * Takes the noise of few paths out of a reflectance field: each pixel becomes a weighted mean of
 * those around it that show the same surface in the same light (a cross bilateral filter, Eisemann
 * and Durand 2004; Petschnigg et al. 2004). What is averaged is light, the surface's own colour is
 * divided out before and multiplied in after, so that texture stays.
 *
 * <p>Alike are pixels of near depth, normal and colour that answer alike to six broad lights; for a
 * sun or panel, also to that one, so that its shadows keep their edges. Where normals differ from
 * path to path, as in hair, they tell little: there the mean is over a narrower neighbourhood, and
 * over all that is in it.
 *
 * <p>Before that, a pixel that is far brighter than its like around it (a path of great weight) is
 * brought down to them. What light that costs is lost on smooth surfaces; in hair, where a few
 * paths carry most of it, it is given to the hair around.
 */
public final class FieldDenoiser {
  private static final int RADIUS = 3;
  private static final float SMOOTH_SIGMA = 1.8f;
  private static final float ROUGH_SIGMA = 1.2f;

  /** Above this a surface counts as hair, where a few bright paths carry most of the light. */
  private static final float ROUGH = 0.15f;

  private static final float DEPTH_METRES = 0.01f;
  private static final float NORMAL_SQUARED = 0.05f;
  private static final float COLOUR_SQUARED = 0.015f;
  private static final float LIGHT_SQUARED = 0.05f;
  private static final float SHADOW_SQUARED = 0.06f;
  private static final int PROBES = 6;

  /** Below this a colour no longer tells what its light is. */
  private static final float DARKEST = 0.03f;

  private final ReflectanceField field;
  private final int width;
  private final int height;
  private final int n;
  private final int small;
  private final int smallFirst;
  private final int[] slot;
  private float[] light;
  private final float[] probes;
  private final float[] smallLights;
  private final float[] normals;

  private FieldDenoiser(ReflectanceField field) {
    this.field = field;
    this.width = field.width();
    this.height = field.height();
    LightBasis basis = field.basis();
    this.n = 3 * basis.columns();
    this.smallFirst = basis.firstSun();
    this.small = basis.columns() - smallFirst;
    this.slot = new int[width * height];
    Arrays.fill(slot, -1);
    for (int p = 0; p < field.pixels().length; p++) {
      slot[field.pixels()[p]] = p;
    }
    this.normals = smooth(normals(), 3);
    this.light = light();
    float[] sides = probes();
    calm(sides);
    this.light = spread(calmColumns());
    this.probes = smooth(probes(), PROBES);
    this.smallLights = smooth(smallLights(), small);
  }

  /** The field without most of its noise; mirrors and planes stay as they are. */
  public static ReflectanceField denoised(ReflectanceField field) {
    float[] response = new FieldDenoiser(field).filtered();
    return new ReflectanceField(
        field.camera(), field.basis(), field.pixels(), response, field.mirror(), field.aovs());
  }

  private float albedo(int p, int c) {
    return Math.max(DARKEST, field.aovs().albedo()[c * width * height + field.pixels()[p]]);
  }

  private float alpha(int p) {
    return Math.max(1e-3f, field.aovs().alpha()[field.pixels()[p]]);
  }

  /** The response without coverage and colour. */
  private float[] light() {
    float[] response = field.response();
    float[] out = new float[response.length];
    IntStream.range(0, field.pixels().length)
        .parallel()
        .forEach(p -> {
          float[] scale = new float[3];
          for (int c = 0; c < 3; c++) {
            scale[c] = 1 / (alpha(p) * albedo(p, c));
          }
          for (int i = p * n; i < p * n + n; i += 3) {
            out[i] = response[i] * scale[0];
            out[i + 1] = response[i + 1] * scale[1];
            out[i + 2] = response[i + 2] * scale[2];
          }
        });
    return out;
  }

  /** Luminance under broad lights from six sides, {@code (pixels, probes)}. */
  private float[] probes() {
    DirectionBins bins = field.basis().bins();
    float[] weights = new float[bins.count() * PROBES];
    float[] d = new float[3];
    for (int k = 0; k < bins.count(); k++) {
      var v = bins.centre(k);
      d[0] = (float) v.x();
      d[1] = (float) v.y();
      d[2] = (float) v.z();
      for (int b = 0; b < PROBES; b++) {
        float side = (b & 1) == 0 ? d[b >> 1] : -d[b >> 1];
        weights[k * PROBES + b] = Math.max(0, side);
      }
    }
    int count = field.pixels().length;
    float[] out = new float[count * PROBES];
    IntStream.range(0, count)
        .parallel()
        .forEach(p -> {
          for (int k = 0; k < bins.count(); k++) {
            int i = p * n + 3 * k;
            float y = light[i] + 2 * light[i + 1] + light[i + 2];
            for (int b = 0; b < PROBES; b++) {
              out[p * PROBES + b] += y * weights[k * PROBES + b];
            }
          }
        });
    return out;
  }

  private static float[] whole(float[] sides) {
    float[] whole = new float[sides.length / PROBES];
    for (int i = 0; i < sides.length; i++) {
      whole[i / PROBES] += sides[i];
    }
    return whole;
  }

  /** How much normals differ around a pixel, 0 to 1: their mean is short. */
  private float rough(int p) {
    float length = 0;
    for (int c = 0; c < 3; c++) {
      length += normals[3 * p + c] * normals[3 * p + c];
    }
    return Math.clamp(1 - length, 0, 1);
  }

  /** Brings down pixels that stand out of the 5 × 5 around them. */
  private void calm(float[] sides) {
    int count = field.pixels().length;
    float[] whole = whole(sides);
    IntStream.range(0, count)
        .parallel()
        .forEach(p -> {
          int x = field.pixels()[p] % width;
          int y = field.pixels()[p] / width;
          float[] around = new float[25];
          int found = 0;
          for (int v = Math.max(0, y - 2); v <= Math.min(height - 1, y + 2); v++) {
            for (int u = Math.max(0, x - 2); u <= Math.min(width - 1, x + 2); u++) {
              int q = slot[v * width + u];
              if (q >= 0 && q != p && surface(p, q, 0, 0) < 2) {
                around[found++] = whole[q];
              }
            }
          }
          if (found < 6 || rough(p) > ROUGH) {
            return;
          }
          Arrays.sort(around, 0, found);
          float median = around[found / 2];
          float quarter = around[found / 4];
          // The spread below the median: outliers lie above it.
          float limit = Math.max(1.5f * median, median + 4 * (median - quarter));
          if (whole[p] > limit) {
            float scale = limit / whole[p];
            for (int i = p * n; i < p * n + n; i++) {
              light[i] *= scale;
            }
            for (int b = 0; b < PROBES; b++) {
              sides[p * PROBES + b] *= scale;
            }
          }
        });
  }

  /** The same for each light: no more than twice the third brightest of the like around it. */
  private float[] calmColumns() {
    int count = field.pixels().length;
    float[] out = light.clone();
    IntStream.range(0, count)
        .parallel()
        .forEach(p -> {
          int x = field.pixels()[p] % width;
          int y = field.pixels()[p] / width;
          int[] near = new int[25];
          int found = 0;
          for (int v = Math.max(0, y - 2); v <= Math.min(height - 1, y + 2); v++) {
            for (int u = Math.max(0, x - 2); u <= Math.min(width - 1, x + 2); u++) {
              int q = slot[v * width + u];
              if (q >= 0 && q != p && surface(p, q, 0, 0) < 2) {
                near[found++] = q * n;
              }
            }
          }
          if (found < 6) {
            return;
          }
          float mean = 0;
          for (int i = p * n; i < p * n + n; i += 3) {
            mean += light[i] + 2 * light[i + 1] + light[i + 2];
          }
          mean *= 3f / n;
          for (int i = 0; i < n; i += 3) {
            int o = p * n + i;
            float value = light[o] + 2 * light[o + 1] + light[o + 2];
            if (value <= mean) {
              continue;
            }
            float first = 0;
            float second = 0;
            float third = 0;
            for (int k = 0; k < found; k++) {
              int q = near[k] + i;
              float v = light[q] + 2 * light[q + 1] + light[q + 2];
              if (v > third) {
                third = Math.min(v, second);
                second = v > second ? Math.min(v, first) : second;
                first = Math.max(first, v);
              }
            }
            float limit = Math.max(mean, 2 * third);
            if (value > limit) {
              out[o] *= limit / value;
              out[o + 1] *= limit / value;
              out[o + 2] *= limit / value;
            }
          }
        });
    return out;
  }

  /**
   * Gives what was taken from pixels of hair to the hair around them, in equal parts.
   *
   * @param calmed the light after {@link #calmColumns}
   */
  private float[] spread(float[] calmed) {
    int count = field.pixels().length;
    boolean[] gives = new boolean[count];
    int[] takers = new int[count];
    IntStream.range(0, count)
        .parallel()
        .forEach(p -> {
          if (rough(p) <= ROUGH) {
            return;
          }
          for (int i = p * n; i < p * n + n && !gives[p]; i++) {
            gives[p] = light[i] > calmed[i];
          }
          takers[p] = gives[p] ? like(p, new int[81]) : 0;
        });
    float[] out = calmed.clone();
    IntStream.range(0, count)
        .parallel()
        .forEach(p -> {
          if (rough(p) <= ROUGH) {
            return;
          }
          int[] near = new int[81];
          int found = like(p, near);
          for (int k = 0; k < found; k++) {
            int q = near[k];
            if (gives[q]) {
              float share = 1f / takers[q];
              for (int i = 0; i < n; i++) {
                out[p * n + i] += share * (light[q * n + i] - calmed[q * n + i]);
              }
            }
          }
        });
    return out;
  }

  /** Finds the pixels of hair within 9 × 9 of one, itself among them. */
  private int like(int p, int[] near) {
    int x = field.pixels()[p] % width;
    int y = field.pixels()[p] / width;
    int found = 0;
    for (int v = Math.max(0, y - 4); v <= Math.min(height - 1, y + 4); v++) {
      for (int u = Math.max(0, x - 4); u <= Math.min(width - 1, x + 4); u++) {
        int q = slot[v * width + u];
        if (q >= 0 && rough(q) > ROUGH) {
          near[found++] = q;
        }
      }
    }
    return found;
  }

  /** Luminance under each sun and panel, {@code (pixels, suns + panels)}. */
  private float[] smallLights() {
    int count = field.pixels().length;
    float[] out = new float[count * small];
    for (int p = 0; p < count; p++) {
      for (int s = 0; s < small; s++) {
        int i = p * n + 3 * (smallFirst + s);
        out[p * small + s] = light[i] + 2 * light[i + 1] + light[i + 2];
      }
    }
    return out;
  }

  private float[] normals() {
    int count = field.pixels().length;
    int plane = width * height;
    float[] out = new float[3 * count];
    for (int p = 0; p < count; p++) {
      for (int c = 0; c < 3; c++) {
        out[3 * p + c] = field.aovs().normal()[c * plane + field.pixels()[p]];
      }
    }
    return out;
  }

  /** The mean of each value over the covered ones of 3 × 3 pixels. */
  private float[] smooth(float[] values, int channels) {
    int count = field.pixels().length;
    float[] out = new float[values.length];
    IntStream.range(0, count)
        .parallel()
        .forEach(p -> {
          int x = field.pixels()[p] % width;
          int y = field.pixels()[p] / width;
          int found = 0;
          for (int v = Math.max(0, y - 1); v <= Math.min(height - 1, y + 1); v++) {
            for (int u = Math.max(0, x - 1); u <= Math.min(width - 1, x + 1); u++) {
              int q = slot[v * width + u];
              if (q >= 0) {
                found++;
                for (int c = 0; c < channels; c++) {
                  out[p * channels + c] += values[q * channels + c];
                }
              }
            }
          }
          for (int c = 0; c < channels; c++) {
            out[p * channels + c] /= found;
          }
        });
    return out;
  }

  private float[] filtered() {
    float[] out = new float[light.length];
    int count = field.pixels().length;
    IntStream.range(0, (count + 127) / 128)
        .parallel()
        .forEach(chunk -> {
          float[] sum = new float[n];
          float[] total = new float[small + 1];
          int end = Math.min(count, 128 * chunk + 128);
          for (int p = 128 * chunk; p < end; p++) {
            pixel(p, sum, total, out);
          }
        });
    return out;
  }

  private void pixel(int p, float[] sum, float[] total, float[] out) {
    Arrays.fill(sum, 0);
    Arrays.fill(total, 0);
    int x = field.pixels()[p] % width;
    int y = field.pixels()[p] / width;
    int cells = 3 * smallFirst;
    float shadow = SHADOW_SQUARED * (1 + 40 * rough(p));
    for (int v = Math.max(0, y - RADIUS); v <= Math.min(height - 1, y + RADIUS); v++) {
      for (int u = Math.max(0, x - RADIUS); u <= Math.min(width - 1, x + RADIUS); u++) {
        int q = slot[v * width + u];
        if (q < 0) {
          continue;
        }
        float w = q == p ? 1 : weight(p, q, u - x, v - y);
        if (w < 1e-3f) {
          continue;
        }
        // A pixel that is covered in part has seen fewer paths.
        w *= alpha(q);
        int o = q * n;
        for (int i = 0; i < cells; i++) {
          sum[i] += w * light[o + i];
        }
        total[small] += w;
        for (int s = 0; s < small; s++) {
          float a = smallLights[p * small + s];
          float b = smallLights[q * small + s];
          float ws = q == p ? w : w * alike((a - b) * (a - b), a * a + b * b, shadow);
          int i = cells + 3 * s;
          sum[i] += ws * light[o + i];
          sum[i + 1] += ws * light[o + i + 1];
          sum[i + 2] += ws * light[o + i + 2];
          total[s] += ws;
        }
      }
    }
    float coverage = alpha(p);
    for (int i = 0; i < n; i++) {
      float t = i < cells ? total[small] : total[(i - cells) / 3];
      out[p * n + i] = sum[i] / t * coverage * albedo(p, i % 3);
    }
  }

  /** 1 where two values differ by nothing, falling with their difference against their size. */
  private static float alike(float difference, float size, float tolerance) {
    float r = 1 + difference / (tolerance * size + 1e-6f);
    return 1 / (r * r);
  }

  private float weight(int p, int q, int dx, int dy) {
    float exponent = surface(p, q, dx, dy);
    if (exponent > 7) {
      return 0;
    }
    float difference = 0;
    float size = 0;
    for (int i = 0; i < PROBES; i++) {
      float l = probes[p * PROBES + i];
      float m = probes[q * PROBES + i];
      difference += (l - m) * (l - m);
      size += l * l + m * m;
    }
    // Where a few bright paths carry the light, pixels that differ must mix, or it stays in spots.
    float tolerance = LIGHT_SQUARED * (1 + 40 * rough(p));
    return (float) Math.exp(-exponent) * alike(difference, size, tolerance);
  }

  /** How unlikely it is that two pixels show one surface: 0 for the same, above 7 for no. */
  private float surface(int p, int q, int dx, int dy) {
    int plane = width * height;
    int a = field.pixels()[p];
    int b = field.pixels()[q];
    float bend = 0;
    float colour = 0;
    for (int c = 0; c < 3; c++) {
      float e = normals[3 * p + c] - normals[3 * q + c];
      bend += e * e;
      float f = field.aovs().albedo()[c * plane + a] - field.aovs().albedo()[c * plane + b];
      colour += f * f;
    }
    float rough = rough(p);
    float sigma =
        SMOOTH_SIGMA + (ROUGH_SIGMA - SMOOTH_SIGMA) * Math.clamp((rough - 0.06f) / 0.24f, 0, 1);
    float depth =
        (field.aovs().depth()[a] - field.aovs().depth()[b]) / (DEPTH_METRES * (1 + 3 * rough));
    return (dx * dx + dy * dy) / (2 * sigma * sigma)
        + depth * depth
        + bend / (2 * (NORMAL_SQUARED + 0.5f * rough))
        + colour / (2 * COLOUR_SQUARED * (1 + 10 * rough));
  }
}
