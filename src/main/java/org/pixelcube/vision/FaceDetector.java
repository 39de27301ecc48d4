package org.pixelcube.vision;

import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import org.pixelcube.image.Image;

/**
 * Finds faces by BlazeFace, short range (Bazarevsky et al. 2019): boxes with the direction of the
 * eyes.
 *
 * <p>Sees faces larger than about a tenth of the view it is given; {@link #search} gives it smaller
 * and smaller views until something is found.
 */
final class FaceDetector implements AutoCloseable {
  private static final int SIDE = 128;
  private static final int VALUES = 16;
  private static final float MIN_SCORE = 0.5f;
  private static final double MAX_OVERLAP = 0.3;

  /** Views smaller than this would only find faces under about 25 pixels. */
  private static final double SMALLEST_VIEW = 190;

  private static final double VIEW_RATIO = 0.6;

  /** Anchor centres in [0, 1], x and y in turn. */
  private static final float[] ANCHORS = anchors();

  private final LiteModel network;

  /**
   * A face found.
   *
   * @param x left edge of the box in pixels
   * @param y top edge
   * @param eyeAngleRadians direction from the subject's right eye to the left one, clockwise on the
   *     screen
   * @param score probability in [0, 1]
   */
  record Detection(
      double x, double y, double width, double height, double eyeAngleRadians, float score) {
    /** The square the landmark network wants: upright by the eyes, half as large again. */
    Region region() {
      return new Region(
          x + width / 2, y + height / 2, 1.5 * Math.max(width, height), eyeAngleRadians);
    }

    double overlap(Detection other) {
      double w = Math.min(x + width, other.x + other.width) - Math.max(x, other.x);
      double h = Math.min(y + height, other.y + other.height) - Math.max(y, other.y);
      if (w <= 0 || h <= 0) {
        return 0;
      }
      return w * h / (width * height + other.width * other.height - w * h);
    }
  }

  FaceDetector(byte[] file, int threads) {
    network = new LiteModel("face detector", file, threads);
  }

  /** One grid of 16 × 16 with two anchors a cell, then one of 8 × 8 with six. */
  private static float[] anchors() {
    float[] anchors = new float[896 * 2];
    int at = 0;
    for (int[] layer : new int[][] {{16, 2}, {8, 6}}) {
      for (int cell = 0; cell < layer[0] * layer[0]; cell++) {
        for (int k = 0; k < layer[1]; k++) {
          anchors[at++] = (cell % layer[0] + 0.5f) / layer[0];
          anchors[at++] = (Math.floorDiv(cell, layer[0]) + 0.5f) / layer[0];
        }
      }
    }
    return anchors;
  }

  /** The faces in one square view of the picture, best first. */
  List<Detection> detect(Image linear, Region view) {
    float[][] outputs = network.run(view.sample(linear, SIDE, -1, 1, true));
    float[] boxes = outputs[0].length == 896 * VALUES ? outputs[0] : outputs[1];
    float[] scores = outputs[0].length == 896 * VALUES ? outputs[1] : outputs[0];
    List<Detection> found = new ArrayList<>();
    for (int i = 0; i < scores.length; i++) {
      float score = (float) (1 / (1 + Math.exp(-Math.clamp(scores[i], -100f, 100f))));
      if (score < MIN_SCORE) {
        continue;
      }
      int b = i * VALUES;
      double u = boxes[b] / SIDE + ANCHORS[2 * i];
      double v = boxes[b + 1] / SIDE + ANCHORS[2 * i + 1];
      double width = boxes[b + 2] / SIDE * view.size();
      double height = boxes[b + 3] / SIDE * view.size();
      // The first two of six points are the eyes.
      double eyeAngle =
          view.angleRadians()
              + Math.atan2(boxes[b + 7] - boxes[b + 5], boxes[b + 6] - boxes[b + 4]);
      found.add(
          new Detection(
              view.x(u, v) - width / 2, view.y(u, v) - height / 2, width, height, eyeAngle, score));
    }
    return suppress(found);
  }

  /**
   * Weighted non-maximum suppression: boxes that overlap the best one are averaged into it by
   * score.
   */
  static List<Detection> suppress(List<Detection> found) {
    List<Detection> rest = new ArrayList<>(found);
    rest.sort(Comparator.comparingDouble(Detection::score).reversed());
    List<Detection> kept = new ArrayList<>();
    while (!rest.isEmpty()) {
      Detection best = rest.getFirst();
      double sum = 0;
      double x = 0;
      double y = 0;
      double width = 0;
      double height = 0;
      double sine = 0;
      double cosine = 0;
      List<Detection> others = new ArrayList<>();
      for (Detection d : rest) {
        if (best.overlap(d) <= MAX_OVERLAP) {
          others.add(d);
          continue;
        }
        sum += d.score;
        x += d.score * d.x;
        y += d.score * d.y;
        width += d.score * d.width;
        height += d.score * d.height;
        sine += d.score * Math.sin(d.eyeAngleRadians);
        cosine += d.score * Math.cos(d.eyeAngleRadians);
      }
      if (sum > 0) {
        kept.add(
            new Detection(
                x / sum, y / sum, width / sum, height / sum, Math.atan2(sine, cosine), best.score));
      } else {
        // A box without area overlaps nothing, not even itself.
        others.remove(best);
      }
      rest = others;
    }
    return kept;
  }

  /** The faces in the whole picture; where there are none, in tiles of it, larger ones first. */
  List<Detection> search(Image linear) {
    List<Detection> found = detect(linear, Region.whole(linear.width(), linear.height()));
    double size = Math.min(linear.width(), linear.height());
    if (found.isEmpty() && linear.width() != linear.height()) {
      found = tiles(linear, size);
    }
    for (size *= VIEW_RATIO; found.isEmpty() && size >= SMALLEST_VIEW; size *= VIEW_RATIO) {
      found = tiles(linear, size);
    }
    return found;
  }

  private List<Detection> tiles(Image linear, double size) {
    int columns = tileCount(linear.width(), size);
    int rows = tileCount(linear.height(), size);
    List<Detection> found = new ArrayList<>();
    for (int row = 0; row < rows; row++) {
      for (int column = 0; column < columns; column++) {
        double x =
            columns == 1
                ? linear.width() / 2.0
                : size / 2 + (linear.width() - size) * column / (columns - 1);
        double y =
            rows == 1
                ? linear.height() / 2.0
                : size / 2 + (linear.height() - size) * row / (rows - 1);
        found.addAll(detect(linear, new Region(x, y, size, 0)));
      }
    }
    return suppress(found);
  }

  /** Tiles that overlap by a third at least, so that every small face is whole in one of them. */
  private static int tileCount(double length, double size) {
    return length <= size ? 1 : 1 + (int) Math.ceil((length - size) / (size * 2 / 3) - 1e-9);
  }

  @Override
  public void close() {
    network.close();
  }
}
