package org.pixelcube.color;

import org.pixelcube.math.Vector3;

/** What the samples of a picture mean. All colour spaces are scene-linear. */
public enum ColorSpace {
  /** Not a colour: mattes, normals, depth, flow. */
  DATA,
  /** Linear light, ITU-R BT.709 primaries, D65 white: the default working space. */
  LINEAR_REC709,
  /** Linear light, DCI-P3 primaries with D65 white (Display P3). */
  LINEAR_P3,
  /** Linear light, ITU-R BT.2020 primaries, D65 white. */
  LINEAR_REC2020,
  /** Linear light, ACEScg (AP1 primaries, ACES white). */
  ACESCG;

  /**
   * The chromaticities of this space.
   *
   * @throws IllegalStateException for {@link #DATA}, which is no colour
   */
  public Primaries primaries() {
    return switch (this) {
      case DATA -> throw new IllegalStateException("DATA has no primaries");
      case LINEAR_REC709 -> Primaries.BT709;
      case LINEAR_P3 -> Primaries.P3_D65;
      case LINEAR_REC2020 -> Primaries.BT2020;
      case ACESCG -> Primaries.ACES_AP1;
    };
  }

  /**
   * The weights (R, G, B) that make luminance of linear RGB in this space; their sum is 1.
   *
   * @throws IllegalStateException for {@link #DATA}
   */
  public Vector3 luminanceWeights() {
    return primaries().luminanceWeights();
  }
}
