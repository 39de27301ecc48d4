package org.pixelcube.capture;

import java.util.Random;
import org.pixelcube.image.GaussianBlur;
import org.pixelcube.image.Image;
import org.pixelcube.stage.FrameMarker;

/** Pictures of markers as cameras take them. */
final class MarkerPictures {
  private MarkerPictures() {}

  /** A smooth texture with some edges, linear, three channels. */
  static Image background(int width, int height, Random random) {
    float[] s = new float[3 * width * height];
    double[] phase = random.doubles(12, 0, 6).toArray();
    for (int c = 0; c < 3; c++) {
      for (int y = 0; y < height; y++) {
        for (int x = 0; x < width; x++) {
          double v =
              0.3
                  + 0.15 * Math.sin(0.13 * x + phase[c])
                  + 0.1 * Math.sin(0.07 * y + 0.05 * x + phase[3 + c])
                  + (Math.sin(0.021 * x - 0.017 * y + phase[6]) > 0.4 ? 0.2 : 0);
          s[(c * height + y) * width + x] = (float) v;
        }
      }
    }
    return Image.rgb(width, height, s);
  }

  /**
   * The corners of the black ring of a marker drawn in perspective.
   *
   * @param size side of the whole marker, pixels
   */
  static Corners corners(double centreX, double centreY, double size, double bend, Random random) {
    double turn = (random.nextDouble() - 0.5) * 1.2;
    double half = size / 2 * (FrameMarker.SIDE - 2) / FrameMarker.SIDE;
    double[] x = new double[4];
    double[] y = new double[4];
    double[] ux = {-1, 1, 1, -1};
    double[] uy = {-1, -1, 1, 1};
    for (int k = 0; k < 4; k++) {
      double px = half * (ux[k] + bend * (random.nextDouble() - 0.5));
      double py = half * (uy[k] + bend * (random.nextDouble() - 0.5));
      x[k] = centreX + Math.cos(turn) * px - Math.sin(turn) * py;
      y[k] = centreY + Math.sin(turn) * px + Math.cos(turn) * py;
    }
    return new Corners(x, y);
  }

  /** Draws a marker of a level, smoothed at its edges, over a black frame of half a cell. */
  static Image drawn(Image onto, float[] pattern, Corners corners, double level) {
    int w = onto.width();
    int h = onto.height();
    int side = FrameMarker.SIDE;
    float[] out = onto.samples().clone();
    Corners.Homography map = corners.fromUnitSquare();
    for (int y = 0; y < h; y++) {
      for (int x = 0; x < w; x++) {
        double sum = 0;
        int inside = 0;
        for (int q = 0; q < 4; q++) {
          for (int p = 0; p < 4; p++) {
            double[] uv = map.inverse(x + (p + 0.5) / 4, y + (q + 0.5) / 4);
            double cu = uv[0] * (side - 2) + 1;
            double cv = uv[1] * (side - 2) + 1;
            if (cu > -0.5 && cv > -0.5 && cu < side + 0.5 && cv < side + 0.5) {
              inside++;
              boolean cell = cu >= 0 && cv >= 0 && cu < side && cv < side;
              sum += cell ? pattern[((int) cv) * side + (int) cu] : 0;
            }
          }
        }
        if (inside > 0) {
          for (int c = 0; c < 3; c++) {
            int i = (c * h + y) * w + x;
            out[i] = (float) (out[i] * (16 - inside) / 16 + level * sum / 16);
          }
        }
      }
    }
    return Image.rgb(w, h, out);
  }

  /** What a camera makes of it: exposure, blur, noise of photons and reading, eight bits sRGB. */
  static Image filmed(Image light, double exposure, double blur, double noise, Random random) {
    Image blurred = GaussianBlur.blur(light, blur);
    float[] out = new float[blurred.samples().length];
    for (int i = 0; i < out.length; i++) {
      double v = exposure * blurred.samples()[i];
      v += random.nextGaussian() * noise * (0.1 + Math.sqrt(Math.max(0, v)));
      double code =
          Math.rint(
              255 * org.pixelcube.color.TransferFunction.SRGB.fromLinear(Math.clamp(v, 0, 1)));
      out[i] = (float) org.pixelcube.color.TransferFunction.SRGB.toLinear(code / 255);
    }
    return Image.rgb(light.width(), light.height(), out);
  }
}
