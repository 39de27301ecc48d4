package org.pixelcube.render;

import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import org.pixelcube.image.Image;
import org.pixelcube.light.EnvironmentMap;
import org.pixelcube.math.Vector3;

/**
 * The small, strong sources of a map (sun, bare lamps) taken out of it, so that they can light
 * through columns of their own with sharp shadows, while the rest goes through the directional
 * cells.
 *
 * @param sources strongest first
 * @param rest the map without them: their light replaced by that around them
 */
public record HardSources(List<Source> sources, EnvironmentMap rest) {
  /** Widest source that counts as hard, as the diameter of the disc of the same solid angle. */
  private static final double WIDEST_DEGREES = 7;

  /** Widest lamp that is taken apart. */
  private static final double WIDEST_LAMP_DEGREES = 30;

  /** How long its parts may be. */
  private static final double LONGEST_PART_DEGREES = 8;

  private static final double LEAST_SHARE = 0.02;

  /**
   * One source.
   *
   * @param direction to its centre of energy
   * @param irradiance on a plane that faces it, linear Rec.709
   * @param diameterDegrees of the disc of the same solid angle
   */
  public record Source(Vector3 direction, float[] irradiance, double diameterDegrees) {}

  /**
   * Finds them: connected regions brighter than eight times the map's mean radiance, within reach
   * of their own peak, no wider than 7° and of at least 2 % of the map's energy.
   *
   * @param most how many to take out at most
   */
  public static HardSources of(EnvironmentMap map, int most) {
    return of(map, most, WIDEST_DEGREES, Double.POSITIVE_INFINITY);
  }

  /**
   * As {@link #of(EnvironmentMap, int)} with lamps up to 30° wide, each cut across until its parts
   * are not much longer than wide and none is longer than 8°, so that discs of their solid angle
   * have about the lamp's shape.
   *
   * @param most parts to take out at most
   */
  public static HardSources inParts(EnvironmentMap map, int most) {
    return of(map, most, WIDEST_LAMP_DEGREES, LONGEST_PART_DEGREES);
  }

  private static HardSources of(
      EnvironmentMap map, int most, double widestDegrees, double longestDegrees) {
    int w = map.width();
    int h = map.height();
    float[] luminance = map.luminance();
    double mean = 0;
    double sphere = 0;
    for (int y = 0; y < h; y++) {
      double solid = map.solidAngle(y);
      for (int x = 0; x < w; x++) {
        mean += solid * luminance[y * w + x];
        sphere += solid;
      }
    }
    double total = mean;
    mean /= sphere;
    boolean[] seen = new boolean[w * h];
    List<Region> regions = new ArrayList<>();
    List<Integer> order = new ArrayList<>();
    for (int i = 0; i < w * h; i++) {
      if (luminance[i] > 8 * mean) {
        order.add(i);
      }
    }
    order.sort(Comparator.comparingDouble(i -> -luminance[i]));
    for (int start : order) {
      if (seen[start]) {
        continue;
      }
      // What belongs to a lamp is within a twentieth of its peak.
      double least = Math.max(8 * mean, luminance[start] / 20);
      List<Integer> pixels = new ArrayList<>();
      ArrayDeque<Integer> front = new ArrayDeque<>();
      front.add(start);
      seen[start] = true;
      double energy = 0;
      double solidAngle = 0;
      while (!front.isEmpty()) {
        int i = front.remove();
        pixels.add(i);
        int y = i / w;
        int x = i % w;
        energy += map.solidAngle(y) * luminance[i];
        solidAngle += map.solidAngle(y);
        for (int k = 0; k < 4; k++) {
          int ny = y + (k == 0 ? -1 : k == 1 ? 1 : 0);
          int nx = Math.floorMod(x + (k == 2 ? -1 : k == 3 ? 1 : 0), w);
          int j = ny * w + nx;
          if (ny >= 0 && ny < h && !seen[j] && luminance[j] > least) {
            seen[j] = true;
            front.add(j);
          }
        }
      }
      if (diameterDegrees(solidAngle) <= widestDegrees && energy >= LEAST_SHARE * total) {
        regions.addAll(
            new Region(pixels, energy, solidAngle).parts(map, luminance, longestDegrees));
      }
    }
    regions.sort(Comparator.comparingDouble(r -> -r.energy()));
    List<Source> sources = new ArrayList<>();
    float[] rest = map.image().samples().clone();
    int plane = w * h;
    List<Region> taken = regions.subList(0, Math.min(most, regions.size()));
    boolean[] inside = new boolean[plane];
    taken.forEach(region -> region.pixels().forEach(i -> inside[i] = true));
    for (Region region : taken) {
      double[] fill = around(map, region.pixels(), inside);
      Vector3 centre = Vector3.ZERO;
      float[] irradiance = new float[3];
      for (int i : region.pixels()) {
        double solid = map.solidAngle(i / w);
        centre = centre.plus(map.pixelDirection(i % w, i / w).times(solid * luminance[i]));
        for (int c = 0; c < 3; c++) {
          double extra = Math.max(0, rest[c * plane + i] - fill[c]);
          irradiance[c] += (float) (solid * extra);
          rest[c * plane + i] -= (float) extra;
        }
      }
      sources.add(
          new Source(centre.normalized(), irradiance, diameterDegrees(region.solidAngle())));
    }
    return new HardSources(List.copyOf(sources), EnvironmentMap.of(Image.rgb(w, h, rest)));
  }

