package org.pixelcube.diffusion;

import java.util.List;
import java.util.Optional;
import org.pixelcube.config.InvalidSetting;

/**
 * The shape of a network of this project: what {@code config.json} holds beside its weights.
 *
 * @param task what it does
 * @param patch pixels a side that are put side by side as channels before the first layer
 * @param channels of each level, finest first; each level has half the resolution of the one before
 * @param layers residual blocks a level on the way down; one more on the way up
 * @param attention of each level, whether its pixels look at each other, along time, and at the
 *     environment
 * @param headChannels of each attention head
 * @param tokenChannels of the tokens that tell of the environment
 * @param deviation standard deviation of the states it is trained on: {@link EdmScaling}
 * @param pictureSize root of the area of the pictures it is made for, pixels
 * @param frames in a row that it is taught with, and looks at together in use: what it has learnt
 *     of the ends of such a row says nothing of the middle of a longer one
 * @param shape whether it is told of the {@link SubjectShape} of each frame; not where absent
 */
public record NetworkSettings(
    Task task,
    int patch,
    List<Integer> channels,
    int layers,
    List<Boolean> attention,
    int headChannels,
    int tokenChannels,
    double deviation,
    int pictureSize,
    Optional<Integer> frames,
    Optional<Boolean> shape)
    implements NetworkShape {
  public NetworkSettings {
    channels = List.copyOf(channels);
    attention = List.copyOf(attention);
    InvalidSetting.inRange("patch", patch, 1, 16);
    InvalidSetting.inRange("channels", channels.size(), 1, 8);
    for (int c : channels) {
      InvalidSetting.inRange("channels", c, 8, 4096);
      if (c % 8 != 0) {
        throw new InvalidSetting(
            "channels", "holds %d, must be multiples of 8".formatted(c), "give another number");
      }
    }
    InvalidSetting.inRange("layers", layers, 1, 16);
    if (attention.size() != channels.size()) {
      throw new InvalidSetting(
          "attention",
          "has %d values, must have %d as channels".formatted(attention.size(), channels.size()),
          "give true or false for each level");
    }
    InvalidSetting.inRange("headChannels", headChannels, 1, 4096);
    InvalidSetting.inRange("tokenChannels", tokenChannels, 8, 4096);
    InvalidSetting.inRange("deviation", deviation, 1e-3, 1e3);
    InvalidSetting.inRange("pictureSize", pictureSize, 8, 4096);
    frames.ifPresent(count -> InvalidSetting.inRange("frames", count, 1, 256));
  }

  @Override
  public boolean toldOfShape() {
    return shape.orElse(false);
  }

  /** The same tensors taught in other rows of frames, and told of shapes or not. */
  public NetworkSettings taught(Optional<Integer> rows, Optional<Boolean> told) {
    return new NetworkSettings(
        task,
        patch,
        channels,
        layers,
        attention,
        headChannels,
        tokenChannels,
        deviation,
        pictureSize,
        rows,
        told);
  }

  /** What width and height of pictures must be multiples of. */
  public int divisor() {
    return patch << (channels.size() - 1);
  }
}
