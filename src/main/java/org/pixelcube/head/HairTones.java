package org.pixelcube.head;

import java.util.random.RandomGenerator;
import org.pixelcube.image.Image;
import org.pixelcube.render.Material;
import org.pixelcube.render.Texture;

/**
 * The shades of a head of hair: bands of one texture, the first ones pigmented, the last ones grey,
 * each darker at its root and lighter at its tip. A strand belongs to one band.
 *
 * <p>Albedo is that of a mass of hair, linear Rec.709.
 */
final class HairTones {
  /** Bands of the texture. */
  static final int TONES = 16;

  private static final int PIGMENTED = 10;
  private static final int TEXELS_PER_TONE = 16;

  private HairTones() {}

  /** Where the texture coordinate v of a strand stands, from its root (0) to its tip (1). */
  static float bandCoordinate(int tone, float along) {
    float edge = 0.5f / TEXELS_PER_TONE;
    return (tone + edge + (1 - 2 * edge) * along) / TONES;
  }

  /** Draws the band of a strand; grey ones with the given chance. */
  static byte tone(double greyChance, RandomGenerator random) {
    return (byte)
        (random.nextDouble() < greyChance
            ? PIGMENTED + random.nextInt(TONES - PIGMENTED)
            : random.nextInt(PIGMENTED));
  }

  /**
   * The hair material of a person.
   *
   * @param darker added to the melanin: brows and lashes are darker than the head's hair
   * @param sunBleached how much lighter the tips are, 0 to 1
   */
  static Material.Hair material(
      Traits traits, double darker, double sunBleached, double roughness, RandomGenerator random) {
    int rows = TONES * TEXELS_PER_TONE;
    float[] samples = new float[3 * rows];
    for (int tone = 0; tone < TONES; tone++) {
      boolean grey = tone >= PIGMENTED;
      double shift = 0.055 * random.nextGaussian();
      double warm = 0.05 * random.nextGaussian();
      double level = 0.56 + 0.12 * random.nextDouble();
      for (int j = 0; j < TEXELS_PER_TONE; j++) {
        double along = j / (TEXELS_PER_TONE - 1.0);
        double[] c;
        if (grey) {
          c = new double[] {level, 0.985 * level, 0.94 * level};
        } else {
          double rootDark = 0.07 * Math.exp(-along * 4);
          double tipLight = 0.10 * sunBleached * along * along;
          c =
              HairColour.pigmented(
                  traits.hairMelanin() + darker + shift + rootDark - tipLight,
                  traits.hairRedness() + warm);
        }
        // The picture's rows run from the top, v runs up.
        int row = rows - 1 - (tone * TEXELS_PER_TONE + j);
        for (int k = 0; k < 3; k++) {
          samples[k * rows + row] = (float) c[k];
        }
      }
    }
    Texture albedo = Texture.of(Image.rgb(1, rows, samples));
    return new Material.Hair(albedo, (float) roughness, (float) roughness, 2, Material.Opaque.ONE);
  }
}
