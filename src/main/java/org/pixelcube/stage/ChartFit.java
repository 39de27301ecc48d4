package org.pixelcube.stage;

import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.function.UnaryOperator;
import org.pixelcube.color.CieLab;
import org.pixelcube.color.Primaries;
import org.pixelcube.math.Matrix3;
import org.pixelcube.math.Vector3;

/**
 * The camera's matrix for one light, from a chart ({@link ColorChart#matrix}), and what it does for
 * the patches: CIEDE2000 with white scaled to the wanted white's luminance.
 *
 * @param matrix from linear camera colour under the LEDs to that under the wanted light
 * @param before of the camera's colours as they are
 * @param balanced with white alone put right, by a factor for each channel
 * @param after with the matrix
 * @param leftOut mean with matrices that did not see the patch they are judged by
 */
public record ChartFit(
    Matrix3 matrix, Errors before, Errors balanced, Errors after, double leftOut) {
  /** How many times a skin patch counts. */
  private static final double SKIN_WEIGHT = 4;

  /** Dark skin and light skin are the first two patches. */
  private static final int SKIN = 2;

  /**
   * CIEDE2000 over a chart.
   *
   * @param mean over all patches
   * @param worst of all patches
   * @param skin mean over the two of skin
   */
  public record Errors(double mean, double worst, double skin) {}

  /**
   * Fits.
   *
   * @param seen patches under the LEDs, linear
   * @param wanted patches under the wanted light, linear, any scale
   * @throws ArithmeticException if the patches do not determine a matrix
   */
  public static ChartFit of(List<Vector3> seen, List<Vector3> wanted) {
    Vector3 white = seen.get(ColorChart.WHITE);
    Vector3 goal = wanted.get(ColorChart.WHITE);
    double scale = luminance(goal) / luminance(white);
    Matrix3 matrix = ColorChart.matrix(seen, wanted, weights(-1), ColorChart.WHITE);
    Vector3 gain = new Vector3(goal.x() / white.x(), goal.y() / white.y(), goal.z() / white.z());
    double leftOut = 0;
    for (int i = 0; i < seen.size(); i++) {
      Matrix3 blind =
          i == ColorChart.WHITE
              ? matrix
              : ColorChart.matrix(seen, wanted, weights(i), ColorChart.WHITE);
      leftOut += deltaE(blind.apply(seen.get(i)), wanted.get(i), goal) / seen.size();
    }
    return new ChartFit(
        matrix,
        errors(seen, wanted, v -> v.times(scale)),
        errors(
            seen, wanted, v -> new Vector3(gain.x() * v.x(), gain.y() * v.y(), gain.z() * v.z())),
        errors(seen, wanted, matrix::apply),
        leftOut);
  }

  private static List<Double> weights(int without) {
    List<Double> out = new ArrayList<>();
    for (int i = 0; i < 24; i++) {
      out.add(i == without ? 0 : i < SKIN ? SKIN_WEIGHT : 1.0);
    }
    return out;
  }

  private static double luminance(Vector3 v) {
    return Primaries.BT709.luminanceWeights().dot(v);
  }

  private static double deltaE(Vector3 found, Vector3 wanted, Vector3 white) {
    double scale = luminance(ColorChart.linear().get(ColorChart.WHITE)) / luminance(white);
    return CieLab.ofRgb(found.times(scale), Primaries.BT709)
        .deltaE2000(CieLab.ofRgb(wanted.times(scale), Primaries.BT709));
  }

  private static Errors errors(
      List<Vector3> seen, List<Vector3> wanted, UnaryOperator<Vector3> change) {
    double sum = 0;
    double worst = 0;
    double skin = 0;
    Vector3 white = wanted.get(ColorChart.WHITE);
    for (int i = 0; i < seen.size(); i++) {
      double e = deltaE(change.apply(seen.get(i)), wanted.get(i), white);
      sum += e / seen.size();
      worst = Math.max(worst, e);
      skin += i < SKIN ? e / SKIN : 0;
    }
    return new Errors(sum, worst, skin);
  }

  /** A table. */
  public String report() {
    StringBuilder text = new StringBuilder();
    text.append("ΔE2000            mean    worst     skin\n");
    row(text, "as filmed", before);
    row(text, "white balanced", balanced);
    row(text, "with the matrix", after);
    text.append(String.format(Locale.ROOT, "%-16s %5.2f%n", "patch left out", leftOut));
    return text.toString();
  }

  private static void row(StringBuilder text, String name, Errors e) {
    text.append(
        String.format(Locale.ROOT, "%-16s %5.2f %8.2f %8.2f%n", name, e.mean, e.worst, e.skin));
  }
}
