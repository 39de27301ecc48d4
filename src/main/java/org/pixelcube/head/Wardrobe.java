package org.pixelcube.head;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import org.pixelcube.image.GaussianBlur;
import org.pixelcube.image.Image;
import org.pixelcube.image.ImageFile;
import org.pixelcube.image.Resize;
import org.pixelcube.render.Instance;
import org.pixelcube.render.Material;
import org.pixelcube.render.Pose;
import org.pixelcube.render.Shape;
import org.pixelcube.render.Texture;
import org.pixelcube.render.TriangleMesh;

/** Clothes, hair meshes, hats and glasses, fitted to a person. */
public final class Wardrobe {
  private static final int TEXELS = 1024;
  private static final List<String> MEN =
      List.of(
          "male_casualsuit01",
          "male_casualsuit02",
          "male_casualsuit03",
          "male_casualsuit04",
          "male_casualsuit05",
          "male_casualsuit06",
          "male_elegantsuit01",
          "male_elegantsuit01",
          "male_worksuit01");
  private static final List<String> WOMEN =
      List.of(
          "female_casualsuit01",
          "female_casualsuit02",
          "female_elegantsuit01",
          "female_sportsuit01");

  private final MakeHuman model;

  private Wardrobe(MakeHuman model) {
    this.model = model;
  }

  /** The wardrobe in MakeHuman's folder. */
  public static Wardrobe of(MakeHuman model) {
    return new Wardrobe(model);
  }

  /**
   * A piece of clothing on a body: it follows the shoulders, its collar bends with the neck.
   *
   * @param surface of the garment
   * @param rest control vertices at rest, metres
   * @param shares of the head in their motion
   * @param hidden the base vertices under it
   * @param anchor what its hierarchy is refitted from
   */
  record Garment(
      String name,
      SubdivisionSurface surface,
      float[] rest,
      float[] shares,
      Material material,
      boolean[] hidden,
      Anchor anchor) {

    Instance at(FramePose now, FramePose before) {
      TriangleMesh mesh = surface.mesh(NeckBend.bend(rest, shares, now));
      return new Instance(
          anchor.at(name, mesh, material, now.head()),
          Pose.IDENTITY,
          Pose.IDENTITY,
          surface.positions(NeckBend.bend(rest, shares, before)));
    }
  }

  /** What a MakeHuman body wears. */
  List<Garment> clothes(Traits traits, MakeHumanBody body) {
    Random random = new Random(traits.seed() * 0x9E3779B97F4A7C15L + 101);
    List<String> names = traits.female() ? WOMEN : MEN;
    String name = names.get(random.nextInt(names.size()));
    return List.of(garment(name, body, random));
  }

  private Garment garment(String name, MakeHumanBody body, Random random) {
    Mhclo proxy = model.proxy("clothes/%s/%s.mhclo".formatted(name, name));
    float[] rest = proxy.fit(body.positions());
    QuadMesh seen =
        proxy
            .mesh()
            .keep(f -> {
              for (int k = 0; k < 4; k++) {
                if (rest[3 * proxy.mesh().corners()[4 * f + k] + 1] >= MakeHumanActor.CUT) {
                  return true;
                }
              }
              return false;
            });
    Texture albedo = cloth(name, random);
    return new Garment(
        "clothes",
        SubdivisionSurface.of(seen, 1),
        rest,
        body.neck().shares(rest),
        new Material.Glossy(albedo, Texture.constant(0.75f), 0.03f),
        proxy.hidden(),
        new Anchor());
  }

  /** A colour for cloth, linear Rec.709: mostly muted, from black to nearly white. */
  static float[] dye(Random random) {
    double hue = random.nextDouble();
    double saturation = 0.75 * Math.pow(random.nextDouble(), 1.7);
    double value = 0.025 + 0.6 * Math.pow(random.nextDouble(), 1.6);
    float[] rgb = new float[3];
    for (int c = 0; c < 3; c++) {
      double wave = 0.5 + 0.5 * Math.cos(2 * Math.PI * (hue - c / 3.0));
      rgb[c] = (float) (value * (1 - saturation + saturation * wave * 1.6));
    }
    return rgb;
  }

