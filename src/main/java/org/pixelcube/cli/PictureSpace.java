package org.pixelcube.cli;

import org.pixelcube.color.Primaries;

/** The primaries of a camera's pictures, as an option. */
enum PictureSpace {
  REC709(Primaries.BT709),
  P3(Primaries.P3_D65),
  REC2020(Primaries.BT2020),
  ACESCG(Primaries.ACES_AP1),
  /** ACES2065-1. */
  ACES(Primaries.ACES_AP0);

  @SuppressWarnings("ImmutableEnumChecker") // a record of doubles
  private final Primaries primaries;

  PictureSpace(Primaries primaries) {
    this.primaries = primaries;
  }

  Primaries primaries() {
    return primaries;
  }
}
