package org.pixelcube.stage;

import java.util.List;
import org.pixelcube.config.Interruption;

/** How evenly a sequence is played without a screen: pictures made, copied and paced. */
public final class PlaybackBenchmark {
  private static final long AHEAD_BYTES = 256L << 20;

  private PlaybackBenchmark() {}

  /**
   * Plays panels one by one, with tracking frames and a marker, by a timer.
   *
   * @param framesPerSecond whatever the rig's raster has
   * @param seconds about so long
   */
  public static PlaybackReport run(
      Rig rig, double framesPerSecond, double seconds, Interruption interruption) {
    Rig.Raster r = rig.raster();
    Rig paced =
        new Rig(
            rig.name(),
            rig.head(),
            rig.panelTypes(),
            rig.panels(),
            new Rig.Raster(r.width(), r.height(), framesPerSecond, r.bits()),
            rig.processors(),
            rig.cameras());
    int cell = Math.max(1, Math.min(8, Math.min(r.width(), r.height()) / FrameMarker.SIDE));
    SafetyLimits limits = new SafetyLimits(100_000, 0, 5, 0.5);
    Sequence sequence =
        Sequence.olat(1, framesPerSecond, rig.panels().size(), 9, false, seconds, limits)
            .withMarkers(List.of(new Sequence.MarkerPlace(0, 0, cell, 0.2)));
    SequenceRaster raster = new SequenceRaster("bench", paced, sequence, (_, _) -> new float[0]);
    WallPixels pixels = WallPixels.raster(paced);
    int ahead = PlaybackSettings.fitting((long) pixels.width() * pixels.height(), AHEAD_BYTES);
    try (SequencePictures pictures = new SequencePictures(raster, pixels);
        HeadlessPresenter presenter = new HeadlessPresenter()) {
      return new Playback(
              pictures,
              presenter,
              PlaybackSettings.timed(framesPerSecond, Math.min(ahead, 60), limits.rampSeconds()),
              PlaybackClock.system(),
              new FlashWatch(limits, framesPerSecond, sequence.cycle().size()),
              interruption)
          .play(_ -> {})
          .report();
    }
  }
}
