package org.pixelcube.torch;

import org.bytedeco.pytorch.global.torch.MemoryFormat;

/** The order of a picture's numbers in memory; shapes are written (n, c, …) whatever the order. */
public enum MemoryLayout {
  /** As the shape says: channel by channel. */
  CONTIGUOUS,
  /** The channels of one pixel side by side: what convolutions on a processor are fastest with. */
  CHANNELS_LAST;

  MemoryFormat format(int rank) {
    if (this == CHANNELS_LAST) {
      return switch (rank) {
        case 4 -> MemoryFormat.ChannelsLast;
        case 5 -> MemoryFormat.ChannelsLast3d;
        default -> MemoryFormat.Contiguous;
      };
    }
    return MemoryFormat.Contiguous;
  }
}
