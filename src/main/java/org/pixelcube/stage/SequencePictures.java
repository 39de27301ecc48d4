package org.pixelcube.stage;

import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentMap;

/**
 * The pictures of a sequence, fast enough for real time: lights that stand still are worked out
 * once, other frames are filled panel by panel, so that a picture costs little more than its
 * pixels. Lights that move cost a drive frame each.
 */
public final class SequencePictures implements PlaybackSource {
  private final SequenceRaster raster;
  private final Sequence sequence;
  private final WallPixels pixels;
  private final SafetyLimits.WallLuminance luminance;
  private final ConcurrentMap<Integer, Still> stills = new ConcurrentHashMap<>();

  private record Still(int[] rgb, double nits) {}

  /**
   * Pictures of a sequence.
   *
   * @param pixels of the sequence's rig; on panels of one colour there are no markers
   */
  public SequencePictures(SequenceRaster raster, WallPixels pixels) {
    this.raster = raster;
    this.sequence = raster.sequence();
    this.pixels = pixels;
    this.luminance = raster.luminance();
  }

  @Override
  public WallPixels pixels() {
    return pixels;
  }

  @Override
  public long frameCount() {
    return sequence.frameCount();
  }

  @Override
  public int threads() {
    return Runtime.getRuntime().availableProcessors();
  }

  @Override
  public double fill(long index, int[] out) {
    if (index >= sequence.frameCount()) {
      return Double.NaN;
    }
    WallFrame frame = sequence.frame((int) index);
    Label label = frame.label();
    double nits;
    if (label.kind() != Label.Kind.LIGHT) {
      pixels.fill(raster.lit(label), raster.level(label) * frame.gain(), out);
      nits = luminance.nits(label, frame.mapSeconds()) * frame.gain();
    } else if (raster.lights().stands(label.index())) {
      Still still = stills.computeIfAbsent(label.index(), this::still);
      pixels.fade(still.rgb(), frame.gain(), out);
      nits = still.nits() * frame.gain();
    } else {
      encode(label.index(), frame.mapSeconds(), out);
      nits = pixels.meanNits(out) * frame.gain();
      pixels.fade(out, frame.gain(), out);
    }
    for (Sequence.MarkerPlace place : sequence.markers()) {
      pixels.mark(new FrameMarker.Content(frame.counter(), sequence.id()), place, out);
    }
    return nits;
  }

  private Still still(int light) {
    int[] rgb = pixels.black();
    encode(light, 0, rgb);
    return new Still(rgb, pixels.meanNits(rgb));
  }

  /** Lights are worked out by one thread at a time, with all processors. */
  private void encode(int light, double seconds, int[] out) {
    synchronized (raster) {
      pixels.encode(raster.lights().at(light, seconds), out);
    }
  }

  /** The lights are closed by who opened them. */
  @Override
  public void close() {}
}
