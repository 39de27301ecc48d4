package org.pixelcube.stage;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.pixelcube.color.CieLab;
import org.pixelcube.color.Primaries;
import org.pixelcube.math.Matrix3;
import org.pixelcube.math.Vector3;

class ColorChartTest {
  private static double bump(double nm, double centre, double width) {
    double x = (nm - centre) / width;
    return Math.exp(-x * x / 2);
  }

  /** A camera of three Gaussian sensitivities sees smooth reflectances under a spectrum. */
  private static Vector3 seen(double[] reflectance, double[] light) {
    double[] sum = new double[3];
    for (int i = 0; i < light.length; i++) {
      double nm = 400 + 5 * i;
      double e = reflectance[i] * light[i];
      sum[0] += e * bump(nm, 600, 35);
      sum[1] += e * bump(nm, 540, 38);
      sum[2] += e * bump(nm, 460, 28);
    }
    return new Vector3(sum[0], sum[1], sum[2]);
  }

  private static List<double[]> reflectances(Random random) {
    List<double[]> out = new ArrayList<>();
    for (int patch = 0; patch < 24; patch++) {
      double[] r = new double[61];
      double base = 0.1 + 0.3 * random.nextDouble();
      double step = patch == 0 ? 0 : 0.6 * random.nextDouble() - 0.1;
      double edge = 480 + 150 * random.nextDouble();
      double wide = 12 + 25 * random.nextDouble();
      for (int i = 0; i < r.length; i++) {
        r[i] = (patch == 0 ? 0.9 : base) + step / (1 + Math.exp(-(400 + 5 * i - edge) / wide));
      }
      out.add(r);
    }
    return out;
  }

  @Test
  void skinUnderLedsComesNearerAndWhiteIsMet() {
    double[] daylight = new double[61];
    double[] leds = new double[61];
    for (int i = 0; i < 61; i++) {
      double nm = 400 + 5 * i;
      daylight[i] = 1;
      leds[i] = 2.1 * bump(nm, 630, 8) + 1.8 * bump(nm, 525, 15) + 2.2 * bump(nm, 460, 10);
    }
    List<double[]> patches = reflectances(new Random(5));
    // Both balanced to white on the first patch.
    Vector3 w = seen(patches.getFirst(), daylight).times(1 / 0.9);
    Vector3 v = seen(patches.getFirst(), leds).times(1 / 0.9);
    Matrix3 balanceW = Matrix3.diagonal(1 / w.x(), 1 / w.y(), 1 / w.z());
    Matrix3 balanceV = Matrix3.diagonal(1 / v.x(), 1 / v.y(), 1 / v.z());
    List<Vector3> wanted = patches.stream().map(r -> balanceW.apply(seen(r, daylight))).toList();
    List<Vector3> under = patches.stream().map(r -> balanceV.apply(seen(r, leds))).toList();
    Matrix3 q = ColorChart.matrix(under, wanted, Collections.nCopies(24, 1.0), 0);
    double before = 0;
    double after = 0;
    double squares = 0;
    for (int i = 0; i < 24; i++) {
      CieLab t = CieLab.ofRgb(wanted.get(i), Primaries.BT709);
      before += t.deltaE2000(CieLab.ofRgb(under.get(i), Primaries.BT709)) / 24;
      after += t.deltaE2000(CieLab.ofRgb(q.apply(under.get(i)), Primaries.BT709)) / 24;
      Vector3 d = q.apply(under.get(i)).minus(wanted.get(i));
      squares += d.dot(d);
    }
    assertTrue(after < 0.5 * before, before + " to " + after);
    assertEquals(0, q.apply(under.getFirst()).minus(wanted.getFirst()).length(), 1e-12);
    // No other matrix that meets white has a smaller sum of squares: rows moved across the white.
    Random random = new Random(1);
    Vector3 white = under.getFirst().normalized();
    for (int n = 0; n < 50; n++) {
      Vector3[] rows = new Vector3[3];
      for (int c = 0; c < 3; c++) {
        Vector3 d =
            new Vector3(random.nextGaussian(), random.nextGaussian(), random.nextGaussian());
        rows[c] = d.minus(white.times(d.dot(white))).times(1e-3);
      }
      Matrix3 move = Matrix3.columns(rows[0], rows[1], rows[2]).transpose();
      double other = 0;
      for (int i = 0; i < 24; i++) {
        Vector3 d = q.apply(under.get(i)).plus(move.apply(under.get(i))).minus(wanted.get(i));
        other += d.dot(d);
      }
      assertTrue(other >= squares);
    }
  }

  @Test
  void theChartHasSixNeutralPatches() {
    List<Vector3> chart = ColorChart.linear();
    assertEquals(24, chart.size());
    for (int i = 18; i < 24; i++) {
      CieLab lab = CieLab.ofRgb(chart.get(i), Primaries.BT709);
      assertTrue(Math.hypot(lab.a(), lab.b()) < 1, lab.toString());
    }
    assertTrue(chart.get(ColorChart.WHITE).y() > 0.85);
  }
}
