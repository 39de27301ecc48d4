package org.pixelcube.stage;

import java.util.List;
import java.util.stream.IntStream;
import org.pixelcube.color.TransferFunction;
import org.pixelcube.light.EnvironmentMap;
import org.pixelcube.light.Rgb;
import org.pixelcube.math.Vector3;

/**
 * How near the light of drive frames, as the panels emit it after rounding to codes, comes to the
 * map.
 *
 * @param nitsPerUnit luminance of the map's radiance 1
 * @param mapEnergy Σ L·Ω of the map, Rec.709
 * @param dilatedEnergy the same with what panels show of it dilated
 * @param emittedEnergy the same of the panels' light at the head
 * @param dilatedRegions regions that dilation averaged
 * @param widestSpreadDegrees largest angle from a region's middle to its edge: how soft the shadows
 *     of its light became
 * @param spreadFraction part of the luminance that dilation moved
 * @param clippedFraction part of the LED pixels' channels whose light was beyond the range
 * @param openFraction part of the sphere that no panel covers
 * @param irradianceWorst largest error of irradiance over a sphere at the head and the three
 *     channels, relative to the map's largest irradiance
 * @param irradianceMean root mean square of the same
 * @param chromeBallPsnr of a mirror ball at the head seen by the camera, sRGB with 1 at the panels'
 *     peak, where it mirrors panels, in dB
 * @param chromeBallPsnrUnfilled the same without the light that panels show for openings
 */
