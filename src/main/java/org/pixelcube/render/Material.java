package org.pixelcube.render;

/** What a surface is made of. A closed set: the tracer knows every kind. */
public sealed interface Material {

  /** How much of the surface is there, 0 to 1: cards of hair and lashes are cut out by it. */
  default Texture opacity() {
    return Opaque.ONE;
  }

  /** Whether {@link #opacity()} is 1 everywhere, so that rays need not ask. */
  default boolean isOpaque() {
    return opacity() == Opaque.ONE;
  }

  /** The opacity of what has no holes. */
  final class Opaque {
    public static final Texture ONE = Texture.constant(1);

    private Opaque() {}
  }

  /** A perfectly diffuse surface; its albedo is linear Rec.709, 0 to 1. */
  record Lambert(Texture albedo, Texture opacity) implements Material {
    public Lambert(Texture albedo) {
      this(albedo, Opaque.ONE);
    }
  }

  /**
   * A diffuse base under one GGX lobe: cloth, teeth, plastic, the white of the eye.
   *
   * @param albedo of the base, linear Rec.709
   * @param roughness of the lobe, perceptual, 0 to 1; the GGX alpha is its square
   * @param specular reflectance of the coat at normal incidence (0.04 for an index of 1.5)
   * @param normalMap tangent-space normals, three channels in −1 to 1, +Z out of the surface; null
   *     for none
   */
  record Glossy(
      Texture albedo, Texture roughness, float specular, Texture normalMap, Texture opacity)
      implements Material {
    public Glossy(Texture albedo, Texture roughness, float specular) {
      this(albedo, roughness, specular, null, Opaque.ONE);
    }
  }

  /**
   * Skin: light wanders under the surface, and two GGX lobes of oil and skin lie on top.
   *
   * @param albedo what a broad white light sees, linear Rec.709 (the walk inside is tuned to it)
   * @param scatterRed the scale d of the diffusion profile for red (Burley 2015), metres; light
   *     comes out 2.5 d away in the mean. Skin about 1 mm
   * @param scatterGreen of green light
   * @param scatterBlue of blue light
   * @param roughness of the broad lobe, perceptual; the sharp one has {@code sharpness} times as
   *     much
   * @param sharpness 0 to 1
   * @param sharpShare share of the sharp lobe, 0 to 1
   * @param specular reflectance at normal incidence, 0.028 for skin
   * @param normalMap as in {@link Glossy}
   */
  record Skin(
      Texture albedo,
      float scatterRed,
      float scatterGreen,
      float scatterBlue,
      Texture roughness,
      float sharpness,
      float sharpShare,
      float specular,
      Texture normalMap)
      implements Material {}

  /**
   * A hair fibre; the mesh's u runs around or across the strand, v along it from root to tip, and
   * the fibre lies along the direction in which v grows.
   *
   * @param albedo the colour of a mass of such hair under white light, linear Rec.709; absorption
   *     inside the fibre is worked out from it
   * @param longitudinalRoughness along the fibre, 0 to 1; 0.3 is usual
   * @param azimuthalRoughness around it, 0 to 1; 0.3 is usual
   * @param tiltDegrees of the scales; 2 is usual
   */
  record Hair(
      Texture albedo,
      float longitudinalRoughness,
      float azimuthalRoughness,
      float tiltDegrees,
      Texture opacity)
      implements Material {}

  /**
   * A clear, smooth shell such as a cornea or a spectacle lens: it mirrors by Fresnel's law and
   * lets the rest straight through.
   *
   * @param indexOfRefraction 1.376 for a cornea, 1.5 for glass
   * @param tint what passes, linear Rec.709
   */
  record Clear(float indexOfRefraction, Texture tint) implements Material {}
}
