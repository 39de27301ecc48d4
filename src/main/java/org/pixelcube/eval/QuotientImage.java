package org.pixelcube.eval;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import org.pixelcube.dataset.TrainingSample;
import org.pixelcube.diffusion.SubjectShape;
import org.pixelcube.image.Image;
import org.pixelcube.light.EnvironmentMap;
import org.pixelcube.light.IrradianceMap;
import org.pixelcube.light.Rgb;
import org.pixelcube.light.ShadingHarmonics;
import org.pixelcube.math.LeastSquares;
import org.pixelcube.math.Rotation;
import org.pixelcube.train.ShapeFinder;

/**
 * Relighting by a ratio of spherical harmonics (Wen, Liu and Huang 2003; Shashua and Riklin-Raviv
 * 2001): what the shot's light does to a normal is fitted to the picture itself, taken out, and the
 * new light's irradiance put in. Normals are those of the face's landmarks and of the outline.
 * There are no shadows and no reflections.
 */
final class QuotientImage {
  private static final int TERMS = ShadingHarmonics.TERMS;
  private static final int ROUNDS = 4;

  /** Shading never falls below this share of its mean. */
  private static final double FLOOR = 0.08;

  private QuotientImage() {}

  static List<Image> relit(TrainingSample sample, ShapeFinder shapes) {
    // Only the normals are looked at: any light will do.
    ShapeFinder.Light light =
        new ShapeFinder.Light(
            EnvironmentMap.uniform(8, 4, Rgb.grey(1)), Rotation.IDENTITY, Rgb.grey(1));
    List<SubjectShape> found =
        shapes.shapes(
            sample.frames().stream()
                .map(f -> new ShapeFinder.View(f.input(), f.matte(), light))
                .toList());
    double[][] source = fit(sample, found);
    List<Image> relit = new ArrayList<>();
    for (int i = 0; i < found.size(); i++) {
      TrainingSample.Frame f = sample.frames().get(i);
      float[] n = found.get(i).normals();
      float[] s = f.input().samples();
      int size = f.input().planeSize();
      float[] irradiance = new float[3 * size];
      IrradianceMap.of(f.targetMap())
          .sample(part(n, 0, size), part(n, size, size), part(n, 2 * size, size), irradiance);
      float[] out = new float[3 * size];
      double[] basis = new double[TERMS];
      for (int k = 0; k < size; k++) {
        ShadingHarmonics.at(n[k], n[size + k], n[2 * size + k], basis);
        for (int c = 0; c < 3; c++) {
          double shading = 0;
          for (int t = 0; t < TERMS; t++) {
            shading += source[c][t] * basis[t];
          }
          int j = c * size + k;
          out[j] = (float) (s[j] * irradiance[j] / Math.PI / Math.max(FLOOR, shading));
        }
      }
      relit.add(Image.rgb(f.input().width(), f.input().height(), out));
    }
    return relit;
  }

  private static float[] part(float[] all, int from, int count) {
    return Arrays.copyOfRange(all, from, from + count);
  }

  /**
   * The shading of the shot, of mean 1 over the subject: coefficients of each channel, fitted to
   * its pixels by least squares that forget what does not fit.
   */
  private static double[][] fit(TrainingSample sample, List<SubjectShape> shapes) {
    double[][] all = new double[3][];
    double[] basis = new double[TERMS];
    for (int c = 0; c < 3; c++) {
      double[] found = null;
      double mean = 0;
      for (int round = 0; round < ROUNDS; round++) {
        LeastSquares system = new LeastSquares(TERMS);
        double total = 0;
        double sum = 0;
        for (int i = 0; i < shapes.size(); i++) {
          TrainingSample.Frame f = sample.frames().get(i);
          float[] n = shapes.get(i).normals();
          int size = f.input().planeSize();
          for (int k = 0; k < size; k++) {
            double w = f.matte().samples()[k] > 0.95f ? 1 : 0;
            if (w == 0) {
              continue;
            }
            ShadingHarmonics.at(n[k], n[size + k], n[2 * size + k], basis);
            double seen = f.input().samples()[c * size + k];
            double shading = 0;
            for (int t = 0; found != null && t < TERMS; t++) {
              shading += found[t] * basis[t];
            }
            if (found != null) {
              // Tukey's biweight on what is off by more than the shading itself.
              double off = (seen - shading) / (0.6 * Math.max(shading, 0.1 * mean) + 1e-6);
              w = Math.abs(off) < 1 ? (1 - off * off) * (1 - off * off) : 0;
            }
            system.add(basis, seen, w);
            total += w;
            sum += w * seen;
          }
        }
        mean = total > 0 ? sum / total : 1;
        double[] ridge = new double[TERMS];
        Arrays.fill(ridge, 0.01 * total + 1e-9);
        ridge[0] = 1e-9;
        found = system.solve(ridge, new double[TERMS]);
      }
      for (int t = 0; t < TERMS; t++) {
        found[t] /= Math.max(mean, 1e-4);
      }
      all[c] = found;
    }
    return all;
  }
}