public record DriveReport(
    double nitsPerUnit,
    Rgb mapEnergy,
    Rgb dilatedEnergy,
    Rgb emittedEnergy,
    int dilatedRegions,
    double widestSpreadDegrees,
    double spreadFraction,
    double clippedFraction,
    double openFraction,
    double irradianceWorst,
    double irradianceMean,
    double chromeBallPsnr,
    double chromeBallPsnrUnfilled) {
  private static final int NORMALS = 400;
  private static final int BLOCKS = 24;
  private static final int BALL = 384;
  private static final int TRUTH_WIDTH = 512;

  /** PSNR of pictures that do not differ, dB. */
  private static final double NO_DIFFERENCE = 99;

  /** Works the report out for one map. */
  public static DriveReport of(
      StageDriver driver,
      EnvironmentMap map,
      StageDriver.Prepared prepared,
      List<DriveFrame> frames) {
    Emitted emitted = new Emitted(driver.rig(), frames, driver.settings().nitsPerUnit());
    double[][] blocks = emitted.blocks();
    Rgb energy = Rgb.BLACK;
    for (double[] b : blocks) {
      energy = energy.plus(new Rgb(b[4] * b[3], b[5] * b[3], b[6] * b[3]));
    }
    EnvironmentMap truth = map.downsampled(TRUTH_WIDTH, TRUTH_WIDTH / 2);
    double[][] errors =
        OpeningFill.normals(NORMALS).stream()
            .parallel()
            .map(n -> {
              Rgb wanted = truth.irradiance(n);
              Rgb found = irradiance(blocks, n);
              return new double[] {
                found.red() - wanted.red(),
                found.green() - wanted.green(),
                found.blue() - wanted.blue(),
                Math.max(wanted.red(), Math.max(wanted.green(), wanted.blue()))
              };
            })
            .toArray(double[][]::new);
    double largest = Double.MIN_NORMAL;
    double worst = 0;
    double squares = 0;
    for (double[] e : errors) {
      largest = Math.max(largest, e[3]);
      for (int c = 0; c < 3; c++) {
        worst = Math.max(worst, Math.abs(e[c]));
        squares += e[c] * e[c];
      }
    }
    EnvironmentMap sized = map.downsampled(prepared.map().width(), prepared.map().height());
    Emitted unfilled =
        new Emitted(
            driver.rig(), driver.frames(prepared.unfilled()), driver.settings().nitsPerUnit());
    return new DriveReport(
        driver.settings().nitsPerUnit(),
        map.energy(),
        prepared
            .dilation()
            .map(d -> map.energy().plus(d.after()).plus(d.before().times(-1)))
            .orElse(map.energy()),
        energy,
        prepared.dilation().map(LightingDilation.Result::regions).orElse(0),
        prepared.dilation().map(LightingDilation.Result::widestDegrees).orElse(0.0),
        prepared.dilation().map(LightingDilation.Result::spreadFraction).orElse(0.0),
        driver.clippedFraction(prepared),
        driver.openSteradians() / (4 * Math.PI),
        worst / largest,
        Math.sqrt(squares / (3 * errors.length)) / largest,
        emitted.chromeBall(sized),
        unfilled.chromeBall(sized));
  }

  private static Rgb irradiance(double[][] blocks, Vector3 n) {
    double red = 0;
    double green = 0;
    double blue = 0;
    for (double[] b : blocks) {
      double weight = b[3] * (n.x() * b[0] + n.y() * b[1] + n.z() * b[2]);
      if (weight > 0) {
        red += weight * b[4];
        green += weight * b[5];
        blue += weight * b[6];
      }
    }
    return new Rgb(red, green, blue);
  }

  /** The panels' light in the map's units, all frames of an exposure together. */
  private static final class Emitted {
    private final Rig rig;
    private final List<PanelGeometry> panels;
    private final float[][] light;
    private final double nitsPerUnit;

    Emitted(Rig rig, List<DriveFrame> frames, double nitsPerUnit) {
      this.rig = rig;
      this.panels = rig.geometry();
      this.nitsPerUnit = nitsPerUnit;
      light = new float[panels.size()][];
      for (DriveFrame frame : frames) {
        DriveFrame shown = DriveFrame.ofCodes(rig, frame.codes(rig));
        for (int p = 0; p < light.length; p++) {
          float[] samples = shown.panel(panels.get(p)).samples();
          if (light[p] == null) {
            light[p] = samples;
          } else {
            for (int i = 0; i < samples.length; i++) {
              light[p][i] += samples[i];
            }
          }
        }
      }
    }

    /** Radiance of one LED pixel towards the head, linear Rec.709. */
    private Vector3 radiance(int panel, int x, int y, double cosine) {
      PanelGeometry g = panels.get(panel);
      PanelType type = g.type();
      int n = g.pixelsWide() * g.pixelsHigh();
      int i = y * g.pixelsWide() + x;
      float[] l = light[panel];
      double range = type.peakNits() - type.blackNits();
      Vector3 nits =
          new Vector3(
              type.blackNits() + range * l[i],
              type.blackNits() + range * l[n + i],
              type.blackNits() + range * l[2 * n + i]);
      return type.toRec709()
          .apply(nits)
          .times(type.viewingAngle().relativeRadiance(cosine) / nitsPerUnit);
    }

    /** Parts of panels: unit direction, solid angle, radiance in three channels. */
    double[][] blocks() {
      return IntStream.range(0, panels.size())
          .parallel()
          .boxed()
          .flatMap(p -> blocks(p).stream())
          .toArray(double[][]::new);
    }

    private List<double[]> blocks(int panel) {
      PanelGeometry g = panels.get(panel);
      int columns = Math.min(BLOCKS, g.pixelsWide());
      int rows = Math.min(BLOCKS, g.pixelsHigh());
      double ledArea =
          g.right().length() * g.up().length() / ((double) g.pixelsWide() * g.pixelsHigh());
      List<double[]> out = new java.util.ArrayList<>();
      for (int j = 0; j < rows; j++) {
        for (int i = 0; i < columns; i++) {
          double[] sum = new double[7];
          for (int y = j * g.pixelsHigh() / rows; y < (j + 1) * g.pixelsHigh() / rows; y++) {
            for (int x = i * g.pixelsWide() / columns;
                x < (i + 1) * g.pixelsWide() / columns;
                x++) {
              Vector3 to = g.pixel(x, y).minus(rig.head());
              double r = to.length();
              double cosine = -to.dot(g.normal()) / r;
              double omega = ledArea * cosine / (r * r);
              Vector3 l = radiance(panel, x, y, cosine);
              sum[0] += to.x();
              sum[1] += to.y();
              sum[2] += to.z();
              sum[3] += omega;
              sum[4] += omega * l.x();
              sum[5] += omega * l.y();
              sum[6] += omega * l.z();
            }
          }
          Vector3 d = new Vector3(sum[0], sum[1], sum[2]).normalized();
          out.add(
              new double[] {
                d.x(), d.y(), d.z(), sum[3], sum[4] / sum[3], sum[5] / sum[3], sum[6] / sum[3]
              });
        }
      }
      return out;
    }

    /** PSNR of the mirror ball where it mirrors panels. */
    double chromeBall(EnvironmentMap truth) {
      HeadView view = new HeadView(rig);
      double peak = panels.stream().mapToDouble(g -> g.type().peakNits()).min().orElseThrow();
      double scale = nitsPerUnit / peak;
      double[][] rows =
          IntStream.range(0, BALL)
              .parallel()
              .mapToObj(j -> {
                double[] sums = new double[2];
                double ny = 1 - 2 * (j + 0.5) / BALL;
                for (int i = 0; i < BALL; i++) {
                  double nx = 2 * (i + 0.5) / BALL - 1;
                  double nz2 = 1 - nx * nx - ny * ny;
                  if (nz2 <= 0) {
                    continue;
                  }
                  double nz = Math.sqrt(nz2);
                  Vector3 d = new Vector3(2 * nz * nx, 2 * nz * ny, 2 * nz * nz - 1);
                  HeadView.Seen seen = view.towards(d);
                  if (seen.panel() < 0) {
                    continue;
                  }
                  Rgb wanted = truth.radiance(d);
                  PanelGeometry g = panels.get(seen.panel());
                  Vector3 found =
                      radiance(
                          seen.panel(),
                          (int) (seen.s() * g.pixelsWide()),
                          (int) (seen.t() * g.pixelsHigh()),
                          seen.cosine());
                  sums[0] +=
                      square(scale * wanted.red(), scale * found.x())
                          + square(scale * wanted.green(), scale * found.y())
                          + square(scale * wanted.blue(), scale * found.z());
                  sums[1] += 3;
                }
                return sums;
              })
              .toArray(double[][]::new);
      double squares = 0;
      double count = 0;
      for (double[] row : rows) {
        squares += row[0];
        count += row[1];
      }
      return psnr(squares, count);
    }

    private static double square(double a, double b) {
      double d =
          TransferFunction.SRGB.fromLinear(Math.clamp(a, 0, 1))
              - TransferFunction.SRGB.fromLinear(Math.clamp(b, 0, 1));
      return d * d;
    }

    private static double psnr(double squares, double count) {
      return squares == 0
          ? NO_DIFFERENCE
          : Math.min(NO_DIFFERENCE, -10 * Math.log10(squares / count));
    }
  }
}
