package org.pixelcube.video;

import static org.bytedeco.ffmpeg.global.avcodec.avcodec_find_encoder_by_name;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.EnumSet;
import java.util.List;
import java.util.Locale;
import java.util.Set;
import java.util.stream.Collectors;
import org.pixelcube.config.UserError;

/**
 * How frames are written: codec, container, depth, quality and colour.
 *
 * @param codec the codec of the frames
 * @param container the kind of file, or of files
 * @param bitsPerSample bits of a code value; 32 for float
 * @param quality 0 (worst) to 100; sets the quantiser of H.264, H.265, AV1 and JPEG, 90 is visually
 *     lossless; the other codecs ignore it
 * @param color tags to write, and the encoding that they mean
 */
public record Encoding(
    Codec codec, Container container, int bitsPerSample, int quality, ColorTags color) {
  private static final int DEFAULT_QUALITY = 90;

  /** Codecs that can be written. */
  public enum Codec {
    /** 8-bit 4:2:0, by x264 if the build has it, else by OpenH264. */
    H264("h264", false),
    /** 10- or 8-bit 4:2:0, by x265; only in the GPL build. */
    H265("h265", false),
    /** 10- or 8-bit 4:2:0, by SVT-AV1. */
    AV1("av1", false),
    /** 10-bit 4:4:4, with 16-bit alpha where the clip has alpha. */
    PRORES_4444("prores4444", true),
    /** Lossless 16-bit RGB(A). */
    FFV1("ffv1", true),
    /** 8 or 16 bits. */
    PNG("png", true),
    JPEG("jpeg", false),
    /** Linear, half (16) or full (32) floats. */
    EXR("exr", true),
    /** Radiance. */
    HDR("hdr", false);

    private final String optionName;
    private final boolean alpha;

    Codec(String optionName, boolean alpha) {
      this.optionName = optionName;
      this.alpha = alpha;
    }

    /** What it can be put into, in order of preference. */
    public Set<Container> containers() {
      return switch (this) {
        case H264, H265 -> EnumSet.of(Container.MP4, Container.MOV, Container.MKV);
        case AV1 -> EnumSet.of(Container.MP4, Container.MKV);
        case PRORES_4444, FFV1 -> EnumSet.of(Container.MOV, Container.MKV);
        case PNG, JPEG, EXR, HDR -> EnumSet.of(Container.SEQUENCE, Container.STILL);
      };
    }

    /** The depths it can be written at, the default first. */
    public List<Integer> depths() {
      return switch (this) {
        case H264, JPEG -> List.of(8);
        case H265, AV1 -> List.of(10, 8);
        case PRORES_4444 -> List.of(10);
        case FFV1 -> List.of(16);
        case PNG -> List.of(8, 16);
        case EXR -> List.of(16, 32);
        case HDR -> List.of(32);
      };
    }

    /** The name by which a user asks for it. */
    public String optionName() {
      return optionName;
    }

    /** Whether it can keep alpha. */
    public boolean keepsAlpha() {
      return alpha;
    }

    private static Codec named(String name, Path out) {
      String key = name.toLowerCase(Locale.ROOT).replaceAll("[^a-z0-9]", "");
      return switch (key) {
        case "hevc" -> H265;
        case "prores" -> PRORES_4444;
        case "jpg" -> JPEG;
        default ->
            Arrays.stream(values())
                .filter(c -> c.optionName.equals(key))
                .findFirst()
                .orElseThrow(() ->
                    new UserError(
                        out.toString(),
                        "unknown codec '" + name + "'",
                        "choose one of "
                            + Arrays.stream(values())
                                .map(Codec::optionName)
                                .collect(Collectors.joining(", "))));
      };
    }
  }

  /** Kinds of output. */
  public enum Container {
    MP4("mp4", ".mp4"),
    MOV("mov", ".mov"),
    MKV("matroska", ".mkv"),
    /** One picture file a frame, numbered. */
    SEQUENCE("", ""),
    /** A single picture file. */
    STILL("", "");

    final String muxer;
    final String extension;

    Container(String muxer, String extension) {
      this.muxer = muxer;
      this.extension = extension;
    }

    /** True for one file that holds all frames in time. */
    public boolean isVideo() {
      return !muxer.isEmpty();
    }
  }

  /** Checks the combination. */
  public Encoding {
    if (!codec.containers().contains(container) || !codec.depths().contains(bitsPerSample)) {
      throw new IllegalArgumentException(
          "%s with %d bits in %s".formatted(codec, bitsPerSample, container));
    }
    if (quality < 0 || quality > 100) {
      throw new IllegalArgumentException("quality %d (expected 0 to 100)".formatted(quality));
    }
  }

  /** The encoding that the output's name asks for; see {@link #forPath(Path, String)}. */
  public static Encoding forPath(Path out) {
    return forPath(out, null);
  }

  /**
   * The encoding for an output name: {@code .mp4} H.264, {@code .mov} ProRes 4444, {@code .mkv}
   * FFV1, {@code .png}, {@code .jpg}, {@code .exr}, {@code .hdr} a still, or with a pattern such as
   * {@code %05d.png} in the name a numbered sequence; a folder or a name without extension a
   * sequence of PNG in that folder.
   *
   * @param codecName {@link Codec#optionName} of another codec, or null for the one above
   * @throws UserError if name and codec do not go together
   */
  public static Encoding forPath(Path out, String codecName) {
    String name = out.getFileName() == null ? "" : out.getFileName().toString();
    int dot = name.lastIndexOf('.');
    boolean folder = Files.isDirectory(out) || dot <= 0;
    boolean pattern = StillSequence.isPattern(out);
    String extension = folder ? "" : name.substring(dot).toLowerCase(Locale.ROOT);
    Codec named = codecName == null ? null : Codec.named(codecName, out);
    if (folder) {
      return checked(out, named == null ? Codec.PNG : named, Container.SEQUENCE);
    }
    Container pictures = pattern ? Container.SEQUENCE : Container.STILL;
    return switch (extension) {
      case ".mp4" -> checked(out, named == null ? Codec.H264 : named, Container.MP4);
      case ".mov" -> checked(out, named == null ? Codec.PRORES_4444 : named, Container.MOV);
      case ".mkv" -> checked(out, named == null ? Codec.FFV1 : named, Container.MKV);
      case ".png" -> picture(out, Codec.PNG, named, pictures);
      case ".jpg", ".jpeg" -> picture(out, Codec.JPEG, named, pictures);
      case ".exr" -> picture(out, Codec.EXR, named, pictures);
      case ".hdr" -> picture(out, Codec.HDR, named, pictures);
      default ->
          throw new UserError(
              out.toString(),
              "cannot tell the format from '" + extension + "'",
              "use .mp4, .mov, .mkv, .png, .jpg, .exr, .hdr, a numbered pattern of these, or a folder");
    };
  }

  private static Encoding picture(Path out, Codec byName, Codec named, Container container) {
    if (named != null && named != byName) {
      throw new UserError(
          out.toString(),
          "the name asks for %s, the codec option for %s"
              .formatted(byName.optionName, named.optionName),
          "change one of them");
    }
    return checked(out, byName, container);
  }

  private static Encoding checked(Path out, Codec codec, Container container) {
    if (!codec.containers().contains(container)) {
      String fit =
          codec.containers().stream()
              .map(c ->
                  c.isVideo()
                      ? c.extension
                      : c == Container.STILL ? "a picture" : "a folder or pattern")
              .collect(Collectors.joining(" or "));
      throw new UserError(
          out.toString(),
          codec.optionName
              + " does not go into "
              + (container.isVideo() ? container.extension : "a sequence"),
          "write to " + fit);
    }
    return new Encoding(
        codec, container, codec.depths().getFirst(), DEFAULT_QUALITY, defaultTags(codec));
  }

  private static ColorTags defaultTags(Codec codec) {
    return switch (codec) {
      case EXR, HDR -> tags(ColorTags.Transfer.LINEAR);
      case PNG, JPEG, FFV1 -> tags(ColorTags.Transfer.SDR);
      default -> ColorTags.REC709;
    };
  }

  private static ColorTags tags(ColorTags.Transfer transfer) {
    return new ColorTags(
        ColorTags.Primaries.BT709, transfer, ColorTags.Matrix.RGB, ColorTags.Range.FULL, false);
  }

  /** The same at another depth. */
  public Encoding withBitsPerSample(int bits) {
    if (!codec.depths().contains(bits)) {
      throw new UserError(
          codec.optionName,
          bits + " bits per sample",
          "choose one of "
              + codec.depths().stream().map(String::valueOf).collect(Collectors.joining(", ")));
    }
    return new Encoding(codec, container, bits, quality, color);
  }

  /** The same at another quality, 0 to 100. */
  public Encoding withQuality(int q) {
    return new Encoding(codec, container, bitsPerSample, q, color);
  }

  /**
   * The same with other colours, such as {@link ColorTags#REC2100_PQ}.
   *
   * @throws UserError if the codec cannot hold them
   */
  public Encoding withColor(ColorTags tags) {
    boolean hdr =
        tags.transfer() == ColorTags.Transfer.PQ || tags.transfer() == ColorTags.Transfer.HLG;
    if (!container.isVideo() || (hdr && bitsPerSample < 10)) {
      throw new UserError(
          codec.optionName,
          "cannot hold %s with %d bits".formatted(tags.transfer(), bitsPerSample),
          "use av1, h265, prores4444 or ffv1");
    }
    if (tags.range() == ColorTags.Range.FULL && codec != Codec.FFV1) {
      throw new UserError(codec.optionName, "full range is not written", "use limited range");
    }
    ColorTags t =
        codec == Codec.FFV1
            ? new ColorTags(
                tags.primaries(),
                tags.transfer(),
                ColorTags.Matrix.RGB,
                ColorTags.Range.FULL,
                false)
            : tags;
    return new Encoding(codec, container, bitsPerSample, quality, t);
  }

  /** FFmpeg's encoder for a video codec, the best that the build has. */
  String encoderName() {
    return switch (codec) {
      case H264 -> has("libx264") ? "libx264" : "libopenh264";
      case H265 -> {
        if (!has("libx265")) {
          throw new UserError(
              "h265",
              "this build of FFmpeg has no H.265 encoder",
              "build with -Dffmpeg.build=-gpl, or use av1");
        }
        yield "libx265";
      }
      case AV1 -> "libsvtav1";
      case PRORES_4444 -> "prores_ks";
      case FFV1 -> "ffv1";
      case PNG, JPEG, EXR, HDR ->
          throw new IllegalStateException(codec + " is not written by a video encoder");
    };
  }

  private static boolean has(String encoder) {
    Libav.load();
    return avcodec_find_encoder_by_name(encoder) != null;
  }
}