  private Texture cloth(String name, Random random) {
    Path file = model.folder().resolve("base/clothes/%s/%s_diffuse.png".formatted(name, name));
    float[] dye = dye(random);
    if (!Files.isRegularFile(file)) {
      return Texture.constant(dye);
    }
    Image picture = Resize.area(ImageFile.read(file).color(), TEXELS, TEXELS);
    if (name.contains("elegantsuit01") && name.startsWith("male")) {
      return Texture.of(picture);
    }
    return Texture.of(dyed(picture, dye));
  }

  /** Cloth of one colour with the folds, seams and weave of a picture, its print left out. */
  static Image dyed(Image picture, float[] dye) {
    Image grey = picture.luminance();
    float[] mean = GaussianBlur.blur(grey, 8).samples();
    float[] fine = grey.samples();
    int plane = grey.planeSize();
    float[] out = new float[3 * plane];
    for (int i = 0; i < plane; i++) {
      float ratio = Math.clamp((fine[i] + 0.02f) / (mean[i] + 0.02f), 0.55f, 1.35f);
      for (int c = 0; c < 3; c++) {
        out[c * plane + i] = Math.min(0.85f, dye[c] * ratio);
      }
    }
    return Image.rgb(grey.width(), grey.height(), out);
  }

  /** What is worn on the head and turns with it: hair as a mesh, glasses, a hat. */
  List<Shape> worn(Traits traits, MakeHumanBody body) {
    List<Shape> out = new ArrayList<>();
    String hair = hairMesh(traits);
    if (!hair.isEmpty()) {
      out.add(hair(hair, traits, body));
    }
    return out;
  }

  /** The hair mesh that goes with a style; "" if none does. */
  static String hairMesh(Traits traits) {
    return switch (traits.hairStyle()) {
      case BALD, BUZZ, AFRO, CURLY -> "";
      case SHORT -> traits.female() ? "short03" : "short04";
      case SIDE_PARTED -> "short02";
      case SWEPT_BACK -> "short04";
      case BOB -> "bob02";
      case LONG -> "long01";
      case PONYTAIL -> "ponytail01";
    };
  }

  /** A hair mesh on the head, in the colour of the traits and the shades of its picture. */
  Shape hair(String name, Traits traits, MakeHumanBody body) {
    Mhclo proxy = model.proxy("hair/%s/%s.mhclo".formatted(name, name));
    Path file = model.folder().resolve("base/hair/%s/%s_diffuse.png".formatted(name, name));
    Image picture = Resize.area(ImageFile.read(file), TEXELS, TEXELS);
    TriangleMesh mesh = SubdivisionSurface.of(proxy.mesh(), 1).mesh(proxy.fit(body.positions()));
    float[] colour = HairColour.of(traits, 0);
    Material material =
        new Material.Hair(
            Texture.of(shaded(picture, colour)),
            0.35f,
            0.35f,
            2,
            picture.channels() == 4 ? Texture.of(picture.alpha()) : Material.Opaque.ONE);
    return new Shape("hair", mesh, material);
  }

  /** A colour with the light and dark of a picture. */
  private static Image shaded(Image picture, float[] colour) {
    float[] grey = picture.luminance().samples();
    double sum = 0;
    double weight = 0;
    int plane = picture.planeSize();
    float[] alpha = picture.channels() == 4 ? picture.alpha().samples() : null;
    for (int i = 0; i < plane; i++) {
      double a = alpha == null ? 1 : alpha[i];
      sum += a * grey[i];
      weight += a;
    }
    float mean = (float) (sum / Math.max(weight, 1));
    float[] out = new float[3 * plane];
    for (int i = 0; i < plane; i++) {
      float ratio =
          Math.clamp((float) Math.sqrt((grey[i] + 0.003f) / (mean + 0.003f)), 0.35f, 1.8f);
      for (int c = 0; c < 3; c++) {
        out[c * plane + i] = Math.min(0.85f, colour[c] * ratio);
      }
    }
    return Image.rgb(picture.width(), picture.height(), out);
  }
}
