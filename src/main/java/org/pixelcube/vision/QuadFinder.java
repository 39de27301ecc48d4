package org.pixelcube.vision;

import static org.bytedeco.opencv.global.opencv_core.CV_8UC1;
import static org.bytedeco.opencv.global.opencv_imgproc.ADAPTIVE_THRESH_MEAN_C;
import static org.bytedeco.opencv.global.opencv_imgproc.CHAIN_APPROX_SIMPLE;
import static org.bytedeco.opencv.global.opencv_imgproc.RETR_LIST;
import static org.bytedeco.opencv.global.opencv_imgproc.THRESH_BINARY_INV;
import static org.bytedeco.opencv.global.opencv_imgproc.adaptiveThreshold;
import static org.bytedeco.opencv.global.opencv_imgproc.approxPolyDP;
import static org.bytedeco.opencv.global.opencv_imgproc.arcLength;
import static org.bytedeco.opencv.global.opencv_imgproc.contourArea;
import static org.bytedeco.opencv.global.opencv_imgproc.findContours;
import static org.bytedeco.opencv.global.opencv_imgproc.isContourConvex;

import java.util.ArrayList;
import java.util.List;
import org.bytedeco.javacpp.BytePointer;
import org.bytedeco.javacpp.indexer.IntIndexer;
import org.bytedeco.opencv.opencv_core.Mat;
import org.bytedeco.opencv.opencv_core.MatVector;
import org.pixelcube.image.Image;

/** Dark quadrilaterals on a lighter ground, such as squares seen in perspective. */
public final class QuadFinder {
  /** Sides of the windows whose mean is the threshold, as shares of the longer side. */
  private static final double[] WINDOWS = {0.02, 0.06, 0.15};

  /** How much darker than the mean of its window, of 255, dark is. */
  private static final double DARKER = 6;

  /** How far a side may bend, as a share of the contour's length. */
  private static final double BEND = 0.04;

  private QuadFinder() {}

  /**
   * A convex quadrilateral.
   *
   * @param x of the corners in pixels, clockwise on the screen, beginning anywhere; pixel centres
   *     lie at half numbers
   * @param y downwards
   */
  public record Quad(double[] x, double[] y) {}

  /**
   * Finds them, to about a pixel; one square may be found several times.
   *
   * @param lightness encoded, in [0, 1], {@code (1, h, w)}
   * @param leastSide of a quadrilateral, pixels
   */
  public static List<Quad> find(Image lightness, double leastSide) {
    if (lightness.channels() != 1) {
      throw new IllegalArgumentException("quads in %s (expected one channel)".formatted(lightness));
    }
    List<Quad> found = new ArrayList<>();
    int longer = Math.max(lightness.width(), lightness.height());
    try (Mat picture = bytes(lightness)) {
      for (double window : WINDOWS) {
        int side = Math.max(3, (int) Math.round(window * longer)) | 1;
        try (Mat dark = new Mat();
            MatVector contours = new MatVector()) {
          adaptiveThreshold(
              picture, dark, 255, ADAPTIVE_THRESH_MEAN_C, THRESH_BINARY_INV, side, DARKER);
          findContours(dark, contours, RETR_LIST, CHAIN_APPROX_SIMPLE);
          for (long i = 0; i < contours.size(); i++) {
            try (Mat contour = contours.get(i)) {
              quad(contour, leastSide, found);
            }
          }
        }
      }
    }
    return found;
  }

  private static void quad(Mat contour, double leastSide, List<Quad> found) {
    double length = arcLength(contour, true);
    if (length < 4 * leastSide) {
      return;
    }
    try (Mat corners = new Mat()) {
      approxPolyDP(contour, corners, BEND * length, true);
      if (corners.rows() != 4
          || !isContourConvex(corners)
          || contourArea(corners) < leastSide * leastSide) {
        return;
      }
      double[] x = new double[4];
      double[] y = new double[4];
      try (IntIndexer index = corners.createIndexer()) {
        for (int k = 0; k < 4; k++) {
          x[k] = index.get(k, 0, 0) + 0.5;
          y[k] = index.get(k, 0, 1) + 0.5;
        }
      }
      // y points down: a positive area goes round clockwise on the screen.
      double area = 0;
      for (int k = 0; k < 4; k++) {
        int next = (k + 1) % 4;
        area += x[k] * y[next] - x[next] * y[k];
      }
      found.add(area > 0 ? new Quad(x, y) : new Quad(turned(x), turned(y)));
    }
  }

  private static double[] turned(double[] v) {
    return new double[] {v[0], v[3], v[2], v[1]};
  }

  private static Mat bytes(Image lightness) {
    float[] s = lightness.samples();
    byte[] bytes = new byte[s.length];
    for (int i = 0; i < bytes.length; i++) {
      // Not a number becomes 0 in the cast.
      bytes[i] = (byte) (int) (Math.clamp(s[i], 0f, 1f) * 255 + 0.5f);
    }
    Mat mat = new Mat(lightness.height(), lightness.width(), CV_8UC1);
    try (BytePointer data = mat.data()) {
      data.put(bytes, 0, bytes.length);
    }
    return mat;
  }
}
