package org.pixelcube.light;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.pixelcube.math.Rotation;

/**
 * Light over time. Times before the start hold the first state, times after the end the last. To be
 * closed after use: light read from a video holds native memory.
 */
public sealed interface Lighting extends AutoCloseable
    permits FixedLighting, KeyframedLighting, SequenceLighting {
  /** The light at a time in seconds from the start of the clip, in parts. */
  LightingState state(double timeSeconds);

  /** The light at a time in seconds as one map. */
  default EnvironmentMap at(double timeSeconds) {
    return state(timeSeconds).map();
  }

  /** The time of the last change; 0 for light that never changes. */
  double durationSeconds();

  /** Lets go of open files; nothing else is affected. */
  @Override
  default void close() {}

  /** Light that never changes. */
  static Lighting fixed(EnvironmentMap map) {
    return fixed(map, Rotation.IDENTITY, 0);
  }

  /** Light that never changes, turned and exposed. */
  static Lighting fixed(EnvironmentMap map, Rotation rotation, double exposureStops) {
    return new FixedLighting(new LightingState(map, rotation, exposureStops));
  }

  /**
   * Light by what a user gives: a lighting file ({@code .json}), a folder or a numbered pattern of
   * maps, a map file, a video of maps, or a name of {@link MapLibrary}.
   *
   * @param framesPerSecond of a folder or pattern of maps; a lighting file and a video say their
   *     own
   * @throws org.pixelcube.config.UserError if nothing of the kind is there
   */
  static Lighting find(String nameOrPath, double framesPerSecond) {
    if (nameOrPath.endsWith(".json")) {
      return LightingFile.read(Path.of(nameOrPath));
    }
    return SequenceLighting.isSequence(nameOrPath)
        ? SequenceLighting.of(nameOrPath, framesPerSecond)
        : mapOrVideo(nameOrPath);
  }

  /**
   * The files that {@link #find} would read: map, folder, pattern or video, and with a lighting
   * file what that names; none for a name of {@link MapLibrary}.
   *
   * @throws org.pixelcube.config.UserError if a lighting file cannot be read
   */
  static List<Path> files(String nameOrPath) {
    if (nameOrPath.endsWith(".json")) {
      Path file = Path.of(nameOrPath);
      List<Path> files = new ArrayList<>(List.of(file));
      files.addAll(files(LightingFile.source(file)));
      return files;
    }
    return MapLibrary.names().contains(nameOrPath) ? List.of() : List.of(Path.of(nameOrPath));
  }

  /** A library name, a map file, or a video of maps. */
  static Lighting mapOrVideo(String nameOrPath) {
    return !MapLibrary.names().contains(nameOrPath) && SequenceLighting.isVideo(nameOrPath)
        ? SequenceLighting.video(Path.of(nameOrPath))
        : fixed(MapLibrary.find(nameOrPath));
  }
}
