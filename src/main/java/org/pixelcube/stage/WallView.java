package org.pixelcube.stage;

import java.util.List;
import org.pixelcube.image.Image;
import org.pixelcube.light.EnvironmentMap;
import org.pixelcube.math.Matrix3;
import org.pixelcube.math.Vector3;

/**
 * The wall as the subject's head sees it: an environment map of what the panels shine. Openings are
 * black. Tables are made once for a rig.
 */
public final class WallView {
  /** Rays a side in each pixel of the map. */
  private static final int SUBS = 2;

  private final int height;
  private final int rasterPlane;
  private final int[] sources;
  private final float[] falloff;
  private final short[] makes;
  private final List<PanelGeometry> panels;
  private final double peakNits;

  /**
   * A view.
   *
   * @param height rows of the map; it has twice as many columns
   */
  public WallView(Rig rig, int height) {
    this.height = height;
    this.rasterPlane = rig.raster().width() * rig.raster().height();
    this.panels = rig.geometry();
    this.peakNits = panels.stream().mapToDouble(g -> g.type().peakNits()).max().orElseThrow();
    int columns = 2 * height * SUBS;
    int rows = height * SUBS;
    sources = new int[columns * rows];
    falloff = new float[columns * rows];
    makes = new short[columns * rows];
    for (int y = 0, i = 0; y < rows; y++) {
      for (int x = 0; x < columns; x++, i++) {
        Vector3 d = EnvironmentMap.direction((x + 0.5) / columns, (y + 0.5) / rows);
        trace(rig, d, i);
      }
    }
  }

  private void trace(Rig rig, Vector3 d, int i) {
    double nearest = Double.POSITIVE_INFINITY;
    sources[i] = -1;
    for (int k = 0; k < panels.size(); k++) {
      PanelGeometry g = panels.get(k);
      double[] hit = g.hit(rig.head(), d);
      if (hit != null && hit[2] < nearest) {
        nearest = hit[2];
        int px = Math.min(g.pixelsWide() - 1, (int) (hit[0] * g.pixelsWide()));
        int py = Math.min(g.pixelsHigh() - 1, (int) (hit[1] * g.pixelsHigh()));
        sources[i] = g.rasterIndex(px, py, rig.raster().width());
        falloff[i] = (float) g.type().viewingAngle().relativeRadiance(-d.dot(g.normal()));
        makes[i] = (short) k;
      }
    }
  }

  /** The luminance that 1.0 of the map stands for, cd/m²: the peak of the brightest panels. */
  public double nitsPerUnit() {
    return peakNits;
  }

  /**
   * The map that a raster picture makes.
   *
   * @param samples linear shares of each panel's range in native primaries, {@code (3, h, w)} of
   *     the raster
   * @return linear Rec.709 in the axes of the world; colours outside Rec.709 are cut off at 0
   */
  public EnvironmentMap map(float[] samples) {
    if (samples.length != 3 * rasterPlane) {
      throw new IllegalArgumentException(
          "%d samples for a raster of %d pixels".formatted(samples.length, rasterPlane));
    }
    Matrix3[] toRec709 = panels.stream().map(g -> g.type().toRec709()).toArray(Matrix3[]::new);
    int width = 2 * height;
    int n = width * height;
    float[] out = new float[3 * n];
    double[] weight = new double[SUBS];
    for (int y = 0; y < height; y++) {
      double total = 0;
      for (int s = 0; s < SUBS; s++) {
        weight[s] = Math.sin(Math.PI * (y * SUBS + s + 0.5) / (height * SUBS));
        total += weight[s];
      }
      for (int x = 0; x < width; x++) {
        double r = 0;
        double g = 0;
        double b = 0;
        for (int s = 0; s < SUBS; s++) {
          for (int t = 0; t < SUBS; t++) {
            int i = (y * SUBS + s) * width * SUBS + x * SUBS + t;
            int at = sources[i];
            if (at < 0) {
              continue;
            }
            PanelType type = panels.get(makes[i]).type();
            double black = type.blackNits() / peakNits;
            double range = (type.peakNits() - type.blackNits()) / peakNits;
            Vector3 rgb =
                toRec709[makes[i]].apply(
                    new Vector3(
                        black + range * samples[at],
                        black + range * samples[rasterPlane + at],
                        black + range * samples[2 * rasterPlane + at]));
            double w = weight[s] / total / SUBS * falloff[i];
            r += w * rgb.x();
            g += w * rgb.y();
            b += w * rgb.z();
          }
        }
        int o = y * width + x;
        out[o] = (float) Math.max(0, r);
        out[n + o] = (float) Math.max(0, g);
        out[2 * n + o] = (float) Math.max(0, b);
      }
    }
    return EnvironmentMap.of(Image.rgb(width, height, out));
  }
}
