package org.pixelcube.video;

import static org.bytedeco.ffmpeg.global.avutil.*;

import java.util.LinkedHashMap;
import java.util.Map;
import org.bytedeco.ffmpeg.avutil.AVFrame;
import org.bytedeco.ffmpeg.avutil.AVPixFmtDescriptor;
import org.pixelcube.image.Image;

/**
 * Turns parts of FFmpeg's frames into light, for the price of the part. Keeps swscale's state for a
 * few sizes; not for several threads.
 */
final class RegionDecoder implements AutoCloseable {
  /** What swscale's filters for chroma reach, in pixels of luma. */
  private static final int MARGIN = 8;

  /** Parts begin at multiples of this, where rows are aligned for every format. */
  private static final int ALIGNED = 32;

  private static final int MOST_SIZES = 24;

  private final Map<Long, PictureDecoder> decoders = new LinkedHashMap<>();
  private final PictureDecoder.Tables tables;
  private AVFrame view;

  RegionDecoder(PictureDecoder.Tables tables) {
    this.tables = tables;
  }

  /** A part of an upright frame that lies in it. */
  Image decode(AVFrame frame, ColorTags tags, int x, int y, int width, int height) {
    AVPixFmtDescriptor d = Libav.describe(frame.format());
    if (!PictureDecoder.hasCodes(frame)) {
      return whole(frame, tags).crop(x, y, width, height);
    }
    int rows = 1 << d.log2_chroma_h();
    int left = Math.max(0, x - MARGIN) / ALIGNED * ALIGNED;
    int top = Math.max(0, y - MARGIN) / ALIGNED * ALIGNED;
    int right = Math.min(frame.width(), upTo(x + width + MARGIN));
    int bottom = Math.min(frame.height(), upTo(y + height + MARGIN));
    if (frame.height() % rows != 0 || right - left < 2 || bottom - top < 2) {
      return whole(frame, tags).crop(x, y, width, height);
    }
    if (view == null) {
      view = av_frame_alloc();
    }
    if (av_frame_ref(view, frame) < 0) {
      throw new OutOfMemoryError("no native memory for a part of a picture");
    }
    try {
      view.crop_left(left);
      view.crop_top(top);
      view.crop_right(frame.width() - right);
      view.crop_bottom(frame.height() - bottom);
      if (av_frame_apply_cropping(view, AV_FRAME_CROP_UNALIGNED) < 0
          || view.width() != right - left
          || view.height() != bottom - top) {
        return whole(frame, tags).crop(x, y, width, height);
      }
      return of(view)
          .decode(view, tags, Orientation.UPRIGHT)
          .crop(x - left, y - top, width, height);
    } finally {
      av_frame_unref(view);
    }
  }

  private static int upTo(int edge) {
    return Math.ceilDiv(edge, ALIGNED) * ALIGNED;
  }

  private Image whole(AVFrame frame, ColorTags tags) {
    return of(frame).decode(frame, tags, Orientation.UPRIGHT);
  }

  private PictureDecoder of(AVFrame frame) {
    long size = (long) frame.width() << 32 | frame.height();
    PictureDecoder decoder = decoders.remove(size);
    if (decoder == null) {
      decoder = new PictureDecoder(tables);
      if (decoders.size() == MOST_SIZES) {
        decoders.remove(decoders.keySet().iterator().next()).close();
      }
    }
    decoders.put(size, decoder);
    return decoder;
  }

  @Override
  public void close() {
    decoders.values().forEach(PictureDecoder::close);
    decoders.clear();
    if (view != null) {
      av_frame_free(view);
      view = null;
    }
  }
}
