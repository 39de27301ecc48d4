package org.pixelcube.light;

import java.nio.file.Files;
import java.nio.file.InvalidPathException;
import java.nio.file.Path;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.UnaryOperator;
import org.pixelcube.config.Suggestion;
import org.pixelcube.config.UserError;
import org.pixelcube.math.Vector3;

/**
 * Maps by name, made by formula at 1024×512: portrait set-ups, studio lights, skies, night.
 *
 * <p>Radiances are those of the scene in units of diffuse white where the light is natural, and
 * keep plausible ratios elsewhere (a lamp some hundred times its surroundings). "Right" is the
 * right of the picture.
 */
public final class MapLibrary {
  private static final int WIDTH = 1024;

  /** Sky luminance that counts as 1.0, in kcd/m²: about white paper in the sun. */
  private static final double SKY_UNIT = 30;

  /** Half the sun's apparent size of 0.53°. */
  private static final double SUN_RADIUS_DEGREES = 0.265;

  private static final Rgb ROOM = Rgb.grey(0.03);

  private static final Map<String, UnaryOperator<MapPainter>> MAPS;

  static {
    Map<String, UnaryOperator<MapPainter>> maps = new LinkedHashMap<>();
    maps.put("uniform", p -> p.fill(Rgb.grey(1)));
    maps.put("three-point", MapLibrary::threePoint);
    maps.put("rembrandt", p -> studio(p, 48, 42, 9, 55, 0.05));
    maps.put("butterfly", MapLibrary::butterfly);
    maps.put("split", p -> studio(p, 92, 8, 10, 45, 0.015));
    maps.put("loop", p -> studio(p, 32, 28, 12, 35, 0.08));
    maps.put("rim", MapLibrary::rim);
    maps.put("ring", MapLibrary::ring);
    maps.put("softbox", MapLibrary::softbox);
    maps.put("window", MapLibrary::window);
    maps.put("hard-sun", p -> sky(p, 55, 40, 2.5, new Rgb(0.22, 0.2, 0.16)));
    maps.put("golden-hour", p -> sky(p, 65, 7, 4, new Rgb(0.24, 0.2, 0.14)));
    maps.put("overcast", MapLibrary::overcast);
    maps.put("neon", MapLibrary::neon);
    maps.put("night-street", MapLibrary::nightStreet);
    MAPS = Collections.unmodifiableMap(maps);
  }

  private MapLibrary() {}

  /** The names of all maps, in the order in which to show them. */
  public static List<String> names() {
    return List.copyOf(MAPS.keySet());
  }

  /** Makes the map of that name, if there is one. */
  public static Optional<EnvironmentMap> make(String name) {
    return Optional.ofNullable(MAPS.get(name))
        .map(recipe -> recipe.apply(new MapPainter(WIDTH, WIDTH / 2)).map());
  }

  /**
   * The map of a library name or a file.
   *
   * @throws UserError if it is neither, or the file is no map
   */
  public static EnvironmentMap find(String nameOrPath) {
    return make(nameOrPath)
        .orElseGet(() -> {
          if (isFile(nameOrPath)) {
            return EnvironmentMap.load(Path.of(nameOrPath));
          }
          throw new UserError(
              nameOrPath,
              "is neither a map file nor a map name (expected a file or one of %s)"
                  .formatted(String.join(", ", names())),
              Suggestion.nearest(nameOrPath, names())
                  .map("did you mean '%s'?"::formatted)
                  .orElse("check the path or give one of these names"));
        });
  }

  private static boolean isFile(String text) {
    try {
      return Files.exists(Path.of(text));
    } catch (InvalidPathException _) {
      return false;
    }
  }

  /** A dim room: lighter above, with a floor. */
  private static MapPainter room(MapPainter p, Rgb level) {
    return p.fill((x, y, z, rgb) -> {
      double s = 0.7 + 0.3 * y;
      rgb[0] = level.red() * s;
      rgb[1] = level.green() * s;
      rgb[2] = level.blue() * s;
    });
  }

  /** One key light at the right and a reflector at the left in a dim room. */
  private static MapPainter studio(
      MapPainter p,
      double yawDegrees,
      double elevationDegrees,
      double halfSizeDegrees,
      double radiance,
      double fill) {
    return room(p, ROOM)
        .panel(MapPainter.direction(-75, 0), 25, 30, 12, Rgb.grey(ROOM.green() + fill * 4))
        .panel(
            MapPainter.direction(yawDegrees, elevationDegrees),
            halfSizeDegrees,
            halfSizeDegrees,
            1.5,
            new Rgb(1, 0.97, 0.92).times(radiance));
  }

  private static MapPainter threePoint(MapPainter p) {
    return room(p, ROOM)
        .panel(MapPainter.direction(45, 32), 11, 14, 2, new Rgb(1, 0.96, 0.9).times(38))
        .panel(MapPainter.direction(-50, 12), 18, 18, 6, new Rgb(0.92, 0.97, 1).times(4.5))
        .panel(MapPainter.direction(-150, 38), 6, 10, 1.5, Rgb.grey(70));
  }

  private static MapPainter butterfly(MapPainter p) {
    return room(p, ROOM)
        .disc(MapPainter.direction(0, 48), 12, new Rgb(1, 0.98, 0.95).times(42))
        .panel(MapPainter.direction(0, -50), 28, 16, 8, Rgb.grey(1.4));
  }

