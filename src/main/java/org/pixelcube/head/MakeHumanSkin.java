package org.pixelcube.head;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import org.pixelcube.color.ColorSpace;
import org.pixelcube.image.GaussianBlur;
import org.pixelcube.image.Image;
import org.pixelcube.image.ImageFile;
import org.pixelcube.image.Resize;
import org.pixelcube.render.Material;
import org.pixelcube.render.Texture;

/**
 * The skin of a MakeHuman body: the photographic picture nearest in age, sex and tone, brought to
 * the tone of the traits, with the head kept at full size and the rest made smaller.
 */
final class MakeHumanSkin {
  /** Where the picture is cut, u or v in the file and in the repacked picture. */
  private static final double[] U_FROM = {0, 0.63, 1};

  private static final double[] U_TO = {0, 0.3, 1};
  private static final double[] V_FROM = {0, 0.145, 0.83, 1};
  private static final double[] V_TO = {0, 0.06, 0.9, 1};
  private static final int WIDTH = 1100;
  private static final int HEIGHT = 1600;

  /** Slope for a difference of one in log density between the texels beside one. */
  private static final double RELIEF = 0.8;

  /** Bare skin in the file: cheeks and forehead, u and v up. */
  private static final double[][] BARE = {{0.893, 0.546}, {0.893, 0.421}, {0.801, 0.485}};

  /** Albedo of skin from no melanin to much, linear Rec.709, even steps. */
  private static final double[][] TONES = {
    {0.66, 0.50, 0.42},
    {0.54, 0.355, 0.265},
    {0.36, 0.205, 0.130},
    {0.19, 0.098, 0.056},
    {0.095, 0.052, 0.034}
  };

  private final Image picture;
  private final double melanin;

  private MakeHumanSkin(Image picture, double melanin) {
    this.picture = picture;
    this.melanin = melanin;
  }

  static MakeHumanSkin of(MakeHuman model, Traits traits) {
    Path file =
        model
            .folder()
            .resolve("skins")
            .resolve(nearest(model.list("skins", ".jpg"), traits) + ".jpg");
    Image photo = repack(ImageFile.read(file));
    double[] tone = tone(traits);
    double[] mean = bareSkin(photo);
    float[] s = photo.samples().clone();
    int plane = photo.planeSize();
    for (int c = 0; c < 3; c++) {
      float gain = (float) (tone[c] / mean[c]);
      for (int i = 0; i < plane; i++) {
        s[c * plane + i] = Math.clamp(gain * s[c * plane + i], 0.004f, 0.85f);
      }
    }
    return new MakeHumanSkin(Image.rgb(photo.width(), photo.height(), s), traits.melanin());
  }

  Material material() {
    float depth = (float) (1.15 - 0.5 * melanin);
    return new Material.Skin(
        Texture.of(picture),
        0.00095f * depth,
        0.00042f * depth,
        0.00025f * depth,
        Texture.constant(0.46f),
        0.6f,
        0.35f,
        0.028f,
        Texture.of(relief()));
  }

  /**
   * Normals of the skin's fine relief, as far as the photograph's own light and dark tell it: pores
   * and creases are darker than what surrounds them.
   */
  private Image relief() {
    int w = picture.width();
    int h = picture.height();
    float[] grey = picture.luminance().samples();
    float[] deep = new float[w * h];
    for (int i = 0; i < deep.length; i++) {
      deep[i] = (float) Math.log(Math.max(0.004, grey[i]));
    }
    float[] mean = GaussianBlur.blur(Image.data(w, h, 1, deep), 2).samples();
    for (int i = 0; i < deep.length; i++) {
      deep[i] = Math.clamp(deep[i] - mean[i], -0.12f, 0.12f);
    }
    float[] out = new float[3 * w * h];
    for (int y = 0; y < h; y++) {
      for (int x = 0; x < w; x++) {
        int i = y * w + x;
        float du = deep[y * w + Math.min(w - 1, x + 1)] - deep[y * w + Math.max(0, x - 1)];
        float dv = deep[Math.max(0, y - 1) * w + x] - deep[Math.min(h - 1, y + 1) * w + x];
        double u = -RELIEF * du;
        double v = -RELIEF * dv;
        double unit = 1 / Math.sqrt(1 + u * u + v * v);
        out[i] = (float) (u * unit);
        out[w * h + i] = (float) (v * unit);
        out[2 * w * h + i] = (float) unit;
      }
    }
    return Image.data(w, h, 3, out);
  }

