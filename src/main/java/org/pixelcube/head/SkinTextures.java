package org.pixelcube.head;

import java.util.Random;
import java.util.stream.IntStream;
import org.pixelcube.head.SkinAtlas.Furrow;
import org.pixelcube.head.SkinAtlas.Region;
import org.pixelcube.image.Image;
import org.pixelcube.render.Material;
import org.pixelcube.render.Texture;

/**
 * A person's skin, made from the family's {@link SkinAtlas}: the tone, the photographs' variation
 * of pigment, freckles, moles, age spots, shaven beard and make-up in the albedo; oil in the
 * roughness; pores, and furrows that deepen with age and movement, in the normals.
 */
public final class SkinTextures {
  private final SkinAtlas atlas;
  private final Traits traits;
  private final Texture albedo;
  private final Texture roughness;
  private final float[] slopes;
  private volatile Worn worn;

  /** The material that belongs to furrow strengths, kept while they change little. */
  private record Worn(double[] strengths, Material.Skin material) {}

  private SkinTextures(SkinAtlas atlas, Traits traits) {
    this.atlas = atlas;
    this.traits = traits;
    albedo = Texture.of(albedoImage(atlas, traits));
    roughness = Texture.of(roughnessImage(atlas, traits));
    slopes = restingSlopes();
  }

  /** Makes a person's skin. */
  public static SkinTextures of(SkinAtlas atlas, Traits traits) {
    return new SkinTextures(atlas, traits);
  }

  /** The albedo over the atlas, linear Rec.709. */
  public Texture albedo() {
    return albedo;
  }

  /** The skin as it is in a pose: furrows follow brows, eyes and mouth. */
  public Material.Skin material(FramePose pose) {
    double[] strengths = strengths(pose);
    Worn known = worn;
    if (known != null && near(known.strengths, strengths)) {
      return known.material;
    }
    // Melanin in the upper skin takes what would have wandered far.
    float reach = (float) (1 - 0.35 * traits.melanin());
    Material.Skin material =
        new Material.Skin(
            albedo,
            0.00095f * reach,
            0.00042f * reach,
            0.00025f * reach,
            roughness,
            0.55f,
            0.3f,
            0.028f,
            Texture.of(normals(strengths)));
    worn = new Worn(strengths, material);
    return material;
  }

  private static boolean near(double[] a, double[] b) {
    for (int i = 0; i < a.length; i++) {
      if (Math.abs(a[i] - b[i]) > 0.02) {
        return false;
      }
    }
    return true;
  }

  // Colour.

  static Image albedoImage(SkinAtlas atlas, Traits traits) {
    int n = atlas.width * atlas.height;
    float[] out = new float[3 * n];
    Random random = new Random(traits.seed() * 0x2545F4914F6CDD1DL + 3);
    Painter painter = new Painter(atlas, traits, random);
    IntStream.range(0, atlas.height)
        .parallel()
        .forEach(y -> {
          GradientNoise.Cell cell = new GradientNoise.Cell();
          double[] rgb = new double[3];
          for (int i = y * atlas.width; i < (y + 1) * atlas.width; i++) {
            painter.paint(i, cell, rgb);
            for (int k = 0; k < 3; k++) {
              out[k * n + i] = (float) rgb[k];
            }
          }
        });
    return Image.rgb(atlas.width, atlas.height, out);
  }

  /** Works out the albedo of texels. */
  private static final class Painter {
    private final SkinAtlas atlas;
    private final Traits traits;
    private final double[] tone;
    private final double[] density = new double[3];
    private final GradientNoise noise;
    private final double darkShare;
    private final double age;
    private final double moles;
    private final double underEyes;
    private final double shaven;
    private final double hair;
    private final double browShade;
    private final double[] lipstick;
    private final double lipBlood;
    private final double lipMelanin;