  /** Connected bright pixels, or some of them. */
  private record Region(List<Integer> pixels, double energy, double solidAngle) {

    /** Cuts the region across its length until no part is long. */
    List<Region> parts(EnvironmentMap map, float[] luminance, double longestDegrees) {
      int w = map.width();
      Vector3 middle = Vector3.ZERO;
      for (int i : pixels) {
        middle = middle.plus(map.pixelDirection(i % w, i / w).times(map.solidAngle(i / w)));
      }
      middle = middle.normalized();
      Vector3 right = middle.perpendicular();
      Vector3 up = right.cross(middle);
      double xx = 0;
      double xy = 0;
      double yy = 0;
      for (int i : pixels) {
        Vector3 d = map.pixelDirection(i % w, i / w);
        double share = map.solidAngle(i / w) / solidAngle;
        xx += share * d.dot(right) * d.dot(right);
        xy += share * d.dot(right) * d.dot(up);
        yy += share * d.dot(up) * d.dot(up);
      }
      // Variances along the axes of the ellipse; a line of length l has l²/12.
      double mean = (xx + yy) / 2;
      double spread = Math.hypot((xx - yy) / 2, xy);
      double longest = Math.toDegrees(Math.sqrt(12 * (mean + spread)));
      double widest = Math.toDegrees(Math.sqrt(12 * Math.max(0, mean - spread)));
      boolean tube = longest > 2 && longest > 1.8 * widest;
      if (pixels.size() < 2
          || longestDegrees == Double.POSITIVE_INFINITY
          || (longest <= longestDegrees && !tube)) {
        return List.of(this);
      }
      double angle = 0.5 * Math.atan2(2 * xy, xx - yy);
      Vector3 along = right.times(Math.cos(angle)).plus(up.times(Math.sin(angle)));
      Vector3 centre = middle;
      List<Region> out = new ArrayList<>();
      for (boolean side : new boolean[] {false, true}) {
        List<Integer> half =
            pixels.stream()
                .filter(i -> map.pixelDirection(i % w, i / w).minus(centre).dot(along) > 0 == side)
                .toList();
        double light = half.stream().mapToDouble(i -> map.solidAngle(i / w) * luminance[i]).sum();
        double solid = half.stream().mapToDouble(i -> map.solidAngle(i / w)).sum();
        if (half.size() == pixels.size()) {
          return List.of(this);
        }
        if (!half.isEmpty()) {
          out.addAll(new Region(half, light, solid).parts(map, luminance, longestDegrees));
        }
      }
      return out;
    }
  }

  private static double diameterDegrees(double solidAngle) {
    return 2 * Math.toDegrees(Math.acos(Math.max(-1, 1 - solidAngle / (2 * Math.PI))));
  }

  /** The mean of the pixels just outside a region. */
  private static double[] around(EnvironmentMap map, List<Integer> pixels, boolean[] inside) {
    int w = map.width();
    int h = map.height();
    float[] samples = map.image().samples();
    double[] sum = new double[3];
    int count = 0;
    for (int i : pixels) {
      for (int dy = -2; dy <= 2; dy++) {
        for (int dx = -2; dx <= 2; dx++) {
          int y = i / w + dy;
          int j = y * w + Math.floorMod(i % w + dx, w);
          if (y >= 0 && y < h && !inside[j]) {
            for (int c = 0; c < 3; c++) {
              sum[c] += samples[c * w * h + j];
            }
            count++;
          }
        }
      }
    }
    for (int c = 0; c < 3; c++) {
      sum[c] /= Math.max(1, count);
    }
    return sum;
  }
}
