package org.pixelcube.dataset;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Stream;
import org.pixelcube.config.UserError;
import org.pixelcube.light.EnvironmentMap;
import org.pixelcube.light.MapLibrary;
import org.pixelcube.render.HardSources;

/** The maps that samples are lit by: the library's and those of a folder, read when first used. */
public final class LightCollection {
  private static final int LIGHT_WIDTH = 256;
  private static final int VIEW_WIDTH = 1024;

  /**
   * A map made ready.
   *
   * @param light 256 pixels wide, for lighting
   * @param view up to 1024 wide, to be seen as background
   * @param hard sources of {@code light}, apart
   */
  record Ready(EnvironmentMap light, EnvironmentMap view, HardSources hard) {}

  private final List<String> names;
  private final Map<String, Ready> ready = new HashMap<>();

  private LightCollection(List<String> names) {
    this.names = List.copyOf(names);
  }

  /**
   * The maps of the library, and of a folder if one is given: its Radiance and OpenEXR files in the
   * order of their names.
   *
   * @throws UserError if the folder cannot be read or holds no map
   */
  public static LightCollection of(Optional<Path> folder) {
    List<String> names = new ArrayList<>(MapLibrary.names());
    if (folder.isPresent()) {
      try (Stream<Path> files = Files.list(folder.get())) {
        List<String> found =
            files
                .map(Path::toString)
                .filter(name -> name.toLowerCase(Locale.ROOT).matches(".*\\.(hdr|exr)"))
                .sorted()
                .toList();
        if (found.isEmpty()) {
          throw new UserError(
              folder.get().toString(),
              "holds no map (expected .hdr or .exr files)",
              "give another folder, or none");
        }
        names.addAll(found);
      } catch (IOException e) {
        throw UserError.of(folder.get(), e);
      }
    }
    return new LightCollection(names);
  }

  /** These maps only: names of the library or paths. */
  public static LightCollection of(List<String> names) {
    return new LightCollection(names);
  }

  public List<String> names() {
    return names;
  }

  /**
   * A map as samples are lit by it: in its own axes, unscaled, at most {@value #LIGHT_WIDTH} pixels
   * wide.
   *
   * @param name one of {@link #names()}
   */
  public EnvironmentMap light(String name) {
    return get(name).light();
  }

  synchronized Ready get(String name) {
    return ready.computeIfAbsent(
        name,
        key -> {
          EnvironmentMap map = MapLibrary.find(key);
          EnvironmentMap light = map.downsampled(LIGHT_WIDTH, LIGHT_WIDTH / 2);
          return new Ready(
              light, map.downsampled(VIEW_WIDTH, VIEW_WIDTH / 2), HardSources.of(light, 4));
        });
  }
}
