package org.pixelcube.eval;

import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import org.pixelcube.color.CieLab;
import org.pixelcube.color.Primaries;
import org.pixelcube.dataset.TrainingSample;
import org.pixelcube.image.Image;
import org.pixelcube.image.Similarity;
import org.pixelcube.math.LeastSquares;
import org.pixelcube.math.Vector3;

/**
 * What a relit clip is judged by beside its truth, on the subject alone. <em>Scaled</em> measures
 * first multiply each channel of the whole clip by the number that brings it nearest to the truth
 * in linear light, so that shape of light is judged and not exposure.
 */
public enum Measure {
  PSNR("PSNR", "dB", Goal.MORE) {
    @Override
    double of(Trial trial, List<Image> relit) {
      return decibels(trial, relit);
    }
  },
  SCALED_PSNR("scaled PSNR", "dB", Goal.MORE) {
    @Override
    double of(Trial trial, List<Image> relit) {
      return decibels(trial, scaled(trial, relit));
    }
  },
  SSIM("SSIM", "", Goal.MORE) {
    @Override
    double of(Trial trial, List<Image> relit) {
      return structural(trial, relit);
    }
  },
  SCALED_SSIM("scaled SSIM", "", Goal.MORE) {
    @Override
    double of(Trial trial, List<Image> relit) {
      return structural(trial, scaled(trial, relit));
    }
  },
  /** {@link Similarity#gradientDeviation}: perceptual, no network. */
  GRADIENTS("GMSD", "", Goal.LESS) {
    @Override
    double of(Trial trial, List<Image> relit) {
      double sum = 0;
      for (int i = 0; i < relit.size(); i++) {
        sum +=
            Similarity.gradientDeviation(
                Similarity.shown(relit.get(i)), trial.shownTruth().get(i), trial.weights().get(i));
      }
      return sum / relit.size();
    }
  },
  /** Each frame beside the one before, carried along the render's own motion. */
  WARP_SSIM("WarpSSIM", "", Goal.MORE) {
    @Override
    double of(Trial trial, List<Image> relit) {
      return Validation.warped(shown(relit), trial.weights(), trial.sample());
    }
  },
  /** How near changes from frame to frame come to those of the truth. */
  TEMPORAL_PSNR("tPSNR", "dB", Goal.MORE) {
    @Override
    double of(Trial trial, List<Image> relit) {
      List<Image> shown = shown(relit);
      double error = 0;
      for (int i = 1; i < shown.size(); i++) {
        error +=
            Similarity.meanSquaredError(
                difference(shown.get(i), shown.get(i - 1)),
                difference(trial.shownTruth().get(i), trial.shownTruth().get(i - 1)),
                trial.weights().get(i));
      }
      return shown.size() > 1 ? Similarity.decibels(error / (shown.size() - 1)) : Double.NaN;
    }
  },
  /** Angle between the hues of the skin's mean colour, CIELAB. */
  SKIN_HUE("skin hue off", "°", Goal.LESS) {
    @Override
    double of(Trial trial, List<Image> relit) {
      double sum = 0;
      int frames = 0;
      for (int i = 0; i < relit.size(); i++) {
        float[] skin = skin(trial, i);
        CieLab found = meanLab(relit.get(i), skin);
        CieLab truth = meanLab(trial.truth().get(i), skin);
        if (found != null && chroma(found) > GREY && chroma(truth) > GREY) {
          double off = hueDegrees(found) - hueDegrees(truth);
          sum += Math.abs(off - 360 * Math.rint(off / 360));
          frames++;
        }
      }
      return frames > 0 ? sum / frames : Double.NaN;
    }
  },
  /**
   * How far to the side the light seems to come from elsewhere than in the truth, where that has a
   * direction: shading of the render's normals fitted by a plane wave and light all round.
   */
  AZIMUTH("light azimuth off", "°", Goal.LESS) {
    @Override
    double of(Trial trial, List<Image> relit) {
      double sum = 0;
      int frames = 0;
      for (int i = 0; i < relit.size(); i++) {
        TrainingSample.Frame f = trial.sample().frames().get(i);
        double[] truth = direction(trial.truth().get(i), f, trial.weights().get(i));
        if (Math.hypot(truth[1], truth[3]) < DIRECTED * truth[0]) {
          continue;
        }
        double[] found = direction(relit.get(i), f, trial.weights().get(i));
        double off =
            Math.toDegrees(Math.atan2(found[1], found[3]) - Math.atan2(truth[1], truth[3]));
        sum += Math.abs(off - 360 * Math.rint(off / 360));
        frames++;
      }
      return frames > 0 ? sum / frames : Double.NaN;
    }
  },
  /** Stops that the subject gains for a stop more light; worked out beside the others. */
  EXPOSURE("stops per stop", "", Goal.ONE) {
    @Override
    double of(Trial trial, List<Image> relit) {
      return Double.NaN;
    }
  };

  /** Chroma below which a colour has no hue to speak of. */
  private static final double GREY = 4;

  /** A light has a direction from this share of its part from all round. */
  private static final double DIRECTED = 0.3;

  private final String title;
  private final String unit;
  private final Goal goal;

  /** What is best. */
  public enum Goal {
    /** The largest value. */
    MORE,
    /** The smallest. */
    LESS,
    /** The one nearest to 1. */
    ONE
  }

  Measure(String title, String unit, Goal goal) {
    this.title = title;
    this.unit = unit;
    this.goal = goal;
  }

  /** What it is called in tables. */
  public String title() {
    return title;
  }

  /** Of its values; empty where they have none. */
  public String unit() {
    return unit;
  }

