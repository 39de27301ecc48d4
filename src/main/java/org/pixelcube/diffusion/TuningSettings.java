package org.pixelcube.diffusion;

import java.util.List;
import org.pixelcube.config.InvalidSetting;

/**
 * A network of this project that is Stable Video Diffusion taught further: what {@code tuning} in
 * the header of its snapshots holds.
 *
 * @param task what it does
 * @param base the {@linkplain SvdFolder folder} it begins from; whoever uses a snapshot needs it
 *     too
 * @param taught parts of the names of the denoiser's tensors that are taught, such as {@code
 *     temporal} or {@code attn2}; the others stay, and are in no snapshot. Empty for all; what is
 *     new is always taught
 * @param pictureSize root of the area of the pictures it is made for, pixels
 */
public record TuningSettings(Task task, String base, List<String> taught, int pictureSize)
    implements NetworkShape {
  public TuningSettings {
    if (base.isBlank()) {
      throw new InvalidSetting("base", "is empty", SvdFolder.WANTED);
    }
    taught = List.copyOf(taught);
    InvalidSetting.inRange("pictureSize", pictureSize, 8, 4096);
  }

  @Override
  public boolean toldOfShape() {
    return false;
  }

  /** Whether a tensor of the denoiser is taught. */
  boolean teaches(String name) {
    return taught.isEmpty()
        || name.startsWith("conv_in.")
        || taught.stream().anyMatch(name::contains);
  }
}