    Painter(SkinAtlas atlas, Traits traits, Random random) {
      this.atlas = atlas;
      this.traits = traits;
      noise = new GradientNoise(random.nextLong());
      tone = Chromophores.tone(traits.melanin(), traits.redness());
      for (int k = 0; k < 3; k++) {
        density[k] = -Math.log(tone[k]);
      }
      darkShare = SkinAtlas.smoothStep(0.3, 0.85, traits.melanin());
      age = SkinAtlas.smoothStep(25, 80, traits.ageYears());
      moles = 0.3 + 0.7 * random.nextDouble();
      underEyes = 0.4 + 0.8 * random.nextDouble();
      boolean grows = !traits.female();
      shaven = grows ? (0.35 + 0.65 * traits.hairMelanin()) * (1 - 0.55 * traits.grey()) : 0;
      hair =
          traits.hairStyle() == Traits.HairStyle.BALD
              ? 0.12
              : (0.25 + 0.6 * traits.hairMelanin()) * (1 - 0.5 * traits.grey());
      browShade = (0.12 + 0.6 * traits.hairMelanin()) * (1 - 0.6 * traits.grey());
      double rose = random.nextDouble();
      lipstick = new double[] {0.36 - 0.1 * rose, 0.065 + 0.06 * rose * random.nextDouble(), 0.075};
      lipBlood = 0.1 + 0.25 * random.nextDouble();
      lipMelanin = 0.15 * random.nextDouble();
    }

    void paint(int i, GradientNoise.Cell cell, double[] rgb) {
      if (!atlas.covered(i)) {
        System.arraycopy(tone, 0, rgb, 0, 3);
        return;
      }
      double x = 1000.0 * atlas.place[0][i];
      double y = 1000.0 * atlas.place[1][i];
      double z = 1000.0 * atlas.place[2][i];
      double lips = atlas.mask(Region.LIPS)[i];
      double cheeks = atlas.mask(Region.CHEEKS)[i];
      double nose = atlas.mask(Region.NOSE)[i];
      double face = atlas.mask(Region.FACE)[i];
      double plain = 1 - lips;

      double melanin = mix(atlas.light[0][i], atlas.dark[0][i]);
      double blood = mix(atlas.light[1][i], atlas.dark[1][i]);
      double shade = 0.55 * mix(atlas.light[2][i], atlas.dark[2][i]);
      blood *= 0.75 + 0.5 * traits.redness();

      // Vessels and pigment lie in patches of every size.
      blood += 0.05 * (0.5 + traits.redness()) * noise.octaves(x / 16, y / 16, z / 16, 3);
      melanin += 0.05 * noise.octaves(x / 11 + 40, y / 11, z / 11, 3) * (1 + age);
      blood +=
          (0.05 + 0.12 * traits.redness())
              * (cheeks + 0.8 * nose)
              * (1 - 0.5 * traits.melanin())
              * (1 + 0.5 * noise.octaves(x / 6 + 17, y / 6, z / 6, 2));

      melanin += freckles(x, y, z, Math.max(cheeks, Math.max(nose, 0.35 * face)), cell) * plain;
      melanin += spots(x, y, z, cell) * plain;

      double under = atlas.mask(Region.UNDER_EYES)[i] * underEyes * (0.6 + 0.6 * age);
      melanin += 0.10 * under;
      blood += 0.12 * under;
      double lids = atlas.mask(Region.LIDS)[i];
      melanin += 0.08 * lids;
      blood += 0.10 * lids;

      blood += lips * (lipBlood + 0.1 * traits.redness() - 0.15 * age);
      melanin += lips * lipMelanin;

      double lash = atlas.mask(Region.LASH_LINE)[i];
      double liner = lash * (0.65 + 0.9 * traits.makeup());
      double beard = atlas.mask(Region.BEARD)[i] * shaven;
      noise.cell(x / 1.1, y / 1.1, z / 1.1, cell);
      double stubble = beard * (0.20 + 0.22 * (1 - SkinAtlas.smoothStep(0.15, 0.5, cell.distance)));
      double roots = atlas.mask(Region.SCALP)[i] * hair;
      // Between the brows' hairs the skin looks darker than elsewhere: roots, and their shade.
      double brows =
          atlas.mask(Region.BROWS)[i] * browShade * (1 + 0.5 * noise.at(x / 0.9, y / 2.5, z / 2.5));
      double powder = traits.makeup() * 0.35 * face * plain * (1 - lids);

      for (int k = 0; k < 3; k++) {
        double pigment = Chromophores.density(k, melanin, blood, shade);
        double d = density[k] + pigment * (1 - powder);
        d += stubble * (k == 2 ? 0.75 : 1);
        d += 1.1 * liner + 0.9 * roots + brows * BROW_TINT[k];
        rgb[k] = Math.exp(-d);
      }
      double blush = 0.25 * traits.makeup() * cheeks;
      rgb[1] *= 1 - 0.5 * blush;
      rgb[2] *= 1 - 0.4 * blush;
      double shadow = 0.5 * traits.makeup() * lids;
      double stick = lips * SkinAtlas.smoothStep(0.15, 0.8, traits.makeup());
      double inner = atlas.mask(Region.MUCOSA)[i];
      for (int k = 0; k < 3; k++) {
        rgb[k] *= 1 - shadow * (k == 0 ? 0.3 : 0.42);
        rgb[k] += 0.8 * stick * (lipstick[k] * (0.6 + 0.4 * tone[0]) - rgb[k]);
        rgb[k] += inner * (INSIDE[k] - rgb[k]);
        rgb[k] = Math.clamp(rgb[k], 0.012, 0.85);
      }
    }

