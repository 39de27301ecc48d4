package org.pixelcube.stage;

import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import org.pixelcube.color.CieLab;
import org.pixelcube.color.Primaries;
import org.pixelcube.image.Image;
import org.pixelcube.light.EnvironmentMap;
import org.pixelcube.math.Vector3;

/**
 * What calibration does for the light on the subject: a map is shown on a wall that is known,
 * driven by the rig as it is told and as it was calibrated, and both are compared with a wall that
 * is as the rig tells. A common factor of all light is taken out: a camera without a light meter
 * cannot know it.
 *
 * @param irradiancePercentBefore root mean square error of irradiance on a white sphere at the
 *     head, over directions and channels, relative to the mean, without the calibration
 * @param irradiancePercent with it
 * @param deltaEBefore mean CIEDE2000 of the sphere, exposed so that its brightest place is white
 * @param deltaE with it
 */
public record CalibratedLight(
    double irradiancePercentBefore, double irradiancePercent, double deltaEBefore, double deltaE) {
  /** One LED in so many is asked, along both sides of a panel. */
  private static final int STRIDE = 6;

  private static final int NORMALS = 200;

  /** Shows a map on the wall. */
  public static CalibratedLight of(
      Rig rig, WallTruth truth, Calibration calibration, EnvironmentMap map) {
    List<VirtualPanel> real = truth.panels(rig);
    List<VirtualPanel> told = rig.geometry().stream().map(VirtualPanel::exact).toList();
    // Far below the peak: panels weaker than told are not to be cut off.
    double nits = DriveSettings.autoNits(rig, map) / 2;
    DriveSettings settings =
        new DriveSettings(nits, DriveSettings.Range.CLIP, 1, DriveSettings.Fill.NONE);
    Image nominal = codes(rig, settings, map);
    Rig placed = calibration.placedIn(rig);
    Image corrected = new CodeCorrection(placed, calibration).apply(codes(placed, settings, map));
    List<Vector3> wanted = irradiance(rig, told, nominal);
    List<Vector3> before = irradiance(rig, real, nominal);
    List<Vector3> after = irradiance(rig, real, corrected);
    return new CalibratedLight(
        percent(wanted, before),
        percent(wanted, after),
        deltaE(wanted, before),
        deltaE(wanted, after));
  }

  private static Image codes(Rig rig, DriveSettings settings, EnvironmentMap map) {
    return new StageDriver(rig, settings).frames(map).getFirst().codes(rig);
  }

  /** Irradiance on surfaces at the head that look into directions spread evenly. */
  private static List<Vector3> irradiance(Rig rig, List<VirtualPanel> panels, Image codes) {
    double[][] sums = new double[NORMALS][3];
    List<Vector3> normals = new ArrayList<>();
    for (int i = 0; i < NORMALS; i++) {
      double y = 1 - (2 * i + 1.0) / NORMALS;
      double r = Math.sqrt(1 - y * y);
      double turn = i * Math.PI * (3 - Math.sqrt(5));
      normals.add(new Vector3(r * Math.cos(turn), y, r * Math.sin(turn)));
    }
    float[] s = codes.samples();
    int plane = codes.planeSize();
    for (VirtualPanel panel : panels) {
      PanelGeometry g = panel.geometry();
      double area = g.right().length() * g.up().length() / (g.pixelsWide() * g.pixelsHigh());
      for (int y = STRIDE / 2; y < g.pixelsHigh(); y += STRIDE) {
        for (int x = STRIDE / 2; x < g.pixelsWide(); x += STRIDE) {
          int i = g.rasterIndex(x, y, codes.width());
          Vector3 to = g.pixel(x, y).minus(rig.head());
          double distance = to.length();
          double cosine = -to.dot(g.normal()) / distance;
          if (!(cosine > 0)) {
            continue;
          }
          double weight =
              g.type().viewingAngle().relativeRadiance(cosine)
                  * cosine
                  * area
                  / (distance * distance);
          Vector3 light =
              panel.light(new Vector3(s[i], s[plane + i], s[2 * plane + i])).times(weight);
          Vector3 d = to.times(1 / distance);
          for (int n = 0; n < NORMALS; n++) {
            double facing = d.dot(normals.get(n));
            if (facing > 0) {
              sums[n][0] += facing * light.x();
              sums[n][1] += facing * light.y();
              sums[n][2] += facing * light.z();
            }
          }
        }
      }
    }
    List<Vector3> out = new ArrayList<>();
    for (double[] sum : sums) {
      out.add(new Vector3(sum[0], sum[1], sum[2]));
    }
    return out;
  }

  /** The factor by which one is nearest to the other. */
  private static double factor(List<Vector3> wanted, List<Vector3> found) {
    double both = 0;
    double own = 0;
    for (int i = 0; i < wanted.size(); i++) {
      both += wanted.get(i).dot(found.get(i));
      own += found.get(i).dot(found.get(i));
    }
    return both / own;
  }

  private static double percent(List<Vector3> wanted, List<Vector3> found) {
    double scale = factor(wanted, found);
    double squares = 0;
    double sum = 0;
    for (int i = 0; i < wanted.size(); i++) {
      Vector3 off = found.get(i).times(scale).minus(wanted.get(i));
      squares += off.dot(off);
      sum += wanted.get(i).x() + wanted.get(i).y() + wanted.get(i).z();
    }
    int n = 3 * wanted.size();
    return 100 * Math.sqrt(squares / n) / (sum / n);
  }

  private static double deltaE(List<Vector3> wanted, List<Vector3> found) {
    double scale = factor(wanted, found);
    double most = 0;
    for (Vector3 v : wanted) {
      most = Math.max(most, Primaries.BT709.luminanceWeights().dot(v));
    }
    double sum = 0;
    for (int i = 0; i < wanted.size(); i++) {
      sum +=
          CieLab.ofRgb(wanted.get(i).times(1 / most), Primaries.BT709)
              .deltaE2000(CieLab.ofRgb(found.get(i).times(scale / most), Primaries.BT709));
    }
    return sum / wanted.size();
  }

  /** One line. */
  public String report() {
    return String.format(
        Locale.ROOT,
        "light on a sphere at the head: irradiance off by %.2f %% before, %.2f %% after; ΔE2000"
            + " %.2f before, %.2f after%n",
        irradiancePercentBefore,
        irradiancePercent,
        deltaEBefore,
        deltaE);
  }
}
