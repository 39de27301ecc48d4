package org.pixelcube.pipeline;

import java.nio.file.Path;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.function.Supplier;
import org.pixelcube.config.UserError;
import org.pixelcube.config.Warnings;
import org.pixelcube.image.Image;
import org.pixelcube.light.EnvironmentMap;
import org.pixelcube.light.LightProbe;
import org.pixelcube.light.Lighting;
import org.pixelcube.video.ClipInfo;
import org.pixelcube.video.ClipReader;
import org.pixelcube.video.Frame;

/**
 * One frame of a clip under new light.
 *
 * @param input the frame as it was, linear
 * @param relit the frame as it becomes, linear
 * @param passes the further pictures asked for
 * @param timeSeconds the frame's time in the clip
 */
public record Preview(Image input, Image relit, Map<Pass, Image> passes, double timeSeconds) {
  /** Frames run through the processor before, so that what it tracks has settled. */
  private static final int LEAD_FRAMES = 5;

  /** Frames per second of a folder or pattern of maps. */
  private static final double MAP_RATE = 25;

  /** Copies the map. */
  public Preview {
    passes = Map.copyOf(passes);
  }

  /**
   * Relights the frame shown at a time, the last one if the clip is shorter.
   *
   * @throws UserError for faults the user can mend
   */
  public static Preview of(
      Path input,
      double timeSeconds,
      RelightSettings settings,
      Set<Pass> passes,
      FrameProcessor.Factory processors,
      Warnings warnings) {
    RelightSettings wanted =
        settings.with("passes.names", passes.stream().map(Pass::label).toList());
    try (ClipReader reader = ClipReader.open(input)) {
      ClipInfo info = reader.info();
      long index = Math.round(Math.floor(timeSeconds * info.frameRate().toDouble() + 1e-6));
      if (info.frameCount() > 0) {
        index = Math.min(index, info.frameCount() - 1);
      }
      index = info.still() ? 0 : index;
      try (FrameProcessor processor = processors.open(wanted, info, warnings)) {
        if (index > LEAD_FRAMES) {
          // The first frame sets the time from which moving light is counted.
          Optional<Supplier<FrameProcessor.Output>> _ = reader.next().map(processor::process);
        }
        reader.seek(Math.max(0, index - LEAD_FRAMES));
        Frame last = null;
        Supplier<FrameProcessor.Output> rest = null;
        for (Optional<Frame> next = reader.next(); next.isPresent(); next = reader.next()) {
          last = next.get();
          rest = processor.process(last);
          if (last.index() >= index) {
            break;
          }
        }
        processor.end();
        if (last == null) {
          throw new UserError(
              input.toString(), "has no frame at %s s".formatted(timeSeconds), "lower --time");
        }
        FrameProcessor.Output output = rest.get();
        return new Preview(
            last.image(), output.frame().image(), output.passes(), info.timeSeconds(last.pts()));
      }
    }
  }

  /**
   * The relit frame with a mirror ball and a grey ball of the light in its lower left corner, each
   * a sixth of the height.
   *
   * @param settings those it was relit with
   */
  public Image withProbes(RelightSettings settings) {
    IlluminationTrack.Moment moment;
    try (IlluminationTrack track =
        new IlluminationTrack(
            Lighting.find(settings.env().orElseThrow(), MAP_RATE), settings, Warnings.silent())) {
      moment = track.at(timeSeconds);
    }
    float scale = moment.illumination().scale();
    EnvironmentMap map =
        moment.map().rotated(moment.illumination().rotation()).scaled(scale, scale, scale);
    int size = Math.max(1, Math.min(relit.height() / 6, relit.width() / 3));
    int gap = size / 8;
    float[] out = relit.samples().clone();
    int top = relit.height() - size - gap;
    lay(out, LightProbe.mirrorBall(map, size), gap, top);
    lay(out, LightProbe.diffuseBall(map, size, LightProbe.GREY), 2 * gap + size, top);
    return Image.of(relit.width(), relit.height(), relit.channels(), relit.space(), out);
  }

  private void lay(float[] out, Image ball, int left, int top) {
    int plane = relit.planeSize();
    float[] in = ball.samples();
    for (int y = 0; y < ball.height(); y++) {
      for (int x = 0; x < ball.width(); x++) {
        int from = y * ball.width() + x;
        int to = (top + y) * relit.width() + left + x;
        if (left + x >= relit.width()) {
          continue;
        }
        float cover = in[3 * ball.planeSize() + from];
        for (int c = 0; c < 3; c++) {
          float value = Math.min(in[c * ball.planeSize() + from], 1);
          out[c * plane + to] += cover * (value - out[c * plane + to]);
        }
        if (relit.channels() == 4) {
          out[3 * plane + to] += cover * (1 - out[3 * plane + to]);
        }
      }
    }
  }
}
