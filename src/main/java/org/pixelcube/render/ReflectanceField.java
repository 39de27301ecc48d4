package org.pixelcube.render;

import java.util.Arrays;
import java.util.List;
import java.util.stream.IntStream;
import jdk.incubator.vector.FloatVector;
import jdk.incubator.vector.VectorMask;
import jdk.incubator.vector.VectorOperators;
import jdk.incubator.vector.VectorSpecies;
import org.pixelcube.color.ColorSpace;
import org.pixelcube.image.Image;
import org.pixelcube.light.EnvironmentMap;
import org.pixelcube.light.MapPyramid;
import org.pixelcube.light.Rgb;
import org.pixelcube.math.Vector3;

/**
 * What one frame answers to light: for each pixel that the subject covers, the linear Rec.709
 * radiance towards the camera under each light of a {@link LightBasis}, and what it mirrors
 * sharply. A lighting is then a matrix product (Debevec et al. 2000, "Acquiring the reflectance
 * field of a human face").
 *
 * <p>Everything is weighted by the share of the pixel that the subject covers (premultiplied).
 *
 * @param camera who looked; directions of the basis are in its axes
 * @param pixels index {@code y · width + x} of each covered pixel, growing
 * @param response {@code pixels.length × columns × 3}
 * @param mirror per covered pixel the mean of the unit directions (camera space) that a cornea or
 *     lens mirrors, the shorter the more they spread, and the weight of what comes from there: x,
 *     y, z, weight
 * @param aovs planes of the whole picture
 */
