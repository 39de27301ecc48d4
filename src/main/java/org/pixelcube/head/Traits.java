package org.pixelcube.head;

import java.util.Random;

/**
 * What makes a person look as they do, drawn at random or set by hand. Everything that an {@link
 * Actor} needs and that has no number here is drawn from {@link #seed}.
 *
 * @param seed identity: two equal seeds are the same person
 * @param family which head model
 * @param female sex, as far as shape, hair and clothes show it
 * @param ageYears 18 to 80
 * @param melanin 0 very light to 1 very dark skin
 * @param redness 0 pale to 1 flushed: blood in the skin
 * @param freckles 0 none to 1 many
 * @param hairStyle how the hair is worn
 * @param hairMelanin 0 white or blond to 1 black
 * @param hairRedness 0 brown to 1 red
 * @param grey share of grey hairs, 0 to 1
 * @param beard 0 shaven, 0.3 stubble, 1 full beard
 * @param makeup 0 none to 1 strong
 * @param glasses whether glasses are worn
 */
public record Traits(
    long seed,
    Family family,
    boolean female,
    double ageYears,
    double melanin,
    double redness,
    double freckles,
    HairStyle hairStyle,
    double hairMelanin,
    double hairRedness,
    double grey,
    double beard,
    double makeup,
    boolean glasses) {

  /** The head models that can be read. */
  public enum Family {
    ICT_FACEKIT,
    MAKEHUMAN
  }

  /** How hair is worn. */
  public enum HairStyle {
    BALD,
    BUZZ,
    SHORT,
    SIDE_PARTED,
    SWEPT_BACK,
    CURLY,
    AFRO,
    BOB,
    LONG,
    PONYTAIL
  }

  /** The person that belongs to a number: every kind of skin, age, hair and sex is as likely. */
  public static Traits of(long seed) {
    Random random = new Random(seed * 0x9E3779B97F4A7C15L + 17);
    boolean female = random.nextBoolean();
    Family family = random.nextDouble() < 0.65 ? Family.ICT_FACEKIT : Family.MAKEHUMAN;
    double age = 18 + 62 * Math.pow(random.nextDouble(), 1.5);
    double melanin = random.nextDouble();
    double grey = Math.clamp((age - 35) / 40 + 0.3 * random.nextGaussian(), 0, 1);
    double hairMelanin =
        Math.clamp(
            melanin > 0.45 ? 0.95 + 0.05 * random.nextGaussian() : random.nextDouble(), 0, 1);
    HairStyle style = style(random, female, age, melanin);
    return new Traits(
        seed,
        family,
        female,
        age,
        melanin,
        Math.clamp(0.4 + 0.2 * random.nextGaussian(), 0, 1),
        melanin < 0.35 ? Math.pow(random.nextDouble(), 3) : 0.1 * random.nextDouble(),
        style,
        hairMelanin,
        melanin < 0.35 && random.nextDouble() < 0.15 ? 0.5 + 0.5 * random.nextDouble() : 0.1,
        grey,
        female || random.nextDouble() < 0.45 ? 0 : Math.pow(random.nextDouble(), 1.5),
        female ? Math.pow(random.nextDouble(), 2) : 0,
        random.nextDouble() < 0.18);
  }

  private static HairStyle style(Random random, boolean female, double age, double melanin) {
    double pick = random.nextDouble();
    if (melanin > 0.7 && pick < 0.4) {
      return pick < 0.2 ? HairStyle.AFRO : HairStyle.BUZZ;
    }
    if (!female) {
      if (pick < 0.08 + Math.max(0, age - 35) / 150) {
        return HairStyle.BALD;
      }
      HairStyle[] styles = {
        HairStyle.BUZZ,
        HairStyle.SHORT,
        HairStyle.SHORT,
        HairStyle.SIDE_PARTED,
        HairStyle.SWEPT_BACK,
        HairStyle.CURLY
      };
      return styles[random.nextInt(styles.length)];
    }
    HairStyle[] styles = {
      HairStyle.BOB,
      HairStyle.LONG,
      HairStyle.LONG,
      HairStyle.PONYTAIL,
      HairStyle.CURLY,
      HairStyle.SHORT
    };
    return styles[random.nextInt(styles.length)];
  }
}
