package org.pixelcube.light;

import java.awt.Color;
import java.awt.Font;
import java.awt.Graphics2D;
import java.awt.RenderingHints;
import java.awt.image.BufferedImage;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import org.pixelcube.image.Image;
import org.pixelcube.math.Vector3;

/**
 * Pictures of the light in a map: balls as the camera sees them, a test map with its places named,
 * a sheet of both. The camera is orthographic, on +Z, looking along −Z; +X right, +Y up.
 */
public final class LightProbe {
  /** Reflectance of a grey ball. */
  public static final double GREY = 0.18;

  private static final int MIRROR_SUBSAMPLES = 2;

  private LightProbe() {}

  /**
   * A perfect mirror ball: each pixel shows the radiance from the reflected view direction.
   *
   * @return {@code (4, size, size)}, linear Rec.709 with coverage
   */
  public static Image mirrorBall(EnvironmentMap map, int size) {
    int fine = size * MIRROR_SUBSAMPLES;
    int count = MIRROR_SUBSAMPLES * MIRROR_SUBSAMPLES;
    // A pixel spans several map pixels at a small ball: gather to about the ball's resolution.
    EnvironmentMap source = map.downsampled(Math.max(4, 4 * size), Math.max(2, 2 * size));
    float[] sums = new float[3 * size * size];
    float[][] d = new float[3][fine];
    float[] line = new float[3 * fine];
    int[] hits = new int[size * size];
    for (int j = 0; j < fine; j++) {
      double ny = 1 - 2 * (j + 0.5) / fine;
      for (int i = 0; i < fine; i++) {
        double nx = 2 * (i + 0.5) / fine - 1;
        double nz = Math.sqrt(Math.max(0, 1 - nx * nx - ny * ny));
        // r = 2(n·v)n − v, v = (0, 0, 1).
        d[0][i] = (float) (2 * nz * nx);
        d[1][i] = (float) (2 * nz * ny);
        d[2][i] = (float) (2 * nz * nz - 1);
      }
      source.radiance(d[0], d[1], d[2], line);
      for (int i = 0; i < fine; i++) {
        double nx = 2 * (i + 0.5) / fine - 1;
        if (nx * nx + ny * ny <= 1) {
          int k = j / MIRROR_SUBSAMPLES * size + i / MIRROR_SUBSAMPLES;
          hits[k]++;
          for (int c = 0; c < 3; c++) {
            sums[c * size * size + k] += line[c * fine + i];
          }
        }
      }
    }
    float[] out = new float[4 * size * size];
    for (int k = 0; k < size * size; k++) {
      for (int c = 0; c < 3 && hits[k] > 0; c++) {
        out[c * size * size + k] = sums[c * size * size + k] / hits[k];
      }
      out[3 * size * size + k] = (float) hits[k] / count;
    }
    return Image.rgb(size, size, out);
  }

  /**
   * A Lambertian ball: E(n) · albedo / π.
   *
   * @param albedo reflectance, {@link #GREY} for a grey ball
   * @return {@code (4, size, size)}, linear Rec.709 with coverage
   */
  public static Image diffuseBall(EnvironmentMap map, int size, double albedo) {
    IrradianceMap irradiance = IrradianceMap.of(map);
    float[][] n = normals(size);
    float[] out = new float[4 * size * size];
    irradiance.sample(n[0], n[1], n[2], out);
    return finish(out, n[3], albedo);
  }

  /** As {@link #diffuseBall} with the irradiance of spherical harmonics of degree 2. */
  public static Image harmonicBall(EnvironmentMap map, int size, double albedo) {
    ShRadiance sh = ShRadiance.project(map, 2);
    float[][] n = normals(size);
    int plane = size * size;
    float[] out = new float[4 * plane];
    for (int k = 0; k < plane; k++) {
      Rgb e = sh.irradiance(new Vector3(n[0][k], n[1][k], n[2][k]));
      out[k] = (float) Math.max(0, e.red());
      out[plane + k] = (float) Math.max(0, e.green());
      out[2 * plane + k] = (float) Math.max(0, e.blue());
    }
    return finish(out, n[3], albedo);
  }

  private static Image finish(float[] out, float[] coverage, double albedo) {
    int plane = coverage.length;
    float scale = (float) (albedo / Math.PI);
    for (int c = 0; c < 3; c++) {
      for (int k = 0; k < plane; k++) {
        out[c * plane + k] = coverage[k] > 0 ? out[c * plane + k] * scale : 0;
      }
    }
    System.arraycopy(coverage, 0, out, 3 * plane, plane);
    int size = (int) Math.round(Math.sqrt(plane));
    return Image.rgb(size, size, out);
  }

