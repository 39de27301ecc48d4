package org.pixelcube.eval;

import java.util.ArrayList;
import java.util.List;
import org.pixelcube.dataset.TrainingSample;
import org.pixelcube.image.Image;
import org.pixelcube.image.Similarity;

/**
 * A rendered clip under one light that is to be brought under another, with the truth of it.
 *
 * @param sample both lights and what the render knows
 * @param truth the subject under the new light, straight, linear, a picture a frame
 * @param shownTruth the same as it is shown
 * @param weights where the subject covers pixels whole, {@code (1, h, w)} a frame
 */
record Trial(
    TrainingSample sample, List<Image> truth, List<Image> shownTruth, List<Image> weights) {
  static Trial of(TrainingSample sample) {
    List<Image> truth = new ArrayList<>();
    List<Image> shown = new ArrayList<>();
    List<Image> weights = new ArrayList<>();
    for (TrainingSample.Frame f : sample.frames()) {
      Image subject = Validation.subject(f);
      truth.add(subject);
      shown.add(Similarity.shown(subject));
      weights.add(Validation.inside(f.matte()));
    }
    return new Trial(sample, List.copyOf(truth), List.copyOf(shown), List.copyOf(weights));
  }

  /** One frame of it, as if there were no others. */
  Trial frame(int i) {
    return new Trial(
        new TrainingSample(
            sample.clip(),
            sample.firstFrame() + i,
            sample.source(),
            sample.target(),
            sample.camera(),
            List.of(sample.frames().get(i))),
        List.of(truth.get(i)),
        List.of(shownTruth.get(i)),
        List.of(weights.get(i)));
  }

  /** The name of the clip, of its new light, and whether that moves. */
  String title() {
    String map = Validation.name(sample.target().map());
    return "%s, %s%s".formatted(sample.clip(), map, moves() ? " (moving)" : "");
  }

  private boolean moves() {
    return sample.target().yawRateDegrees() != 0 || sample.target().swellStops() != 0;
  }
}
