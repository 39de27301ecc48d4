package org.pixelcube.dataset;

import java.util.List;
import java.util.Optional;
import org.pixelcube.config.InvalidSetting;
import org.pixelcube.head.Traits;
import org.pixelcube.math.Rotation;
import org.pixelcube.math.Vector3;
import org.pixelcube.render.Camera;
import org.pixelcube.render.Pose;

/**
 * What is known of a clip: the member {@code NAME.json} of a shard.
 *
 * @param format version of the format, {@link #FORMAT}
 * @param name of the clip, the stem of its members: letters, digits, {@code -} and {@code _}
 * @param subject who is seen; one subject is in one split only
 * @param split what it is for, by {@link Split#of}
 * @param action what the subject does, such as {@code talking}
 * @param traits of a rendered subject
 * @param width pixels
 * @param height pixels
 * @param tolerance of a rendered clip: the relative error that its fields were stored with
 * @param members all other members of the clip
 */
public record ClipMeta(
    int format,
    String name,
    Kind kind,
    String subject,
    Split split,
    String action,
    Optional<Traits> traits,
    int width,
    int height,
    double framesPerSecond,
    Optional<Double> tolerance,
    List<FrameMeta> frames,
    Provenance provenance,
    List<Member> members) {

  /** The version of the format that is written and read. */
  public static final int FORMAT = 1;

  /** How a clip came to be. */
  public enum Kind {
    /** Path traced: each frame is a reflectance field. */
    RENDERED,
    /** Photographed: each frame is a picture under known light. */
    CAPTURED
  }

  /**
   * One frame.
   *
   * @param landmarks x, y of the 68 Multi-PIE points in pixels from the top left corner, 136
   *     numbers, if known
   * @param light that a captured frame was lit by
   */
  public record FrameMeta(
      double timeSeconds,
      CameraMeta camera,
      Optional<List<Double>> landmarks,
      Optional<LightMeta> light) {
    public FrameMeta {
      if (landmarks.isPresent() && landmarks.get().size() != 136) {
        throw new InvalidSetting(
            "landmarks",
            "has %d numbers (expected 136)".formatted(landmarks.get().size()),
            "give x and y of 68 points, or leave it out");
      }
    }
  }

  /**
   * A pinhole camera.
   *
   * @param rotation camera to world, nine numbers row by row
   * @param position in the world, metres
   */
  public record CameraMeta(List<Double> rotation, List<Double> position, double focalLengthPixels) {
    public CameraMeta {
      if (rotation.size() != 9 || position.size() != 3 || !(focalLengthPixels > 0)) {
        throw new InvalidSetting(
            "camera",
            "has %d, %d numbers and the focal length %s (expected 9, 3, above 0)"
                .formatted(rotation.size(), position.size(), focalLengthPixels),
            "correct it");
      }
    }

    /** What is stored of a camera. */
    public static CameraMeta of(Camera camera) {
      Rotation r = camera.pose().rotation();
      Vector3 t = camera.pose().translation();
      return new CameraMeta(
          List.of(r.m00(), r.m01(), r.m02(), r.m10(), r.m11(), r.m12(), r.m20(), r.m21(), r.m22()),
          List.of(t.x(), t.y(), t.z()),
          camera.focalLengthPixels());
    }

    /** The camera for pictures of a size. */
    public Camera camera(int width, int height) {
      List<Double> r = rotation;
      Rotation turn =
          new Rotation(
              r.get(0), r.get(1), r.get(2), r.get(3), r.get(4), r.get(5), r.get(6), r.get(7),
              r.get(8));
      Vector3 place = new Vector3(position.get(0), position.get(1), position.get(2));
      return new Camera(new Pose(turn, place), width, height, focalLengthPixels);
    }
  }

  /**
   * The light of a captured frame.
   *
   * @param name of the pattern or map, unique within the clip
   * @param map a member with the map in camera space, if there is one
   */
  public record LightMeta(String name, Optional<String> map) {}

  /**
   * Where a clip comes from.
   *
   * @param licence of the clip as a whole, as an SPDX expression
   * @param software name and version that made it
   * @param seed of all that was drawn
   * @param assets that are seen in it
   */
  public record Provenance(String licence, String software, long seed, List<Asset> assets) {}

  /**
   * Something by others that is seen in a clip.
   *
   * @param licence as an SPDX expression
   * @param attribution whom to name, and where it is from
   */
  public record Asset(String name, String licence, String attribution) {}

  /**
   * A file of the clip in the shard.
   *
   * @param sha256 of its content, 64 hexadecimal digits
   */
  public record Member(String name, long bytes, String sha256) {}

  public ClipMeta {
    InvalidSetting.inRange("format", format, FORMAT, FORMAT);
    if (!name.matches("[A-Za-z0-9_-]{1,80}")) {
      throw new InvalidSetting(
          "name",
          "is '" + name + "' (expected letters, digits, - and _)",
          "give the clip another name");
    }
    InvalidSetting.inRange("width", width, 1, 16_384);
    InvalidSetting.inRange("height", height, 1, 16_384);
    InvalidSetting.inRange("framesPerSecond", framesPerSecond, 0.01, 1000);
    if (frames.isEmpty()) {
      throw new InvalidSetting("frames", "is empty (expected at least one)", "add a frame");
    }
    if (split != Split.of(subject)) {
      throw new InvalidSetting(
          "split",
          "is %s, but the subject '%s' belongs to %s".formatted(split, subject, Split.of(subject)),
          "leave the split to the subject's name");
    }
    frames = List.copyOf(frames);
    members = List.copyOf(members);
  }

  /** This clip with other members. */
  ClipMeta withMembers(List<Member> others) {
    return new ClipMeta(
        format,
        name,
        kind,
        subject,
        split,
        action,
        traits,
        width,
        height,
        framesPerSecond,
        tolerance,
        frames,
        provenance,
        others);
  }

  /** The name of a member: {@code NAME.KIND} or {@code NAME.KIND.0007}. */
  public String member(String kindOfMember) {
    return name + "." + kindOfMember;
  }

  /** The name of a frame's member: {@code NAME.KIND.0007}, with a file's ending if it has one. */
  public String member(String kindOfMember, int frame) {
    return "%s.%s.%04d".formatted(name, kindOfMember, frame);
  }
}
