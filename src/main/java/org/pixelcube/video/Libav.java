package org.pixelcube.video;

import static org.bytedeco.ffmpeg.global.avutil.AV_LOG_QUIET;
import static org.bytedeco.ffmpeg.global.avutil.AV_PIX_FMT_FLAG_BE;
import static org.bytedeco.ffmpeg.global.avutil.av_dict_free;
import static org.bytedeco.ffmpeg.global.avutil.av_dict_set;
import static org.bytedeco.ffmpeg.global.avutil.av_log_set_level;
import static org.bytedeco.ffmpeg.global.avutil.av_pix_fmt_desc_get;
import static org.bytedeco.ffmpeg.global.avutil.av_strerror;

import java.lang.foreign.MemorySegment;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import java.util.function.Consumer;
import org.bytedeco.ffmpeg.avutil.AVDictionary;
import org.bytedeco.ffmpeg.avutil.AVFrame;
import org.bytedeco.ffmpeg.avutil.AVPixFmtDescriptor;
import org.pixelcube.config.ProcessEnvironment;
import org.pixelcube.config.UserError;

/** The few calls to FFmpeg that every class here needs; the library itself prints nothing. */
final class Libav {
  /** Largest picture taken unless asked otherwise: 8192 × 8192. */
  static final long DEFAULT_MAX_PIXELS = 1L << 26;

  static {
    av_log_set_level(AV_LOG_QUIET);
    // SVT-AV1 prints on its own unless the environment says otherwise.
    ProcessEnvironment.setIfAbsent("SVT_LOG", "0");
  }

  private Libav() {}

  /** Makes sure that the native libraries are loaded and quiet. */
  static void load() {}

  /** FFmpeg's words for an error number. */
  static String reason(int error) {
    byte[] text = new byte[256];
    av_strerror(error, text, text.length);
    int end = 0;
    while (end < text.length && text[end] != 0) {
      end++;
    }
    return new String(text, 0, end, StandardCharsets.UTF_8);
  }

  /** Runs {@code use} with a dictionary of options and frees it, whatever was not consumed too. */
  static void withOptions(Map<String, String> options, Consumer<AVDictionary> use) {
    AVDictionary dict = new AVDictionary(null);
    options.forEach((key, value) -> av_dict_set(dict, key, value, 0));
    try {
      use.accept(dict);
    } finally {
      av_dict_free(dict);
    }
  }

  /** The memory of row {@code y} of plane {@code p}, {@code bytes} long. */
  @SuppressWarnings("restricted")
  static MemorySegment row(AVFrame frame, int p, int y, long bytes) {
    return MemorySegment.ofAddress(frame.data(p).address() + (long) y * frame.linesize(p))
        .reinterpret(bytes);
  }

  /** {@code bytes} of native memory from an address on. */
  @SuppressWarnings("restricted")
  static MemorySegment memory(long address, long bytes) {
    return MemorySegment.ofAddress(address).reinterpret(bytes);
  }

  static AVPixFmtDescriptor describe(int pixelFormat) {
    return av_pix_fmt_desc_get(pixelFormat);
  }

  static boolean bigEndian(AVPixFmtDescriptor d) {
    return (d.flags() & AV_PIX_FMT_FLAG_BE) != 0;
  }

  /** The path for FFmpeg: never taken for a protocol or a pattern. */
  static String url(Path path) {
    return "file:" + path.toAbsolutePath();
  }

  /**
   * Checks what can be checked without opening.
   *
   * @throws UserError if there is no readable, non-empty file
   */
  static void checkReadable(Path path) {
    if (!Files.exists(path)) {
      throw new UserError(path.toString(), "no such file", "check the name");
    }
    if (Files.isDirectory(path)) {
      throw new UserError(path.toString(), "is a folder, expected a file", "name a file in it");
    }
    if (!Files.isReadable(path)) {
      throw new UserError(path.toString(), "cannot be read", "check the permissions of the file");
    }
    if (path.toFile().length() == 0 && Files.isRegularFile(path)) {
      throw new UserError(path.toString(), "is empty (0 bytes)", "copy or download it again");
    }
  }

  /**
   * Refuses pictures that would not fit in memory.
   *
   * @throws UserError if a side is not positive or there are more than {@code maxPixels} pixels
   */
  static void checkSize(Path path, long width, long height, long maxPixels) {
    if (width <= 0 || height <= 0) {
      throw new UserError(
          path.toString(),
          "picture size %d×%d, expected at least 1×1".formatted(width, height),
          "the file is damaged or holds no picture");
    }
    if (width * height > maxPixels) {
      throw new UserError(
          path.toString(),
          "%d×%d is %d pixels, the limit is %d".formatted(width, height, width * height, maxPixels),
          "scale it down");
    }
  }
}
