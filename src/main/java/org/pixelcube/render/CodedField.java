package org.pixelcube.render;

import java.util.Arrays;
import org.pixelcube.image.Image;
import org.pixelcube.light.EnvironmentMap;
import org.pixelcube.light.MapPyramid;

/**
 * A {@link ReflectanceField} in the patterns of a {@link FieldBasis}: relit without ever being
 * expanded, as U · (V · w).
 *
 * @param camera who looked
 * @param pixels index {@code y · width + x} of each covered pixel, growing
 * @param levels coefficients of each covered pixel, in steps of the basis
 * @param mirror as in {@link ReflectanceField}
 * @param aovs as in {@link ReflectanceField}
 */
public record CodedField(
    Camera camera,
    FieldBasis basis,
    int[] pixels,
    LevelBlocks levels,
    float[] mirror,
    ReflectanceField.Aovs aovs) {

  /**
   * The frame under weighted lights, without what is mirrored sharply.
   *
   * @param weights red, green, blue of each column, as {@link LightBasis#weights} gives them
   * @return premultiplied radiance, planar {@code (3, h, w)}
   */
  public float[] product(float[] weights) {
    float[] light = basis.project(weights);
    for (int i = 0; i < light.length; i++) {
      light[i] *= basis.step();
    }
    float[] out = new float[3 * camera.width() * camera.height()];
    levels.weigh(light, pixels, out);
    return out;
  }

  /** Adds what corneas and lenses mirror of a map in camera space to a premultiplied picture. */
  public void addMirrored(MapPyramid map, float[] premultiplied) {
    shell(new float[0]).addMirrored(map, premultiplied);
  }

  /** A premultiplied picture with the coverage of this frame, alpha straight. */
  public Image straight(float[] premultiplied) {
    return shell(new float[0]).straight(premultiplied);
  }

  /**
   * The frame lit by a map in camera space, hard sources through the suns within 3° of them.
   *
   * @return linear Rec.709 with straight alpha, {@code (4, h, w)}
   */
  public Image relit(EnvironmentMap map) {
    float[] premultiplied = product(basis.lights().weights(HardSources.of(map, 4), 3));
    addMirrored(MapPyramid.of(map), premultiplied);
    return straight(premultiplied);
  }

  /** The flat-lit appearance: under a uniform environment of radiance 1. */
  public Image flatLit() {
    float[] weights = new float[3 * basis.lights().columns()];
    Arrays.fill(weights, 0, 3 * basis.lights().bins().count(), 1);
    return straight(product(weights));
  }

  /**
   * The flat-lit colour: under even light from the camera's side ({@link FrontLight}), divided by
   * what a matt surface of the same normal gets of it. Where light from behind adds nothing it is
   * {@link #flatLit}.
   *
   * @return linear Rec.709 with straight alpha, {@code (4, h, w)}
   */
  public Image frontLit() {
    float[] bins = FrontLight.weights(basis.lights().bins());
    float[] weights = new float[3 * basis.lights().columns()];
    for (int i = 0; i < 3 * bins.length; i++) {
      weights[i] = bins[i / 3];
    }
    float[] lit = product(weights);
    int n = lit.length / 3;
    float[] normal = aovs.normal();
    for (int i = 0; i < n; i++) {
      float share = FrontLight.share(FrontLight.unitZ(normal[i], normal[n + i], normal[2 * n + i]));
      float by = 1 / Math.max(share, LEAST_SHARE);
      for (int c = 0; c < 3; c++) {
        lit[c * n + i] *= by;
      }
    }
    return straight(lit);
  }

  /** Surfaces that look away from the camera, as far as any are seen, are not made brighter. */
  private static final float LEAST_SHARE = 0.25f;

  /** The field itself, as far as the patterns hold it. */
  public ReflectanceField expanded() {
    int rank = basis.rank();
    int n = 3 * basis.lights().columns();
    float[] patterns = basis.patterns();
    float[] response = new float[pixels.length * n];
    float[] row = new float[rank];
    for (int p = 0; p < pixels.length; p++) {
      levels.read(p, row);
      for (int m = 0; m < rank; m++) {
        float a = basis.step() * row[m];
        if (a != 0) {
          for (int i = 0; i < n; i++) {
            response[p * n + i] += a * patterns[m * n + i];
          }
        }
      }
    }
    return shell(response);
  }

  private ReflectanceField shell(float[] response) {
    return new ReflectanceField(camera, basis.lights(), pixels, response, mirror, aovs);
  }
}
