package org.pixelcube.render;

import java.util.ArrayList;
import java.util.List;
import org.pixelcube.light.EnvironmentMap;
import org.pixelcube.math.Vector3;

/**
 * The lights that a reflectance field answers to, one column each, in this order: the cells of the
 * sphere (unit radiance in the cell), suns and lamps (unit irradiance on a plane that faces them),
 * flat panels near the subject (unit radiance of the panel's front). Directions are in camera
 * space, panels in the world.
 *
 * @param bins cells of the sphere
 * @param suns discs far away
 * @param panels of an LED rig
 */
public record LightBasis(DirectionBins bins, List<Sun> suns, List<Panel> panels) {
  /** How much wider or narrower a source may be than the sun it shines through. */
  private static final double MOST_WIDTH_RATIO = 3;

  /**
   * A disc far away that shines evenly.
   *
   * @param direction unit vector to its middle, camera space
   * @param diameterDegrees seen from the subject; the sun has {@value #SUN_DEGREES}
   */
  public record Sun(Vector3 direction, double diameterDegrees) {
    public static final double SUN_DEGREES = 0.53;

    public Sun {
      if (!(diameterDegrees > 0 && diameterDegrees <= 180)) {
        throw new IllegalArgumentException(
            "a sun of %s° (expected above 0, at most 180)".formatted(diameterDegrees));
      }
    }

    /**
     * Whether a source may shine through this as far as its width goes: within a factor of {@value
     * #MOST_WIDTH_RATIO}, since a map's pixels make a sun look wider.
     */
    public boolean isAsWideAs(HardSources.Source source) {
      double ratio = Math.max(SUN_DEGREES, source.diameterDegrees()) / diameterDegrees;
      return ratio <= MOST_WIDTH_RATIO && ratio >= 1 / MOST_WIDTH_RATIO;
    }
  }

  /**
   * A rectangle that shines from its front, the side from which {@code right} × {@code up} points.
   *
   * @param corner lower left corner, metres, world
   * @param right along the lower edge, its length the width
   * @param up along the left edge
   */
  public record Panel(Vector3 corner, Vector3 right, Vector3 up) {
    public Vector3 normal() {
      return right.cross(up).normalized();
    }

    public double area() {
      return right.cross(up).length();
    }
  }

  public LightBasis {
    suns = List.copyOf(suns);
    panels = List.copyOf(panels);
  }

  private static final double LAMP_DEGREES = 4;

  /** 144 cells and no suns. */
  public static LightBasis cells() {
    return new LightBasis(new DirectionBins(12), List.of(), List.of());
  }

  /** This basis with suns in other places. */
  public LightBasis withSuns(List<Sun> others) {
    return new LightBasis(bins, others, panels);
  }

  /**
   * Suns spread evenly over the part of the sphere from which a sun lights what the camera sees: a
   * Fibonacci lattice without the cone of {@code emptyDegrees} about −Z. Every third is a lamp of
   * {@value #LAMP_DEGREES}°.
   */
  public static List<Sun> spreadSuns(int count, double turnDegrees, double emptyDegrees) {
    List<Sun> suns = new ArrayList<>();
    double lowest = -Math.cos(Math.toRadians(emptyDegrees));
    double golden = Math.PI * (3 - Math.sqrt(5));
    for (int i = 0; i < count; i++) {
      double z = 1 - (1 - lowest) * (i + 0.5) / count;
      double r = Math.sqrt(1 - z * z);
      double phi = golden * i + Math.toRadians(turnDegrees);
      suns.add(
          new Sun(
              new Vector3(r * Math.cos(phi), r * Math.sin(phi), z),
              i % 3 == 2 ? LAMP_DEGREES : Sun.SUN_DEGREES));
    }
    return suns;
  }

  public int columns() {
    return bins.count() + suns.size() + panels.size();
  }

  /** The column of the first sun. */
  public int firstSun() {
    return bins.count();
  }

  /** The column of the first panel. */
  public int firstPanel() {
    return bins.count() + suns.size();
  }

  /**
   * How strongly each column shines under a map in camera space, all of it through the cells.
   *
   * @return red, green, blue of each column in turn
   */
  public float[] weights(EnvironmentMap map) {
    float[] weights = new float[3 * columns()];
    float[] cells = bins.weights(map);
    System.arraycopy(cells, 0, weights, 0, cells.length);
    return weights;
  }

  /**
   * How strongly each column shines under a map whose hard sources light through the suns they lie
   * at and are about as wide as. A source further from every such sun than {@code reachDegrees}
   * stays in the cells.
   */
  public float[] weights(HardSources sources, double reachDegrees) {
    float[] weights = weights(sources.rest());
    for (HardSources.Source source : sources.sources()) {
      int nearest = -1;
      double best = Math.cos(Math.toRadians(reachDegrees));
      for (int i = 0; i < suns.size(); i++) {
        double cosine = suns.get(i).direction().dot(source.direction());
        if (cosine >= best && suns.get(i).isAsWideAs(source)) {
          best = cosine;
          nearest = i;
        }
      }
      if (nearest < 0) {
        bins.addLamp(source.direction(), source.irradiance(), weights);
        continue;
      }
      for (int c = 0; c < 3; c++) {
        weights[3 * (firstSun() + nearest) + c] += source.irradiance()[c];
      }
    }
    return weights;
  }
}