  private static MapPainter rim(MapPainter p) {
    return room(p, ROOM)
        .panel(MapPainter.direction(140, 10), 5, 26, 1.5, new Rgb(1, 0.97, 0.93).times(60))
        .panel(MapPainter.direction(-140, 10), 5, 26, 1.5, new Rgb(0.9, 0.96, 1).times(60))
        .panel(MapPainter.direction(0, 10), 25, 18, 12, Rgb.grey(0.35));
  }

  private static MapPainter ring(MapPainter p) {
    return room(p, ROOM).ring(new Vector3(0, 0, 1), 11, 15, new Rgb(1, 0.985, 0.96).times(55));
  }

  private static MapPainter softbox(MapPainter p) {
    return room(p, ROOM.times(2))
        .panel(MapPainter.direction(35, 25), 28, 34, 10, new Rgb(1, 0.98, 0.95).times(7));
  }

  /** Four panes at the right, sky above and ground below in them; a warm room about. */
  private static MapPainter window(MapPainter p) {
    room(p, new Rgb(0.1, 0.085, 0.065));
    for (int column = 0; column < 2; column++) {
      for (int row = 0; row < 2; row++) {
        double yaw = 78 + (column == 0 ? -13 : 13);
        double elevation = row == 0 ? 24 : -1;
        Rgb light = row == 0 ? new Rgb(9, 10.5, 12.5) : new Rgb(6, 6.4, 6.2);
        p.panel(MapPainter.direction(yaw, elevation), 11.5, 11, 0.5, light);
      }
    }
    return p.panel(MapPainter.direction(-90, 0), 40, 40, 20, new Rgb(0.2, 0.17, 0.13));
  }

  private static MapPainter sky(
      MapPainter p, double yawDegrees, double elevationDegrees, double turbidity, Rgb albedo) {
    Vector3 sun = MapPainter.direction(yawDegrees, elevationDegrees);
    PreethamSky sky = new PreethamSky(sun, turbidity);
    return p.fill(
            (x, y, z, rgb) -> {
              if (y < -0.05) {
                // Ground will cover it.
                return;
              }
              sky.at(x, y, z, rgb);
              for (int c = 0; c < 3; c++) {
                rgb[c] /= SKY_UNIT;
              }
            })
        .sun(sun, SUN_RADIUS_DEGREES, sky.sunIlluminance().times(1 / SKY_UNIT))
        .ground(albedo);
  }

  /** The CIE standard overcast sky, L_z(1 + 2 cos θ)/3 (Moon and Spencer 1942), and its ground. */
  private static MapPainter overcast(MapPainter p) {
    double zenith = 7 / SKY_UNIT * 4;
    return p.fill(
            (x, y, z, rgb) -> {
              double l = zenith * (1 + 2 * Math.max(0, y)) / 3;
              rgb[0] = 0.95 * l;
              rgb[1] = l;
              rgb[2] = 1.1 * l;
            })
        .ground(new Rgb(0.2, 0.19, 0.16));
  }

  private static MapPainter neon(MapPainter p) {
    return room(p, new Rgb(0.02, 0.015, 0.04))
        .panel(MapPainter.direction(-70, 5), 10, 34, 1, new Rgb(24, 0.8, 15))
        .panel(MapPainter.direction(70, 5), 10, 34, 1, new Rgb(0.6, 13, 22))
        .panel(MapPainter.direction(165, 25), 24, 1.5, 0.5, new Rgb(30, 1.5, 18))
        .panel(MapPainter.direction(-165, -5), 1.5, 20, 0.5, new Rgb(1, 16, 26));
  }

  private static MapPainter nightStreet(MapPainter p) {
    p.fill((x, y, z, rgb) -> {
      // Skyglow: brighter and warmer at the horizon; wet asphalt below.
      double low = Math.exp(-4 * Math.abs(y));
      double ground = y < 0 ? 0.5 : 1;
      rgb[0] = ground * (0.006 + 0.05 * low);
      rgb[1] = ground * (0.008 + 0.034 * low);
      rgb[2] = ground * (0.016 + 0.022 * low);
    });
    Rgb sodium = new Rgb(1, 0.55, 0.16);
    p.disc(MapPainter.direction(38, 38), 2.2, sodium.times(420));
    p.disc(MapPainter.direction(-62, 24), 1.4, sodium.times(300));
    p.disc(MapPainter.direction(150, 18), 1, sodium.times(240));
    p.disc(MapPainter.direction(-160, 14), 0.8, sodium.times(240));
    // Shop windows at the left, a sign at the right behind, headlights behind the subject.
    p.panel(MapPainter.direction(-95, 2), 16, 8, 1, new Rgb(2.2, 2, 1.7));
    p.panel(MapPainter.direction(112, 14), 3, 9, 0.5, new Rgb(9, 0.7, 1.2));
    p.panel(MapPainter.direction(100, -1), 9, 5, 1, new Rgb(0.4, 1.3, 1.9));
    p.disc(MapPainter.direction(176, -2), 0.6, new Rgb(90, 88, 80));
    return p.disc(MapPainter.direction(-179, -2), 0.6, new Rgb(90, 88, 80));
  }
}