  /** Unit normals of a ball that fills the picture, outside it those of the rim; and coverage. */
  private static float[][] normals(int size) {
    float[][] out = new float[4][size * size];
    for (int y = 0, k = 0; y < size; y++) {
      double ny = 1 - 2 * (y + 0.5) / size;
      for (int x = 0; x < size; x++, k++) {
        double nx = 2 * (x + 0.5) / size - 1;
        double r = Math.hypot(nx, ny);
        double scale = r > 1 ? 1 / r : 1;
        out[0][k] = (float) (nx * scale);
        out[1][k] = (float) (ny * scale);
        out[2][k] = (float) Math.sqrt(Math.max(0, 1 - r * r));
        // One pixel of the ball's radius is 2/size.
        out[3][k] = (float) Math.clamp((1 - r) * size / 2 + 0.5, 0, 1);
      }
    }
    return out;
  }

  /** A 1024×512 map with its six places named, a grid every 30°, colours by direction. */
  public static EnvironmentMap selfTest() {
    int w = 1024;
    int h = 512;
    BufferedImage canvas = new BufferedImage(w, h, BufferedImage.TYPE_INT_RGB);
    for (int y = 0; y < h; y++) {
      for (int x = 0; x < w; x++) {
        Vector3 d = EnvironmentMap.direction((x + 0.5) / w, (y + 0.5) / h);
        int r = (int) Math.round(70 + 60 * d.x());
        int g = (int) Math.round(70 + 60 * d.y());
        int b = (int) Math.round(70 + 60 * d.z());
        canvas.setRGB(x, y, r << 16 | g << 8 | b);
      }
    }
    Graphics2D g = canvas.createGraphics();
    try {
      g.setRenderingHint(RenderingHints.KEY_ANTIALIASING, RenderingHints.VALUE_ANTIALIAS_ON);
      for (int k = 0; k <= 12; k++) {
        g.setColor(k % 3 == 0 ? Color.WHITE : Color.GRAY);
        int x = k * w / 12;
        g.drawLine(x, 0, x, h);
        if (k <= 6) {
          int y = k * h / 6;
          g.drawLine(0, y, w, y);
        }
      }
      place(g, 0, 0.5, "FRONT LIGHT +Z", "behind the camera");
      place(g, w, 0.5, "FRONT LIGHT +Z", "behind the camera");
      place(g, w / 4, 0.5, "LEFT −X", "left of the picture");
      place(g, w / 2, 0.5, "BACKGROUND −Z", "behind the subject");
      place(g, 3 * w / 4, 0.5, "RIGHT +X", "right of the picture");
      place(g, w / 2, 0.06, "ABOVE +Y", "top");
      place(g, w / 2, 0.94, "BELOW −Y", "bottom");
    } finally {
      g.dispose();
    }
    return EnvironmentMap.of(Image.ofCanvas(canvas));
  }

  private static void place(Graphics2D g, int x, double v, String name, String where) {
    int y = (int) (v * 512);
    g.setFont(new Font(Font.SANS_SERIF, Font.BOLD, 24));
    int wide = g.getFontMetrics().stringWidth(name);
    g.setColor(new Color(0, 0, 0, 170));
    g.fillRect(x - wide / 2 - 8, y - 26, wide + 16, 54);
    g.setColor(Color.WHITE);
    g.drawString(name, x - wide / 2, y);
    g.setFont(new Font(Font.SANS_SERIF, Font.PLAIN, 16));
    g.drawString(where, x - g.getFontMetrics().stringWidth(where) / 2, y + 20);
  }

  /** What a map is, in a few lines: size, peak, mean, range, main light, exposure. */
  public static List<String> describe(EnvironmentMap map) {
    float[] luminance = map.luminance();
    float[] sorted = luminance.clone();
    Arrays.sort(sorted);
    double peak = sorted[sorted.length - 1];
    double low = sorted[sorted.length / 100];
    String range =
        low > 0
            ? String.format(Locale.ROOT, "%.1f stops from the darkest 1 %%", log2(peak / low))
            : "without end (some of it is black)";
    Exposure exposure = Exposure.auto(map);
    String light =
        mainLight(map)
            .map(main ->
                String.format(
                    Locale.ROOT,
                    "yaw %.0f°, elevation %.0f°, %.0f %% of all light",
                    Math.toDegrees(Math.atan2(main.direction().x(), main.direction().z())),
                    Math.toDegrees(Math.asin(Math.clamp(main.direction().y(), -1, 1))),
                    100 * main.energy().luminance() / map.energy().luminance()))
            .orElse("none");
    return List.of(
        "size %d×%d".formatted(map.width(), map.height()),
        String.format(
            Locale.ROOT, "luminance: peak %.4g, mean %.4g", peak, map.meanRadiance().luminance()),
        "dynamic range: " + range,
        "main light: " + light,
        exposure.metered()
            ? String.format(Locale.ROOT, "auto exposure: %+.2f stops", exposure.stops())
            : "auto exposure: none, the map is black");
  }

