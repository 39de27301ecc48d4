package org.pixelcube.light;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import org.pixelcube.config.InvalidSetting;
import org.pixelcube.config.JsonSettings;
import org.pixelcube.config.UserError;

/**
 * A lighting file: JSON with either one map or a sequence of maps, and keys that turn and expose
 * it.
 *
 * <pre>{@code
 * {"map": "studio.hdr",
 *  "keys": [{"t": 0, "yaw": 0}, {"t": 5, "yaw": 360, "exposure": -1}],
 *  "interpolation": "smooth"}
 * }</pre>
 *
 * @param map a map file or a video of maps, relative to the lighting file, or a name of {@link
 *     MapLibrary}
 * @param sequence a folder or numbered pattern of maps, relative to the lighting file
 * @param framesPerSecond of the sequence
 * @param keys in the order of time; empty for light that is not turned
 * @param interpolation linear if left out
 */
public record LightingFile(
    Optional<String> map,
    Optional<String> sequence,
    Optional<Double> framesPerSecond,
    List<Key> keys,
    Optional<KeyframedLighting.Interpolation> interpolation) {

  /** Longest time a key may have: a day. */
  private static final double MAX_SECONDS = 86_400;

  /** Most turns a key may ask for, in degrees. */
  private static final double MAX_DEGREES = 360_000;

  /**
   * One key: time in seconds, angles in degrees, exposure in stops; what is left out is 0.
   *
   * @param t seconds from the start of the clip
   */
  public record Key(
      double t,
      Optional<Double> yaw,
      Optional<Double> pitch,
      Optional<Double> roll,
      Optional<Double> exposure) {
    public Key {
      InvalidSetting.inRange("t", t, 0, MAX_SECONDS);
      yaw.ifPresent(v -> InvalidSetting.inRange("yaw", v, -MAX_DEGREES, MAX_DEGREES));
      pitch.ifPresent(v -> InvalidSetting.inRange("pitch", v, -MAX_DEGREES, MAX_DEGREES));
      roll.ifPresent(v -> InvalidSetting.inRange("roll", v, -MAX_DEGREES, MAX_DEGREES));
      exposure.ifPresent(v -> InvalidSetting.inRange("exposure", v, -30, 30));
    }

    private KeyframedLighting.Keyframe toKey() {
      return new KeyframedLighting.Keyframe(
          t, yaw.orElse(0.0), pitch.orElse(0.0), roll.orElse(0.0), exposure.orElse(0.0));
    }
  }

  public LightingFile {
    if (map.isPresent() == sequence.isPresent()) {
      throw new InvalidSetting(
          "map",
          map.isPresent()
              ? "is given beside 'sequence', must be one of the two"
              : "and 'sequence' are missing, one is needed",
          "give either \"map\" or \"sequence\"");
    }
    if (sequence.isPresent() != framesPerSecond.isPresent()) {
      throw new InvalidSetting(
          "framesPerSecond",
          sequence.isPresent() ? "is missing, 'sequence' needs it" : "needs 'sequence'",
          sequence.isPresent() ? "add it, for instance 24" : "leave it out");
    }
    framesPerSecond.ifPresent(v -> InvalidSetting.inRange("framesPerSecond", v, 0.001, 1000));
    keys = List.copyOf(keys);
    for (int i = 1; i < keys.size(); i++) {
      if (!(keys.get(i).t > keys.get(i - 1).t)) {
        throw new InvalidSetting(
            "keys[%d].t".formatted(i),
            "is %s, must be above %s, the time of the key before"
                .formatted(keys.get(i).t, keys.get(i - 1).t),
            "put the keys in the order of time");
      }
    }
  }

  /**
   * Reads a lighting file and the map it names; a sequence is read as it plays.
   *
   * @throws UserError if the file or a map cannot be read, or a value does not fit
   */
  public static Lighting read(Path file) {
    LightingFile content = JsonSettings.read(file, LightingFile.class);
    Lighting base =
        content
            .map
            .map(m -> Lighting.mapOrVideo(resolve(file, m)))
            .or(() ->
                content.sequence.map(s ->
                    SequenceLighting.of(resolve(file, s), content.framesPerSecond.orElseThrow())))
            .orElseThrow();
    return content.keys.isEmpty()
        ? base
        : KeyframedLighting.of(
            base,
            content.keys.stream().map(Key::toKey).toList(),
            content.interpolation.orElse(KeyframedLighting.Interpolation.LINEAR));
  }

  /**
   * The map or sequence that a lighting file names: a name of {@link MapLibrary}, or a path.
   *
   * @throws UserError if the file cannot be read, or a value does not fit
   */
  static String source(Path file) {
    LightingFile content = JsonSettings.read(file, LightingFile.class);
    return resolve(file, content.map.or(content::sequence).orElseThrow());
  }

  /** A path in the file counts from the file's folder; a library name stays one. */
  private static String resolve(Path file, String text) {
    if (MapLibrary.names().contains(text)) {
      return text;
    }
    Path beside = file.resolveSibling(text);
    return Files.exists(beside) || text.indexOf('%') >= 0 ? beside.toString() : text;
  }
}
