package org.pixelcube.pipeline;

import java.util.Arrays;
import java.util.List;
import java.util.Locale;

/** A picture that relighting works out for each frame on its way, and can write for compositing. */
public enum Pass {
  /** Coverage of the subject, one channel, 0 to 1. */
  MATTE,
  /** Unit surface normals, three channels, camera space; written to PNG as (n + 1) / 2. */
  NORMALS,
  /** The subject with its light evened out, linear Rec.709. */
  FLAT,
  /** Diffuse reflection under the map, linear Rec.709. */
  DIFFUSE,
  /** Specular reflection under the map, linear Rec.709. */
  SPECULAR,
  /** The part of the map's light that is not blocked, one channel, 0 to 1. */
  SHADOW;

  /** The pass as the user writes it. */
  public String label() {
    return name().toLowerCase(Locale.ROOT);
  }

  /** The labels of all passes. */
  public static List<String> names() {
    return Arrays.stream(values()).map(Pass::label).toList();
  }

  /** The pass with the label {@code name}. */
  public static Pass named(String name) {
    return valueOf(name.toUpperCase(Locale.ROOT));
  }
}
