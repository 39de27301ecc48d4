package org.pixelcube.light;

import java.util.ArrayList;
import java.util.List;
import org.pixelcube.math.Vector3;

/**
 * A map that can be asked for its mean over a lobe about a direction: halved again and again, so
 * that a few samples see everything, however small a lamp is (as in filtered importance sampling,
 * Křivánek and Colbert 2008). Not for several threads at once.
 */
public final class MapPyramid {
  /** No smaller level is made. */
  private static final int LEAST_WIDTH = 16;

  /** Width of the pixels that are asked, at most, in standard deviations of the lobe. */
  private static final double WIDEST = 0.7;

  /** Distance of samples in pixels, which are narrower away from the equator. */
  private static final double STEP = 0.8;

  /** How far a lobe is followed, in its standard deviations. */
  private static final double REACH = 2.2;

  /** The map, then each half as wide as the one before; made when first asked for. */
  private final List<EnvironmentMap> levels = new ArrayList<>();

  private MapPyramid(EnvironmentMap map) {
    levels.add(map);
  }

  public static MapPyramid of(EnvironmentMap map) {
    return new MapPyramid(map);
  }

  public EnvironmentMap map() {
    return levels.getFirst();
  }

  /**
   * Mean radiance over a Gaussian lobe.
   *
   * @param direction its middle, any length but 0
   * @param sigmaRadians standard deviation along each axis across it; 0 for the map itself
   */
  public Rgb radiance(Vector3 direction, double sigmaRadians) {
    if (WIDEST * sigmaRadians < pixelRadians(map())) {
      return map().radiance(direction);
    }
    EnvironmentMap level = level(WIDEST * sigmaRadians);
    // Samples no further apart than pixels see each lamp with about the same weight, wherever it
    // is.
    // Pixels and the interpolation between them spread by a quarter of a pixel's square; the
    // weights do the rest.
    double pixel = pixelRadians(level);
    double step = STEP * pixel;
    double variance = (sigmaRadians * sigmaRadians - pixel * pixel / 4) / (step * step);
    int reach = (int) Math.ceil(REACH * Math.sqrt(variance));
    Vector3 d = direction.normalized();
    Vector3 right = d.perpendicular();
    Vector3 up = d.cross(right);
    double red = 0;
    double green = 0;
    double blue = 0;
    double weights = 0;
    for (int y = -reach; y <= reach; y++) {
      for (int x = -reach; x <= reach; x++) {
        // Lambert's azimuthal equal-area projection: no direction is further than π.
        double half = 0.5 * step * Math.sqrt(x * x + y * y);
        if (half > 1) {
          continue;
        }
        double weight = Math.exp(-(x * x + y * y) / (2 * variance));
        double across = step * Math.sqrt(1 - half * half);
        Rgb l =
            level.radiance(
                d.times(1 - 2 * half * half)
                    .plus(right.times(across * x))
                    .plus(up.times(across * y)));
        red += weight * l.red();
        green += weight * l.green();
        blue += weight * l.blue();
        weights += weight;
      }
    }
    return new Rgb(red / weights, green / weights, blue / weights);
  }

  private static double pixelRadians(EnvironmentMap map) {
    return 2 * Math.PI / map.width();
  }

  /** The smallest level whose pixels are no wider. */
  private EnvironmentMap level(double widestRadians) {
    int k = 0;
    while (levels.get(k).width() / 2 >= LEAST_WIDTH
        && 2 * pixelRadians(levels.get(k)) <= widestRadians) {
      k++;
      if (k == levels.size()) {
        EnvironmentMap larger = levels.get(k - 1);
        levels.add(larger.resampled(larger.width() / 2, Math.max(1, larger.height() / 2)));
      }
    }
    return levels.get(k);
  }
}
