package org.pixelcube.diffusion;

import java.util.Arrays;
import org.pixelcube.light.EnvironmentMap;
import org.pixelcube.light.IrradianceMap;
import org.pixelcube.light.PrefilteredMap;
import org.pixelcube.light.Rgb;
import org.pixelcube.math.Rotation;

/**
 * What a frame's light does to surfaces of the normals seen in it, without any shadow: planar
 * {@code (3, h, w)}, linear.
 *
 * @param diffuse irradiance ÷ π: 1 under a uniform map of radiance 1
 * @param sharp radiance about the mirror direction, through a GGX lobe of roughness 0.3
 * @param broad the same of roughness 0.55
 */
public record LightPlanes(float[] diffuse, float[] sharp, float[] broad) {
  private static final double SHARP = 0.3;
  private static final double BROAD = 0.55;
  private static final int IRRADIANCE_CELLS = 64;
  private static final int WIDTH = 256;

  /** A map made ready for many pictures, whichever way it is turned and however it is exposed. */
  public static final class Source {
    private final IrradianceMap irradiance;
    private final PrefilteredMap lobes;

    /**
     * Takes what was prepared before of a map, in its own axes.
     *
     * @param lobes with roughness 0.3 and 0.55
     */
    public Source(IrradianceMap irradiance, PrefilteredMap lobes) {
      if (!Arrays.equals(lobes.roughness(), new double[] {SHARP, BROAD})) {
        throw new IllegalArgumentException("roughness " + Arrays.toString(lobes.roughness()));
      }
      this.irradiance = irradiance;
      this.lobes = lobes;
    }

    /** Prepares a map, in its own axes. */
    public Source(EnvironmentMap map) {
      EnvironmentMap seen = map.width() > WIDTH ? map.downsampled(WIDTH, WIDTH / 2) : map;
      this.irradiance = IrradianceMap.of(seen, IRRADIANCE_CELLS);
      this.lobes = PrefilteredMap.of(seen, SHARP, BROAD);
    }
  }

  /**
   * The light of one frame.
   *
   * @param turn the map's axes to camera space
   * @param gain what its radiance is multiplied by
   * @param side 1, or −1 for the light with left and right exchanged
   */
  public record Light(Source source, Rotation turn, Rgb gain, float side) {
    /** A map in camera space, exposed as the picture. */
    public static Light of(EnvironmentMap map) {
      return new Light(new Source(map), Rotation.IDENTITY, new Rgb(1, 1, 1), 1);
    }

    /** The light with left and right exchanged. */
    public Light mirrored() {
      return new Light(source, turn, gain, -side);
    }

    /**
     * Lights a picture's normals, seen along −Z by a distant camera.
     *
     * @param normals camera space, {@code (3, h, w)}; shorter than 1 where uncertain, black where
     *     they have no length
     */
    public LightPlanes on(float[] normals) {
      int n = normals.length / 3;
      float[] nx = new float[n];
      float[] ny = new float[n];
      float[] nz = new float[n];
      float[] rx = new float[n];
      float[] ry = new float[n];
      float[] rz = new float[n];
      boolean[] there = new boolean[n];
      for (int i = 0; i < n; i++) {
        float x = side * normals[i];
        float y = normals[n + i];
        float z = normals[2 * n + i];
        float length = (float) Math.sqrt(x * x + y * y + z * z);
        there[i] = length > 0.05f;
        nx[i] = there[i] ? x / length : 0;
        ny[i] = there[i] ? y / length : 0;
        nz[i] = there[i] ? z / length : 1;
        rx[i] = 2 * nz[i] * nx[i];
        ry[i] = 2 * nz[i] * ny[i];
        rz[i] = 2 * nz[i] * nz[i] - 1;
      }
      float[] diffuse = new float[3 * n];
      source.irradiance.sample(turn, nx, ny, nz, diffuse);
      float[] sharp = new float[3 * n];
      float[] broad = new float[3 * n];
      source.lobes.sample(0, turn, rx, ry, rz, sharp);
      source.lobes.sample(1, turn, rx, ry, rz, broad);
      float perPi = (float) (1 / Math.PI);
      float[] gains = {(float) gain.red(), (float) gain.green(), (float) gain.blue()};
      for (int i = 0; i < 3 * n; i++) {
        float g = there[i % n] ? gains[i / n] : 0;
        diffuse[i] *= g * perPi;
        sharp[i] *= g;
        broad[i] *= g;
      }
      return new LightPlanes(diffuse, sharp, broad);
    }
  }

  /**
   * The picture that these planes make of a subject without shadows: flat-lit colour times diffuse
   * light, a dielectric's reflection, and what is behind.
   *
   * @param flatLit premultiplied by coverage, linear, {@code (3, h, w)}
   * @param normals as in {@link Light#on}
   * @param matte coverage, {@code (1, h, w)}
   * @param background linear, {@code (3, h, w)}
   */
  public float[] plainPicture(float[] flatLit, float[] normals, float[] matte, float[] background) {
    int n = matte.length;
    float[] out = new float[3 * n];
    for (int i = 0; i < n; i++) {
      float grazing = 1 - Math.clamp(normals[2 * n + i], 0f, 1f);
      float square = grazing * grazing;
      // Schlick's term for skin's index of refraction 1.4; a rough surface never reaches 1.
      float fresnel = GLOSS * matte[i] * (0.028f + 0.2f * square * square * grazing);
      for (int j = i; j < 3 * n; j += n) {
        out[j] =
            Math.max(0, flatLit[j]) * diffuse[j]
                + fresnel * (0.45f * sharp[j] + 0.55f * broad[j])
                + (1 - matte[i]) * background[j];
      }
    }
    return out;
  }

  /** Skin is not everywhere moist. */
  private static final float GLOSS = 0.75f;
}
