package org.pixelcube.color;

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
  ACESCG
}
