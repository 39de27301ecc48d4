package org.pixelcube.stage;

import java.util.List;
import org.pixelcube.image.Image;

/**
 * What the raster shows for one frame of the wall: light relative to each panel's range, 0 its
 * black, 1 its peak, per native primary, before the EOTF.
 *
 * @param width columns of the raster
 * @param height rows
 * @param samples {@code (3, h, w)}; 0 where there is no panel
 */
public record DriveFrame(int width, int height, float[] samples) {
  public DriveFrame {
    if (samples.length != 3 * width * height) {
      throw new IllegalArgumentException(
          "%d samples for a raster of %d×%d".formatted(samples.length, width, height));
    }
  }

  /** Nothing lit. */
  public static DriveFrame black(Rig.Raster raster) {
    return new DriveFrame(
        raster.width(), raster.height(), new float[3 * raster.width() * raster.height()]);
  }

  /**
   * The code values, as fractions of the largest code, rounded to the raster's bits: by each
   * panel's EOTF. They are no colour; written to a PNG of 16 bits they are the codes scaled to 16
   * bits.
   *
   * @return {@code (3, h, w)}
   */
  public Image codes(Rig rig) {
    float[] out = new float[samples.length];
    int plane = width * height;
    int white = rig.raster().white();
    CodeLookup.Cache lookups = new CodeLookup.Cache(white);
    for (PanelGeometry g : rig.geometry()) {
      CodeLookup lookup = lookups.of(g.type());
      forEachPixel(
          g,
          i -> {
            for (int c = 0; c < 3; c++) {
              out[c * plane + i] = (float) lookup.code(samples[c * plane + i]) / white;
            }
          });
    }
    return Image.data(width, height, 3, out);
  }

  /**
   * The light that code values stand for: what {@link #codes} rounded.
   *
   * @param codes fractions of the largest code, {@code (3, h, w)}
   */
  public static DriveFrame ofCodes(Rig rig, Image codes) {
    int w = codes.width();
    int h = codes.height();
    float[] s = codes.samples();
    float[] out = new float[3 * w * h];
    for (PanelGeometry g : rig.geometry()) {
      PanelType type = g.type();
      int white = rig.raster().white();
      float[] light = new float[white + 1];
      for (int k = 0; k <= white; k++) {
        light[k] = (float) type.eotf().toLinear((double) k / white, type.peakNits());
      }
      new DriveFrame(w, h, out)
          .forEachPixel(
              g,
              i -> {
                for (int c = 0; c < 3; c++) {
                  float signal = Math.clamp(s[c * w * h + i], 0f, 1f);
                  out[c * w * h + i] = light[Math.round(signal * white)];
                }
              });
    }
    return new DriveFrame(w, h, out);
  }

  /** Gives the raster index of each pixel of a panel, row after row. */
  void forEachPixel(PanelGeometry g, java.util.function.IntConsumer use) {
    for (int y = 0; y < g.pixelsHigh(); y++) {
      for (int x = 0; x < g.pixelsWide(); x++) {
        use.accept(g.rasterIndex(x, y, width));
      }
    }
  }

  /** A panel's picture as seen from in front, {@code (3, pixelsHigh, pixelsWide)}. */
  public Image panel(PanelGeometry g) {
    int n = g.pixelsWide() * g.pixelsHigh();
    float[] out = new float[3 * n];
    for (int y = 0, k = 0; y < g.pixelsHigh(); y++) {
      for (int x = 0; x < g.pixelsWide(); x++, k++) {
        int i = g.rasterIndex(x, y, width);
        for (int c = 0; c < 3; c++) {
          out[c * n + k] = samples[c * width * height + i];
        }
      }
    }
    return Image.data(g.pixelsWide(), g.pixelsHigh(), 3, out);
  }

  /** Mean light of each panel, {@code [panel][3]}, in the order of the rig's panels. */
  public double[][] panelMeans(List<PanelGeometry> panels) {
    double[][] means = new double[panels.size()][3];
    for (int p = 0; p < means.length; p++) {
      PanelGeometry g = panels.get(p);
      double[] sum = means[p];
      forEachPixel(
          g,
          i -> {
            for (int c = 0; c < 3; c++) {
              sum[c] += samples[c * width * height + i];
            }
          });
      for (int c = 0; c < 3; c++) {
        sum[c] /= (double) g.pixelsWide() * g.pixelsHigh();
      }
    }
    return means;
  }
}