    private static final double[] BROW_TINT = {0.8, 1, 1.15};
    private static final double[] INSIDE = {0.22, 0.06, 0.055};

    private double mix(double light, double dark) {
      return light + darkShare * (dark - light);
    }

    private double freckles(double x, double y, double z, double where, GradientNoise.Cell cell) {
      if (traits.freckles() < 0.02 || where < 0.02) {
        return 0;
      }
      noise.cell(x / 2.6 + 3, y / 2.6, z / 2.6, cell);
      double patchy = 0.5 + 0.5 * noise.at(x / 14, y / 14 + 8, z / 14);
      if (cell.value > traits.freckles() * where * (0.4 + patchy)) {
        return 0;
      }
      double radius = 0.12 + 0.2 * cell.other;
      return (0.15 + 0.4 * cell.other)
          * (1 - SkinAtlas.smoothStep(0.4 * radius, 1.3 * radius, cell.distance));
    }

    private double spots(double x, double y, double z, GradientNoise.Cell cell) {
      noise.cell(x / 22, y / 22 + 5, z / 22, cell);
      double sum = 0;
      if (cell.value < 0.09 * moles) {
        double radius = 0.035 + 0.035 * cell.other;
        sum += 1.1 * (1 - SkinAtlas.smoothStep(0.6 * radius, 1.2 * radius, cell.distance));
      }
      if (age > 0.1) {
        noise.cell(x / 13 + 9, y / 13, z / 13, cell);
        if (cell.value < 0.25 * age) {
          double wobble = 0.05 * noise.at(x / 3, y / 3, z / 3);
          double radius = 0.1 + 0.17 * cell.other;
          sum +=
              0.28 * age * (1 - SkinAtlas.smoothStep(0.5 * radius, radius, cell.distance + wobble));
        }
      }
      return sum;
    }
  }

  // Gloss.

  private static Image roughnessImage(SkinAtlas atlas, Traits traits) {
    int n = atlas.width * atlas.height;
    float[] out = new float[n];
    GradientNoise noise = new GradientNoise(traits.seed() + 77);
    Random random = new Random(traits.seed() + 78);
    double base = 0.47 + 0.04 * random.nextGaussian() + 0.05 * traits.makeup();
    double oil = 0.6 + 0.6 * random.nextDouble();
    IntStream.range(0, atlas.height)
        .parallel()
        .forEach(y -> {
          for (int i = y * atlas.width; i < (y + 1) * atlas.width; i++) {
            double x = 1000.0 * atlas.place[0][i];
            double py = 1000.0 * atlas.place[1][i];
            double z = 1000.0 * atlas.place[2][i];
            double r = base - 0.1 * oil * atlas.mask(Region.OILY)[i];
            r += 0.035 * noise.octaves(x / 7, py / 7, z / 7, 2);
            r += atlas.mask(Region.LIPS)[i] * (0.33 - r);
            r += atlas.mask(Region.MUCOSA)[i] * (0.28 - r);
            r += 0.6 * atlas.mask(Region.LASH_LINE)[i] * (0.25 - r);
            out[i] = (float) Math.clamp(r, 0.2, 0.7);
          }
        });
    return Image.data(atlas.width, atlas.height, 1, out);
  }