  /**
   * The strongest area light of 32 together with all within 25° of it: where most of the light
   * comes from and how much it is; empty for a black map.
   */
  public static Optional<AreaLight> mainLight(EnvironmentMap map) {
    List<AreaLight> lights = AreaLights.medianCut(map, 32);
    if (lights.isEmpty()) {
      return Optional.empty();
    }
    Vector3 strongest = lights.getFirst().direction();
    Rgb energy = Rgb.BLACK;
    Vector3 moment = Vector3.ZERO;
    for (AreaLight light : lights) {
      if (light.direction().dot(strongest) > Math.cos(Math.toRadians(25))) {
        energy = energy.plus(light.energy());
        // The mean vector of a cap of half angle a has the length (1 + cos a)/2.
        double mean = (1 + Math.cos(light.angularRadiusRadians())) / 2;
        moment = moment.plus(light.direction().times(mean * light.energy().luminance()));
      }
    }
    double mean = Math.min(1, moment.length() / energy.luminance());
    return Optional.of(
        new AreaLight(
            moment.normalized(),
            energy.red(),
            energy.green(),
            energy.blue(),
            Math.acos(2 * mean - 1)));
  }

  private static double log2(double x) {
    return Math.log(x) / Math.log(2);
  }

  /**
   * One picture of a map, 1024×880, linear Rec.709: the map and a mirror ball under auto exposure,
   * highlights rolled off; a grey ball, a white ball, a white ball by spherical harmonics; numbers.
   */
  public static Image probeSheet(EnvironmentMap map) {
    int w = 1024;
    int h = 512 + 256 + 112;
    EnvironmentMap exposed = Exposure.auto(map).apply(map);
    float[] out = new float[3 * w * h];
    Arrays.fill(out, 0.02f);
    paste(out, w, h, rolledOff(exposed.resampled(1024, 512).image()), 0, 0);
    List<Image> balls =
        List.of(
            rolledOff(mirrorBall(exposed, 248)),
            diffuseBall(exposed, 248, GREY),
            diffuseBall(exposed, 248, 0.9),
            harmonicBall(exposed, 248, 0.9));
    for (int k = 0; k < 4; k++) {
      paste(out, w, h, balls.get(k), 4 + 256 * k, 516);
    }
    BufferedImage text = new BufferedImage(w, 112, BufferedImage.TYPE_INT_RGB);
    Graphics2D g = text.createGraphics();
    try {
      g.setColor(new Color(38, 38, 38));
      g.fillRect(0, 0, w, 112);
      g.setRenderingHint(
          RenderingHints.KEY_TEXT_ANTIALIASING, RenderingHints.VALUE_TEXT_ANTIALIAS_ON);
      g.setColor(Color.WHITE);
      g.setFont(new Font(Font.SANS_SERIF, Font.PLAIN, 15));
      List<String> lines = describe(map);
      for (int k = 0; k < lines.size(); k++) {
        g.drawString(lines.get(k), k < 3 ? 16 : 528, 54 + 22 * (k % 3));
      }
      g.setFont(new Font(Font.SANS_SERIF, Font.PLAIN, 13));
      String[] names = {"mirror", "grey 18 %", "white 90 %", "white, harmonics of degree 2"};
      for (int k = 0; k < 4; k++) {
        int wide = g.getFontMetrics().stringWidth(names[k]);
        g.drawString(names[k], 128 + 256 * k - wide / 2, 18);
      }
    } finally {
      g.dispose();
    }
    paste(out, w, h, Image.ofCanvas(text), 0, 768);
    return Image.rgb(w, h, out);
  }

  /** Reinhard et al. 2002, eq. 4, on luminance, with 16 as the white that becomes 1. */
  private static Image rolledOff(Image image) {
    float[] s = image.samples().clone();
    int plane = image.planeSize();
    for (int k = 0; k < plane; k++) {
      double l =
          EnvironmentMap.RED_LUMINANCE * s[k]
              + EnvironmentMap.GREEN_LUMINANCE * s[plane + k]
              + EnvironmentMap.BLUE_LUMINANCE * s[2 * plane + k];
      float scale = (float) ((1 + l / 256) / (1 + l));
      s[k] *= scale;
      s[plane + k] *= scale;
      s[2 * plane + k] *= scale;
    }
    return Image.rgb(image.width(), image.height(), s);
  }

  /** Lays a picture, over what is there if it has alpha, with its corner at (x0, y0). */
  private static void paste(float[] out, int w, int h, Image image, int x0, int y0) {
    for (int y = 0; y < image.height(); y++) {
      for (int x = 0; x < image.width(); x++) {
        float a = image.channels() == 4 ? image.at(3, y, x) : 1;
        for (int c = 0; c < 3; c++) {
          int k = (c * h + y0 + y) * w + x0 + x;
          out[k] += a * (image.at(c, y, x) - out[k]);
        }
      }
    }
  }
}
