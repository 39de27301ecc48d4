package org.pixelcube.light;

import java.nio.file.Path;
import org.pixelcube.math.Rotation;

/** Light over time. Times before the start hold the first state, times after the end the last. */
public sealed interface Lighting permits FixedLighting, KeyframedLighting, SequenceLighting {
  /** The light at a time in seconds from the start of the clip, in parts. */
  LightingState state(double timeSeconds);

  /** The light at a time in seconds as one map. */
  default EnvironmentMap at(double timeSeconds) {
    return state(timeSeconds).map();
  }

  /** The time of the last change; 0 for light that never changes. */
  double durationSeconds();

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
   * maps, a map file, or a name of {@link MapLibrary}.
   *
   * @param framesPerSecond of a folder or pattern of maps; a lighting file says its own
   * @throws org.pixelcube.config.UserError if nothing of the kind is there
   */
  static Lighting find(String nameOrPath, double framesPerSecond) {
    if (nameOrPath.endsWith(".json")) {
      return LightingFile.read(Path.of(nameOrPath));
    }
    if (SequenceLighting.isSequence(nameOrPath)) {
      return SequenceLighting.of(nameOrPath, framesPerSecond);
    }
    return fixed(MapLibrary.find(nameOrPath));
  }
}
