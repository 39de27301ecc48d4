package org.pixelcube.video;

import static org.bytedeco.ffmpeg.global.avfilter.*;
import static org.bytedeco.ffmpeg.global.avutil.*;

import org.bytedeco.ffmpeg.avfilter.AVFilterContext;
import org.bytedeco.ffmpeg.avfilter.AVFilterGraph;
import org.bytedeco.ffmpeg.avutil.AVFrame;
import org.bytedeco.ffmpeg.avutil.AVRational;
import org.pixelcube.image.Image;

/**
 * FFmpeg's filter {@code v360} from an equirectangular picture to the six faces of a cube, three by
 * two, at 16 bits: what measurements of our own mapping are set beside. Must be closed.
 */
public final class CubeFilter implements AutoCloseable {
  private AVFilterGraph graph;
  private AVFrame frame;
  private AVFrame result;
  private final AVFilterContext source = new AVFilterContext(null);
  private final AVFilterContext sink = new AVFilterContext(null);
  private final int face;

  /**
   * Opens the filter on one picture.
   *
   * @param map equirectangular; what is beyond 1 is cut off
   * @param face pixels along a side of a face
   * @param threads that the filter may use
   * @throws IllegalStateException if this build of FFmpeg has no such filter
   */
  public CubeFilter(Image map, int face, int threads) {
    Libav.load();
    this.face = face;
    int w = map.width();
    int h = map.height();
    graph = avfilter_graph_alloc();
    graph.nb_threads(threads);
    try {
      AVFilterContext v360 = new AVFilterContext(null);
      create(
          source,
          "buffer",
          "video_size=%dx%d:pix_fmt=%d:time_base=1/60:pixel_aspect=1/1"
              .formatted(w, h, AV_PIX_FMT_GBRP16LE));
      create(
          v360,
          "v360",
          "input=e:output=c3x2:interp=linear:w=%d:h=%d".formatted(3 * face, 2 * face));
      create(sink, "buffersink", null);
      check(avfilter_link(source, 0, v360, 0));
      check(avfilter_link(v360, 0, sink, 0));
      check(avfilter_graph_config(graph, null));
      frame = av_frame_alloc();
      frame.width(w).height(h).format(AV_PIX_FMT_GBRP16LE);
      frame.sample_aspect_ratio(new AVRational().num(1).den(1));
      check(av_frame_get_buffer(frame, 0));
      new PictureEncoder(AV_PIX_FMT_GBRP16LE, w, h, ColorTags.REC709).encode(map, frame);
      result = av_frame_alloc();
    } catch (RuntimeException e) {
      close();
      throw e;
    }
  }

  private void create(AVFilterContext context, String name, String arguments) {
    check(
        avfilter_graph_create_filter(
            context, avfilter_get_by_name(name), name, arguments, null, graph));
  }

  private static void check(int code) {
    if (code < 0) {
      throw new IllegalStateException("v360: " + Libav.reason(code));
    }
  }

  /** Filters the picture once more. */
  public void run() {
    check(av_buffersrc_add_frame_flags(source, frame, AV_BUFFERSRC_FLAG_KEEP_REF));
    check(av_buffersink_get_frame(sink, result));
    if (result.width() != 3 * face || result.height() != 2 * face) {
      throw new IllegalStateException("v360 gave %d×%d".formatted(result.width(), result.height()));
    }
    av_frame_unref(result);
  }

  @Override
  public void close() {
    if (frame != null) {
      av_frame_free(frame);
      frame = null;
    }
    if (result != null) {
      av_frame_free(result);
      result = null;
    }
    if (graph != null) {
      avfilter_graph_free(graph);
      graph = null;
    }
  }
}