public record ReflectanceField(
    Camera camera, LightBasis basis, int[] pixels, float[] response, float[] mirror, Aovs aovs) {

  private static final VectorSpecies<Float> LANES = FloatVector.SPECIES_256;

  /** The lanes 0, 3 and 6; 1, 4 and 7; 2 and 5. */
  private static final List<VectorMask<Float>> COLOUR =
      IntStream.range(0, 3)
          .mapToObj(c -> VectorMask.fromLong(LANES, 0xFF & (0b1001001L << c)))
          .toList();

  /**
   * What there is at each pixel, planar, each of {@code width × height}; means over the covered
   * part of the pixel.
   *
   * @param alpha share of the pixel that is covered
   * @param albedo linear Rec.709
   * @param normal shading normal in camera space
   * @param depth along the view axis, metres; 0 where nothing is
   * @param motion from where the point was in the frame before to where it is: x right, y down,
   *     pixels
   * @param uv texture coordinates
   * @param roughness perceptual
   */
  public record Aovs(
      float[] alpha,
      float[] albedo,
      float[] normal,
      float[] depth,
      float[] motion,
      float[] uv,
      float[] roughness) {
    static Aovs of(int pixels) {
      return new Aovs(
          new float[pixels],
          new float[3 * pixels],
          new float[3 * pixels],
          new float[pixels],
          new float[2 * pixels],
          new float[2 * pixels],
          new float[pixels]);
    }
  }

  public int width() {
    return camera.width();
  }

  public int height() {
    return camera.height();
  }

  /**
   * The frame under weighted lights, without what is mirrored sharply.
   *
   * @param weights red, green, blue of each column, as {@link LightBasis#weights} gives them
   * @return premultiplied radiance, planar {@code (3, h, w)}
   */
  public float[] product(float[] weights) {
    int columns = basis.columns();
    if (weights.length != 3 * columns) {
      throw new IllegalArgumentException(
          "%d weights for %d columns of three colours".formatted(weights.length, columns));
    }
    int plane = width() * height();
    float[] out = new float[3 * plane];
    IntStream.range(0, (pixels.length + 255) / 256)
        .parallel()
        .forEach(chunk -> {
          int end = Math.min(pixels.length, 256 * chunk + 256);
          float[] sums = new float[3];
          for (int p = 256 * chunk; p < end; p++) {
            weigh(response, p * columns * 3, weights, sums);
            out[pixels[p]] = sums[0];
            out[plane + pixels[p]] = sums[1];
            out[2 * plane + pixels[p]] = sums[2];
          }
        });
    return out;
  }

  /** One pixel: three vectors hold eight columns, in which colours return every third lane. */
  private static void weigh(float[] response, int from, float[] weights, float[] out) {
    FloatVector a = FloatVector.zero(LANES);
    FloatVector b = a;
    FloatVector c = a;
    int size = LANES.length();
    int k = 0;
    for (; k <= weights.length - 3 * size; k += 3 * size) {
      int at = from + k;
      a =
          FloatVector.fromArray(LANES, response, at)
              .fma(FloatVector.fromArray(LANES, weights, k), a);
      b =
          FloatVector.fromArray(LANES, response, at + size)
              .fma(FloatVector.fromArray(LANES, weights, k + size), b);
      c =
          FloatVector.fromArray(LANES, response, at + 2 * size)
              .fma(FloatVector.fromArray(LANES, weights, k + 2 * size), c);
    }
    for (int colour = 0; colour < 3; colour++) {
      out[colour] =
          a.reduceLanes(VectorOperators.ADD, COLOUR.get(colour))
              + b.reduceLanes(VectorOperators.ADD, COLOUR.get((colour + 1) % 3))
              + c.reduceLanes(VectorOperators.ADD, COLOUR.get((colour + 2) % 3));
    }
    for (; k < weights.length; k++) {
      out[k % 3] += response[from + k] * weights[k];
    }
  }

  /**
   * Adds what corneas and lenses mirror of a map in camera space to a premultiplied picture. A
   * pixel of an eye may mirror a wide cone: the mean over a lobe that spreads as its directions do.
   */
  public void addMirrored(MapPyramid map, float[] premultiplied) {
    int plane = width() * height();
    for (int p = 0; p < pixels.length; p++) {
      float weight = mirror[4 * p + 3];
      if (weight > 0) {
        Vector3 mean = new Vector3(mirror[4 * p], mirror[4 * p + 1], mirror[4 * p + 2]);
        // The mean of directions about an axis is shorter than 1 by half their variance on each
        // axis (Mardia and Jupp, "Directional Statistics", 9.2).
        double length = mean.length();
        Rgb radiance = map.radiance(mean, Math.sqrt(Math.max(0, 1 - length)));
        premultiplied[pixels[p]] += (float) (weight * radiance.red());
        premultiplied[plane + pixels[p]] += (float) (weight * radiance.green());
        premultiplied[2 * plane + pixels[p]] += (float) (weight * radiance.blue());
      }
    }
  }

  /**
   * The frame lit by a map in camera space, hard sources through the suns within 3° of them.
   *
   * @return linear Rec.709 with straight alpha, {@code (4, h, w)}
   */
  public Image relit(EnvironmentMap map) {
    return relit(map, HardSources.of(map, 4));
  }

  /** As {@link #relit(EnvironmentMap)} with the map's hard sources given. */
  Image relit(EnvironmentMap map, HardSources sources) {
    float[] premultiplied = product(basis.weights(sources, 3));
    addMirrored(MapPyramid.of(map), premultiplied);
    return straight(premultiplied);
  }

  /** The flat-lit appearance: under a uniform environment of radiance 1. */
  public Image flatLit() {
    float[] weights = new float[3 * basis.columns()];
    Arrays.fill(weights, 0, 3 * basis.bins().count(), 1);
    return straight(product(weights));
  }

  /** A premultiplied picture with the coverage of this frame, alpha straight. */
  public Image straight(float[] premultiplied) {
    int plane = width() * height();
    float[] samples = Arrays.copyOf(premultiplied, 4 * plane);
    System.arraycopy(aovs.alpha(), 0, samples, 3 * plane, plane);
    for (int i : pixels) {
      float alpha = aovs.alpha()[i];
      if (alpha > 0 && alpha < 1) {
        float scale = 1 / alpha;
        for (int c = 0; c < 3; c++) {
          samples[c * plane + i] *= scale;
        }
      }
    }
    return Image.of(width(), height(), 4, ColorSpace.LINEAR_REC709, samples);
  }
}