  /** The mesh with the texture coordinates of the repacked picture. */
  QuadMesh repack(QuadMesh mesh) {
    float[] uvs = mesh.uvs().clone();
    for (int i = 0; i < uvs.length; i += 2) {
      uvs[i] = (float) piecewise(U_FROM, U_TO, uvs[i]);
      uvs[i + 1] = (float) piecewise(V_FROM, V_TO, uvs[i + 1]);
    }
    return new QuadMesh(mesh.positions(), uvs, mesh.corners(), mesh.uvCorners(), mesh.groups());
  }

  private static double piecewise(double[] from, double[] to, double x) {
    int i = 0;
    while (i < from.length - 2 && x > from[i + 1]) {
      i++;
    }
    return to[i] + (x - from[i]) / (from[i + 1] - from[i]) * (to[i + 1] - to[i]);
  }

  private static Image repack(Image photo) {
    float[] out = new float[3 * WIDTH * HEIGHT];
    for (int i = 0; i + 1 < U_FROM.length; i++) {
      for (int j = 0; j + 1 < V_FROM.length; j++) {
        int x0 = (int) Math.round(U_FROM[i] * photo.width());
        int x1 = (int) Math.round(U_FROM[i + 1] * photo.width());
        int y0 = (int) Math.round((1 - V_FROM[j + 1]) * photo.height());
        int y1 = (int) Math.round((1 - V_FROM[j]) * photo.height());
        int tx0 = (int) Math.round(U_TO[i] * WIDTH);
        int tx1 = (int) Math.round(U_TO[i + 1] * WIDTH);
        int ty0 = (int) Math.round((1 - V_TO[j + 1]) * HEIGHT);
        int ty1 = (int) Math.round((1 - V_TO[j]) * HEIGHT);
        Image tile = Resize.to(photo.crop(x0, y0, x1 - x0, y1 - y0).color(), tx1 - tx0, ty1 - ty0);
        for (int c = 0; c < 3; c++) {
          for (int y = 0; y < tile.height(); y++) {
            System.arraycopy(
                tile.samples(),
                (c * tile.height() + y) * tile.width(),
                out,
                (c * HEIGHT + ty0 + y) * WIDTH + tx0,
                tile.width());
          }
        }
      }
    }
    return Image.of(WIDTH, HEIGHT, 3, ColorSpace.LINEAR_REC709, out);
  }

  /** The geometric mean colour of bare skin in a repacked picture. */
  private static double[] bareSkin(Image image) {
    double[] sum = new double[3];
    int n = 0;
    for (double[] at : BARE) {
      int cx = (int) (piecewise(U_FROM, U_TO, at[0]) * image.width());
      int cy = (int) ((1 - piecewise(V_FROM, V_TO, at[1])) * image.height());
      for (int y = cy - 24; y <= cy + 24; y++) {
        for (int x = cx - 24; x <= cx + 24; x++) {
          for (int c = 0; c < 3; c++) {
            sum[c] += Math.log(Math.max(1e-3, image.at(c, y, x)));
          }
          n++;
        }
      }
    }
    for (int c = 0; c < 3; c++) {
      sum[c] = Math.exp(sum[c] / n);
    }
    return sum;
  }

  /** The albedo of bare skin, linear Rec.709. */
  static double[] tone(Traits traits) {
    double at = Math.clamp(traits.melanin(), 0, 1) * (TONES.length - 1);
    int i = Math.min((int) at, TONES.length - 2);
    double f = at - i;
    // Blood takes green and blue away.
    double blood = 0.25 * (traits.redness() - 0.4);
    double[] absorbed = {0.15, 1, 0.8};
    double[] out = new double[3];
    for (int c = 0; c < 3; c++) {
      out[c] =
          Math.exp(
              (1 - f) * Math.log(TONES[i][c])
                  + f * Math.log(TONES[i + 1][c])
                  - blood * absorbed[c]);
    }
    return out;
  }

  /** The file whose name fits best: tone first, then sex, then age. */
  static String nearest(List<String> names, Traits traits) {
    String tone = traits.melanin() > 0.6 ? "darkskinned" : "lightskinned";
    String sex = traits.female() ? "_female" : "_male";
    String age = traits.ageYears() < 35 ? "young" : traits.ageYears() < 60 ? "middleage" : "old";
    int best = -1;
    List<String> fitting = new ArrayList<>();
    for (String name : names) {
      int score =
          (name.contains(tone) ? 4 : 0)
              + (name.contains(sex) ? 2 : 0)
              + (name.startsWith(age) ? 1 : 0);
      if (score > best) {
        best = score;
        fitting.clear();
      }
      if (score == best) {
        fitting.add(name);
      }
    }
    if (fitting.isEmpty()) {
      throw new org.pixelcube.config.UserError(
          "skins", "the folder holds no .jpg picture", "restore it from the archive of heads");
    }
    return fitting.get(new Random(traits.seed() * 31 + 11).nextInt(fitting.size()));
  }
}