  /** What is best. */
  public Goal goal() {
    return goal;
  }

  /** A value as tables show it. */
  public String text(double value) {
    int digits = unit.equals("dB") ? 2 : unit.equals("°") ? 1 : 3;
    return Double.isNaN(value) ? "–" : String.format(Locale.ROOT, "%." + digits + "f", value);
  }

  /**
   * The value of a clip; not a number where it says nothing.
   *
   * @param relit straight, linear, a picture a frame
   */
  abstract double of(Trial trial, List<Image> relit);

  private static List<Image> shown(List<Image> relit) {
    return relit.stream().map(Similarity::shown).toList();
  }

  private static double decibels(Trial trial, List<Image> relit) {
    double error = 0;
    for (int i = 0; i < relit.size(); i++) {
      error +=
          Similarity.meanSquaredError(
              Similarity.shown(relit.get(i)), trial.shownTruth().get(i), trial.weights().get(i));
    }
    return Similarity.decibels(error / relit.size());
  }

  private static double structural(Trial trial, List<Image> relit) {
    double sum = 0;
    for (int i = 0; i < relit.size(); i++) {
      sum +=
          Similarity.structural(
              Similarity.shown(relit.get(i)), trial.shownTruth().get(i), trial.weights().get(i));
    }
    return sum / relit.size();
  }

  /** Every channel of the clip by the number that brings it nearest to the truth. */
  static List<Image> scaled(Trial trial, List<Image> relit) {
    double[] product = new double[3];
    double[] square = new double[3];
    for (int i = 0; i < relit.size(); i++) {
      float[] s = relit.get(i).samples();
      float[] t = trial.truth().get(i).samples();
      float[] w = trial.weights().get(i).samples();
      int n = w.length;
      for (int k = 0; k < 3 * n; k++) {
        product[k / n] += (double) w[k % n] * s[k] * t[k];
        square[k / n] += (double) w[k % n] * s[k] * s[k];
      }
    }
    List<Image> out = new ArrayList<>();
    for (Image image : relit) {
      float[] s = image.samples().clone();
      int n = image.planeSize();
      for (int k = 0; k < 3 * n; k++) {
        int c = k / n;
        s[k] *= (float) (square[c] > 0 ? Math.max(0, product[c] / square[c]) : 1);
      }
      out.add(Image.rgb(image.width(), image.height(), s));
    }
    return out;
  }

  private static Image difference(Image a, Image b) {
    float[] out = a.samples().clone();
    for (int i = 0; i < out.length; i++) {
      out[i] -= b.samples()[i];
    }
    return Image.data(a.width(), a.height(), a.channels(), out);
  }

  /** Where the flat-lit truth has the colour of skin: redder than green, greener than blue. */
  private static float[] skin(Trial trial, int frame) {
    float[] flat = trial.sample().frames().get(frame).flatLit().samples();
    float[] w = trial.weights().get(frame).samples().clone();
    int n = w.length;
    for (int i = 0; i < n; i++) {
      float r = flat[i];
      float g = flat[n + i];
      float b = flat[2 * n + i];
      boolean skin = r > 1.2f * g && g > 1.1f * b && g < 0.8f && r > 0.03f && r < 4 * g;
      w[i] = skin ? w[i] : 0;
    }
    return w;
  }

  private static CieLab meanLab(Image linear, float[] weight) {
    double[] sum = new double[3];
    double total = 0;
    int n = linear.planeSize();
    float[] s = linear.samples();
    for (int i = 0; i < n; i++) {
      total += weight[i];
      for (int c = 0; c < 3; c++) {
        sum[c] += (double) weight[i] * s[c * n + i];
      }
    }
    if (total < 0.005 * n) {
      return null;
    }
    return CieLab.ofRgb(
        new Vector3(sum[0] / total, sum[1] / total, sum[2] / total), Primaries.BT709);
  }

  private static double chroma(CieLab lab) {
    return Math.hypot(lab.a(), lab.b());
  }

  private static double hueDegrees(CieLab lab) {
    return Math.toDegrees(Math.atan2(lab.b(), lab.a()));
  }

  /** Luminance ÷ flat-lit luminance as a + b · n: a and the three parts of b. */
  private static double[] direction(Image linear, TrainingSample.Frame f, Image weight) {
    LeastSquares system = new LeastSquares(4);
    float[] s = linear.samples();
    float[] flat = f.flatLit().samples();
    float[] normals = f.normals().samples();
    float[] w = weight.samples();
    int n = w.length;
    double[] row = new double[4];
    for (int i = 0; i < n; i++) {
      double base = luminance(flat, i, n);
      if (w[i] == 0 || base < 0.01) {
        continue;
      }
      row[0] = 1;
      row[1] = normals[i];
      row[2] = normals[n + i];
      row[3] = normals[2 * n + i];
      // Dark places tell little of the light, and divide by little.
      system.add(row, luminance(s, i, n) / base, w[i] * base);
    }
    return system.solve(new double[] {1e-6, 1e-6, 1e-6, 1e-6}, new double[4]);
  }

  /** Mean luminance of the subject in a frame. */
  static double meanLuminance(Image linear, Image weight) {
    double sum = 0;
    double total = 0;
    int n = weight.planeSize();
    for (int i = 0; i < n; i++) {
      sum += weight.samples()[i] * luminance(linear.samples(), i, n);
      total += weight.samples()[i];
    }
    return sum / total;
  }

  private static double luminance(float[] s, int i, int n) {
    return 0.2126 * s[i] + 0.7152 * s[n + i] + 0.0722 * s[2 * n + i];
  }
}
