package org.pixelcube.dataset;

import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.lang.ref.SoftReference;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import org.apache.commons.compress.archivers.tar.TarArchiveEntry;
import org.apache.commons.compress.archivers.tar.TarArchiveInputStream;
import org.apache.commons.compress.archivers.tar.TarArchiveOutputStream;
import org.pixelcube.config.JsonSettings;
import org.pixelcube.config.UserError;
import org.pixelcube.image.Image;
import org.pixelcube.render.Camera;
import org.pixelcube.render.CodedField;
import org.pixelcube.render.FieldBasis;
import org.pixelcube.render.FieldCodec;

/**
 * A clip in memory: what is known of it and its members, still compressed. Frames are decoded one
 * at a time.
 */
public final class Clip {
  /** The basis of a rendered clip's fields. */
  public static final String BASIS = "basis";

  /** A rendered frame's field in that basis. */
  public static final String FIELD = "field";

  /** A rendered frame's planes. */
  public static final String AOVS = "aovs";

  /** A captured frame: a PNG. */
  public static final String PICTURE = "picture";

  private final String place;
  private final ClipMeta meta;
  private final Map<String, byte[]> members;
  private final Map<Integer, SoftReference<CodedField>> decoded = new ConcurrentHashMap<>();
  private FieldBasis basis;

  private Clip(String place, ClipMeta meta, Map<String, byte[]> members) {
    this.place = place;
    this.meta = meta;
    this.members = members;
  }

  /**
   * A clip of its parts.
   *
   * @param meta whose list of members is made anew
   * @param members content by name; a name begins with the clip's name and a dot
   */
  public static Clip of(ClipMeta meta, Map<String, byte[]> members) {
    List<ClipMeta.Member> listed = new ArrayList<>();
    members.forEach((name, content) -> {
      if (!name.startsWith(meta.name() + ".") || name.equals(meta.member("json"))) {
        throw new IllegalArgumentException("member '%s' of clip '%s'".formatted(name, meta.name()));
      }
      listed.add(new ClipMeta.Member(name, content.length, Checksum.hex(content)));
    });
    return new Clip(meta.name(), meta.withMembers(listed), new LinkedHashMap<>(members));
  }

  public ClipMeta meta() {
    return meta;
  }

  /** The names of the members, in their order in the shard. */
  public List<String> memberNames() {
    return List.copyOf(members.keySet());
  }

  /**
   * The content of a member.
   *
   * @throws UserError if the clip has no such member
   */
  public byte[] member(String name) {
    byte[] content = members.get(name);
    if (content == null) {
      throw new UserError(place, "has no member '" + name + "'", "make or fetch the shard again");
    }
    return content.clone();
  }

  /** The camera of a frame. */
  public Camera camera(int frame) {
    return meta.frames().get(frame).camera().camera(meta.width(), meta.height());
  }

  /** The basis of a rendered clip. */
  public synchronized FieldBasis basis() {
    if (basis == null) {
      String name = meta.member(BASIS);
      basis = FieldBasis.read(place + ": " + name, member(name));
    }
    return basis;
  }

  /** Decodes a frame of a rendered clip; it is kept as long as memory lasts. */
  public CodedField field(int frame) {
    SoftReference<CodedField> kept = decoded.get(frame);
    CodedField field = kept == null ? null : kept.get();
    if (field == null) {
      String name = meta.member(FIELD, frame);
      field =
          FieldCodec.decode(
              place + ": " + name,
              member(name),
              member(meta.member(AOVS, frame)),
              basis(),
              camera(frame));
      decoded.put(frame, new SoftReference<>(field));
    }
    return field;
  }

  /** A frame of a captured clip, linear. */
  public Image picture(int frame) {
    String name = meta.member(PICTURE, frame) + ".png";
    return Pictures.decode(place + ": " + name, member(name));
  }

