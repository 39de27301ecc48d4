package org.pixelcube.image;

/** The eight ways a camera can have been held: Exif 3.0 (CIPA DC-008), tag 274. */
final class Orientation {
  private Orientation() {}

  /**
   * The picture as it was seen.
   *
   * @param exif 1 upright, 2 mirrored, 3 by 180°, 4 upside down mirrored, 5 transposed, 6 to be
   *     turned 90° clockwise, 7 transposed the other way, 8 to be turned 90° counter-clockwise
   */
  static Image upright(Image image, int exif) {
    if (exif <= 1 || exif > 8) {
      return image;
    }
    int w = image.width();
    int h = image.height();
    boolean swap = exif >= 5;
    int ow = swap ? h : w;
    int oh = swap ? w : h;
    // Whether stored columns and rows run against those of the result.
    boolean flipX = exif == 2 || exif == 3 || exif == 7 || exif == 8;
    boolean flipY = exif == 3 || exif == 4 || exif == 6 || exif == 7;
    float[] in = image.samples();
    float[] out = new float[in.length];
    for (int c = 0, o = 0; c < image.channels(); c++) {
      for (int y = 0; y < oh; y++) {
        for (int x = 0; x < ow; x++, o++) {
          int sx = swap ? y : x;
          int sy = swap ? x : y;
          sx = flipX ? w - 1 - sx : sx;
          sy = flipY ? h - 1 - sy : sy;
          out[o] = in[(c * h + sy) * w + sx];
        }
      }
    }
    return Image.of(ow, oh, image.channels(), image.space(), out);
  }
}
