package org.pixelcube.stage;

import java.util.List;

/** What cameras saw of {@link CalibrationPattern}s. */
public interface CalibrationPictures {
  /** The cameras, which stood still throughout. */
  List<StageCamera> cameras();

  /**
   * One picture.
   *
   * @param camera index
   * @return linear Rec.709 relative to saturation, {@code (3, h, w)}; below 0 where a colour is out
   *     of Rec.709, infinite where a channel was saturated
   * @throws org.pixelcube.config.UserError if it is missing or has another size
   */
  float[] linear(int camera, CalibrationPattern pattern);
}
