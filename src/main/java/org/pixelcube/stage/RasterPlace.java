package org.pixelcube.stage;

import org.pixelcube.config.InvalidSetting;

/**
 * Where a panel's picture lies in the raster. The picture, as seen from in front of the panel, is
 * mirrored first, then turned, then put with its upper left corner at (u, v).
 *
 * @param u raster column of the upper left corner, pixels
 * @param v raster row of the upper left corner
 * @param orientation clockwise turn in degrees: 0, 90, 180 or 270
 * @param flipHorizontal whether left and right are exchanged first
 * @param flipVertical whether top and bottom are exchanged first
 */
public record RasterPlace(
    int u, int v, int orientation, boolean flipHorizontal, boolean flipVertical) {
  public RasterPlace {
    InvalidSetting.inRange("u", u, 0, 1 << 20);
    InvalidSetting.inRange("v", v, 0, 1 << 20);
    if (orientation != 0 && orientation != 90 && orientation != 180 && orientation != 270) {
      throw new InvalidSetting(
          "orientation",
          "is %d, must be 0, 90, 180 or 270".formatted(orientation),
          "give the clockwise turn of the panel's picture in the raster");
    }
  }

  /** Upright and not mirrored. */
  public static RasterPlace upright(int u, int v) {
    return new RasterPlace(u, v, 0, false, false);
  }

  /** Raster columns taken by a panel of w×h pixels. */
  public int width(int w, int h) {
    return orientation % 180 == 0 ? w : h;
  }

  /** Raster rows taken by a panel of w×h pixels. */
  public int height(int w, int h) {
    return orientation % 180 == 0 ? h : w;
  }

  /**
   * Index in a raster of {@code rasterWidth} columns of the panel pixel in column {@code x}, row
   * {@code y} (from the upper left, seen from in front) of a panel of w×h pixels.
   */
  public int index(int x, int y, int w, int h, int rasterWidth) {
    int px = flipHorizontal ? w - 1 - x : x;
    int py = flipVertical ? h - 1 - y : y;
    return switch (orientation) {
      case 90 -> (v + px) * rasterWidth + u + h - 1 - py;
      case 180 -> (v + h - 1 - py) * rasterWidth + u + w - 1 - px;
      case 270 -> (v + w - 1 - px) * rasterWidth + u + py;
      default -> (v + py) * rasterWidth + u + px;
    };
  }
}
