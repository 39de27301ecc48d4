package org.pixelcube.dataset;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import org.pixelcube.image.Image;
import org.pixelcube.image.ImageFile;
import org.pixelcube.light.EnvironmentMap;

/**
 * Puts a captured clip together, frame by frame; pictures are coded at once, so that little memory
 * is held.
 */
public final class CapturedClip {
  /** What the subject looks like under light from everywhere: a PNG. */
  public static final String FLAT = "flat";

  /** The subject's coverage: a PNG without a curve. */
  public static final String MATTE = "matte";

  /** Where the picture can be trusted: a PNG without a curve. */
  public static final String VALID = "valid";

  /** The light, in camera space: a Radiance picture. */
  public static final String LIGHT = "light";

  private final String name;
  private final int width;
  private final int height;
  private final List<ClipMeta.FrameMeta> frames = new ArrayList<>();
  private final Map<String, byte[]> members = new LinkedHashMap<>();

  /** A clip without frames yet. */
  public CapturedClip(String name, int width, int height) {
    this.name = name;
    this.width = width;
    this.height = height;
  }

  /** A picture of one moment, coded. */
  public record Coded(byte[] picture, byte[] valid) {}

  /**
   * Codes a picture.
   *
   * @param picture linear, {@code (3, h, w)}
   * @param valid {@code (1, h, w)}
   */
  public static Coded code(Image picture, Image valid) {
    return new Coded(png(picture, 16), png(valid, 8));
  }

  /**
   * A picture as PNG: colour coded as sRGB, {@link org.pixelcube.color.ColorSpace#DATA} as it is.
   */
  public static byte[] png(Image image, int bits) {
    ImageFile.Options options =
        bits == 16 ? ImageFile.Options.sixteenBit() : ImageFile.Options.DEFAULT;
    return ImageFile.encode(Path.of("frame.png"), image, options);
  }

  /**
   * Adds a frame.
   *
   * @param timeSeconds later than that of the frame before
   * @param light name of the light
   * @param map of the light in camera space, if it is known
   * @param flat PNG of the subject under even light, if there is one
   * @param matte PNG of its coverage, if there is one
   */
  public void add(
      double timeSeconds,
      ClipMeta.CameraMeta camera,
      String light,
      Coded picture,
      Optional<EnvironmentMap> map,
      Optional<byte[]> flat,
      Optional<byte[]> matte) {
    int frame = frames.size();
    members.put(member(Clip.PICTURE, frame, "png"), picture.picture());
    members.put(member(VALID, frame, "png"), picture.valid());
    flat.ifPresent(bytes -> members.put(member(FLAT, frame, "png"), bytes));
    matte.ifPresent(bytes -> members.put(member(MATTE, frame, "png"), bytes));
    map.ifPresent(m ->
        members.put(
            member(LIGHT, frame, "hdr"),
            ImageFile.encode(Path.of("light.hdr"), m.image(), ImageFile.Options.DEFAULT)));
    frames.add(
        new ClipMeta.FrameMeta(
            timeSeconds,
            camera,
            Optional.empty(),
            Optional.of(new ClipMeta.LightMeta(light, map.map(_ -> member(LIGHT, frame, "hdr"))))));
  }

  private String member(String kind, int frame, String ending) {
    return String.format(Locale.ROOT, "%s.%s.%04d.%s", name, kind, frame, ending);
  }

  /** How many frames have been added. */
  public int size() {
    return frames.size();
  }

  /**
   * The clip.
   *
   * @param subject who is seen
   * @param action what the subject does
   */
  public Clip finish(
      String subject, String action, double framesPerSecond, ClipMeta.Provenance provenance) {
    ClipMeta meta =
        new ClipMeta(
            ClipMeta.FORMAT,
            name,
            ClipMeta.Kind.CAPTURED,
            subject,
            Split.of(subject),
            action,
            Optional.empty(),
            width,
            height,
            framesPerSecond,
            Optional.empty(),
            frames,
            provenance,
            List.of());
    return Clip.of(meta, members);
  }
}
