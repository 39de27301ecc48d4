package org.pixelcube.stage;

import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import org.pixelcube.color.Primaries;
import org.pixelcube.light.CubeMap;
import org.pixelcube.math.Vector3;

/**
 * Makes the rig of a cube of equal square tiles, from the numbers that describe it.
 *
 * @param sideMetres inner side of the cube
 * @param tilesPerSide tiles along a side
 * @param tilePixels LED pixels along a tile's side
 * @param peakNits luminance of full white
 * @param framesPerSecond of the raster and of the camera
 * @param rasterColumns tiles in a row of the raster
 * @param openings tiles left out, by name, such as {@code front-2-3}
 */
public record CubeRig(
    double sideMetres,
    int tilesPerSide,
    int tilePixels,
    double peakNits,
    double framesPerSecond,
    int rasterColumns,
    List<String> openings) {
  /**
   * A cube of 2 m of 90 tiles of 0.5 m, 1,900 nits, 60 Hz. Left out are four tiles in the middle of
   * the front, through which the camera looks, and two at the back, on the floor, which are the
   * door.
   */
  public static final CubeRig PIXEL_CUBE =
      new CubeRig(
          2,
          4,
          192,
          1900,
          60,
          10,
          List.of("front-2-2", "front-2-3", "front-3-2", "front-3-3", "back-3-1", "back-4-1"));

  /** Chromaticities of usual red, green and blue LEDs, white D65: DCI-P3 or a little wider. */
  private static final Primaries LEDS =
      new Primaries(0.690, 0.308, 0.190, 0.735, 0.138, 0.052, 0.3127, 0.3290);

  public CubeRig {
    openings = List.copyOf(openings);
  }

  /**
   * The name of a face: front is +Z, where the camera is; left and right are the picture's; tiles
   * are named {@code face-row-column}, counted from 1 at the upper left, seen from within.
   */
  private static String name(CubeMap.Face face) {
    return switch (face) {
      case POSITIVE_X -> "right";
      case NEGATIVE_X -> "left";
      case POSITIVE_Y -> "ceiling";
      case NEGATIVE_Y -> "floor";
      case POSITIVE_Z -> "front";
      case NEGATIVE_Z -> "back";
    };
  }

  /** The rig. */
  public Rig rig() {
    double tile = sideMetres / tilesPerSide;
    PanelType type =
        new PanelType(
            "tile",
            tile,
            tile,
            tilePixels,
            tilePixels,
            peakNits,
            0,
            LEDS,
            TransferCurve.gamma(2.4),
            ViewingAngle.LAMBERTIAN,
            3840,
            8);
    List<Rig.Panel> panels = new ArrayList<>();
    for (CubeMap.Face face : CubeMap.Face.values()) {
      for (int row = 1; row <= tilesPerSide; row++) {
        for (int column = 1; column <= tilesPerSide; column++) {
          String name = String.format(Locale.ROOT, "%s-%d-%d", name(face), row, column);
          if (!openings.contains(name)) {
            int k = panels.size();
            panels.add(
                new Rig.Panel(
                    name,
                    type.name(),
                    place(face, column - 1, row),
                    face.columns(),
                    face.rows().times(-1).plus(Vector3.ZERO),
                    RasterPlace.upright(
                        k % rasterColumns * tilePixels, k / rasterColumns * tilePixels)));
          }
        }
      }
    }
    int rows = Math.ceilDiv(panels.size(), rasterColumns);
    Rig.Raster raster =
        new Rig.Raster(rasterColumns * tilePixels, rows * tilePixels, framesPerSecond, 16);
    StageCamera camera =
        new StageCamera(
            "main",
            new Vector3(0, 0, 0.6 * sideMetres),
            0,
            0,
            0,
            35,
            1080,
            1080,
            framesPerSecond,
            0.5 / framesPerSecond,
            0,
            TransferCurve.SRGB);
    return new Rig(
        "pixel-cube",
        Vector3.ZERO,
        List.of(type),
        panels,
        raster,
        List.of(new Rig.Processor("main", 0, 0, raster.width(), raster.height())),
        List.of(camera));
  }

  /** The point {@code column} tiles right and {@code row} tiles down from a face's upper left. */
  private Vector3 place(CubeMap.Face face, int column, int row) {
    double half = sideMetres / 2;
    double s = column * sideMetres / tilesPerSide - half;
    double t = row * sideMetres / tilesPerSide - half;
    return face.axis().times(half).plus(face.columns().times(s)).plus(face.rows().times(t));
  }
}