  /** The clip as a tar, without the blocks that end an archive: always the same bytes. */
  byte[] toTar() {
    ByteArrayOutputStream bytes = new ByteArrayOutputStream();
    try (TarArchiveOutputStream tar =
        new TarArchiveOutputStream(bytes, 512, StandardCharsets.UTF_8.name())) {
      tar.setLongFileMode(TarArchiveOutputStream.LONGFILE_POSIX);
      put(tar, meta.member("json"), JsonSettings.toJson(meta).getBytes(StandardCharsets.UTF_8));
      for (Map.Entry<String, byte[]> member : members.entrySet()) {
        put(tar, member.getKey(), member.getValue());
      }
      tar.flush();
      int content = bytes.size();
      tar.finish();
      return java.util.Arrays.copyOf(bytes.toByteArray(), content);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  private static void put(TarArchiveOutputStream tar, String name, byte[] content)
      throws IOException {
    TarArchiveEntry entry = new TarArchiveEntry(name);
    entry.setSize(content.length);
    entry.setModTime(0);
    entry.setIds(0, 0);
    entry.setNames("", "");
    entry.setMode(0644);
    tar.putArchiveEntry(entry);
    tar.write(content);
    tar.closeArchiveEntry();
  }

  /**
   * Reads a clip of its part of a shard and checks that nothing is missing, added or changed.
   *
   * @param place the shard, for errors
   * @throws UserError if it is damaged
   */
  static Clip read(String place, byte[] tar) {
    Map<String, byte[]> members = new LinkedHashMap<>();
    String first = null;
    try (TarArchiveInputStream in =
        new TarArchiveInputStream(
            new ByteArrayInputStream(tar), 512, StandardCharsets.UTF_8.name())) {
      for (TarArchiveEntry entry = in.getNextEntry(); entry != null; entry = in.getNextEntry()) {
        if (!entry.isFile() || members.containsKey(entry.getName())) {
          throw damaged(place, "'" + entry.getName() + "' is there twice or is no file", null);
        }
        byte[] content = in.readNBytes(Math.toIntExact(entry.getSize()));
        if (content.length != entry.getSize()) {
          throw damaged(
              place,
              "'%s' has %d bytes (expected %d)"
                  .formatted(entry.getName(), content.length, entry.getSize()),
              null);
        }
        first = first == null ? entry.getName() : first;
        members.put(entry.getName(), content);
      }
    } catch (IOException | IllegalArgumentException | ArithmeticException e) {
      throw damaged(place, "its tar cannot be read", e);
    }
    if (first == null || !first.endsWith(".json")) {
      throw damaged(place, "its first member is %s (expected NAME.json)".formatted(first), null);
    }
    String json = new String(members.remove(first), StandardCharsets.UTF_8);
    ClipMeta meta = JsonSettings.parse(place + ": " + first, json, ClipMeta.class);
    if (!first.equals(meta.member("json"))) {
      throw damaged(place, "'%s' describes clip '%s'".formatted(first, meta.name()), null);
    }
    check(place, meta, members);
    return new Clip(place, meta, members);
  }

  private static void check(String place, ClipMeta meta, Map<String, byte[]> members) {
    for (ClipMeta.Member listed : meta.members()) {
      byte[] content = members.get(listed.name());
      if (content == null) {
        throw damaged(place, "'" + listed.name() + "' is missing", null);
      }
      if (content.length != listed.bytes()) {
        throw damaged(
            place,
            "'%s' has %d bytes (expected %d)"
                .formatted(listed.name(), content.length, listed.bytes()),
            null);
      }
      if (!Checksum.hex(content).equals(listed.sha256())) {
        throw damaged(place, "'" + listed.name() + "' has another checksum than noted", null);
      }
    }
    if (members.size() != meta.members().size()) {
      List<String> names = meta.members().stream().map(ClipMeta.Member::name).toList();
      String extra =
          members.keySet().stream().filter(n -> !names.contains(n)).findFirst().orElse("a member");
      throw damaged(place, "'" + extra + "' is not noted, or another is noted twice", null);
    }
    for (int i = 0; i < meta.frames().size(); i++) {
      List<String> needed =
          switch (meta.kind()) {
            case RENDERED -> List.of(meta.member(FIELD, i), meta.member(AOVS, i));
            case CAPTURED -> List.of(meta.member(PICTURE, i) + ".png");
          };
      for (String name : needed) {
        if (!members.containsKey(name)) {
          throw damaged(place, "'" + name + "' is missing", null);
        }
      }
    }
    if (meta.kind() == ClipMeta.Kind.RENDERED && !members.containsKey(meta.member(BASIS))) {
      throw damaged(place, "'" + meta.member(BASIS) + "' is missing", null);
    }
  }

  static UserError damaged(String place, String reason, Exception cause) {
    return new UserError(place, "is damaged: " + reason, "make or fetch the shard again", cause);
  }
}