  // Relief.

  /** Slopes without movement: pores, and furrows by age; u and v interleaved. */
  private float[] restingSlopes() {
    int n = atlas.width * atlas.height;
    float[] out = new float[2 * n];
    float coarse = (float) (0.8 + 0.5 * SkinAtlas.smoothStep(20, 75, traits.ageYears()));
    for (int i = 0; i < n; i++) {
      out[2 * i] = coarse * atlas.pores[0][i];
      out[2 * i + 1] = coarse * atlas.pores[1][i];
    }
    return out;
  }

  /** Strengths of the furrows, left and right of each in turn. */
  private double[] strengths(FramePose pose) {
    double age = SkinAtlas.smoothStep(22, 78, traits.ageYears());
    double give = 0.45 + 0.55 * age;
    double[] out = new double[2 * Furrow.values().length];
    int at = 0;
    for (Furrow f : Furrow.values()) {
      for (boolean left : new boolean[] {true, false}) {
        double moved = Math.min(1, movement(f, left, pose));
        double rest =
            age * (f == Furrow.NASOLABIAL ? 1.0 : 0.9) + (f == Furrow.NASOLABIAL ? 0.1 : 0);
        out[at++] = Math.min(1.6, rest + give * moved);
      }
    }
    return out;
  }

  private static double movement(Furrow furrow, boolean left, FramePose pose) {
    return switch (furrow) {
      case FOREHEAD ->
          0.6 * weight(pose, left ? Expression.BROW_INNER_UP_L : Expression.BROW_INNER_UP_R)
              + 0.7 * weight(pose, left ? Expression.BROW_OUTER_UP_L : Expression.BROW_OUTER_UP_R);
      case GLABELLA -> weight(pose, left ? Expression.BROW_DOWN_L : Expression.BROW_DOWN_R);
      case CROWS_FEET ->
          0.7 * weight(pose, left ? Expression.EYE_SQUINT_L : Expression.EYE_SQUINT_R)
              + 0.6 * weight(pose, left ? Expression.CHEEK_SQUINT_L : Expression.CHEEK_SQUINT_R)
              + 0.4 * weight(pose, left ? Expression.MOUTH_SMILE_L : Expression.MOUTH_SMILE_R);
      case NASOLABIAL ->
          0.8 * weight(pose, left ? Expression.MOUTH_SMILE_L : Expression.MOUTH_SMILE_R)
              + 0.5 * weight(pose, left ? Expression.NOSE_SNEER_L : Expression.NOSE_SNEER_R)
              + 0.4
                  * weight(pose, left ? Expression.MOUTH_UPPER_UP_L : Expression.MOUTH_UPPER_UP_R);
    };
  }

  private static double weight(FramePose pose, Expression expression) {
    return pose.expression()[java.util.Arrays.binarySearch(Expression.values(), expression)];
  }

  private Image normals(double[] strengths) {
    float[] s = slopes.clone();
    int at = 0;
    for (Furrow f : Furrow.values()) {
      float left = (float) strengths[at++];
      float right = (float) strengths[at++];
      SkinAtlas.Relief relief = atlas.furrow(f);
      int[] texels = relief.texels();
      for (int i = 0; i < texels.length; i++) {
        float w = right + relief.left()[i] * (left - right);
        s[2 * texels[i]] += w * relief.slopeU()[i];
        s[2 * texels[i] + 1] += w * relief.slopeV()[i];
      }
    }
    int n = atlas.width * atlas.height;
    float[] out = new float[3 * n];
    for (int i = 0; i < n; i++) {
      float u = s[2 * i];
      float v = s[2 * i + 1];
      float unit = (float) (1 / Math.sqrt(1 + u * u + v * v));
      out[i] = -u * unit;
      out[n + i] = -v * unit;
      out[2 * n + i] = unit;
    }
    return Image.data(atlas.width, atlas.height, 3, out);
  }
}
