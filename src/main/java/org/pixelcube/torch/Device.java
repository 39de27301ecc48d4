package org.pixelcube.torch;

import org.bytedeco.pytorch.global.torch.DeviceType;
import org.pixelcube.config.UserError;

/**
 * Where a tensor lives and is computed with: the processor, or a CUDA card by number.
 *
 * @param cuda whether it is a card
 * @param index the card's number from 0; 0 for the processor
 */
public record Device(boolean cuda, int index) {
  /** The processor and its memory. */
  public static final Device CPU = new Device(false, 0);

  /** The CUDA card with that number. */
  public static Device cuda(int index) {
    return new Device(true, index);
  }

  /**
   * The device of a name: {@code cpu}, {@code cuda}, {@code cuda:1}; {@code auto} is the first card
   * where there is one, else the processor.
   *
   * @throws UserError if there is no such device here
   */
  public static Device named(String name) {
    if (name.equals("cpu")) {
      return CPU;
    }
    int cards = Torch.cudaDevices();
    if (name.equals("auto")) {
      return cards > 0 ? cuda(0) : CPU;
    }
    if (name.matches("cuda(:\\d{1,3})?")) {
      int index = name.length() > 5 ? Integer.parseInt(name.substring(5)) : 0;
      if (index < cards) {
        return cuda(index);
      }
      throw new UserError(
          name,
          cards == 0
              ? "there is no CUDA device that this build of libtorch can use"
              : "there are %d CUDA devices".formatted(cards),
          cards == 0
              ? "use cpu, or build with -Dtorch.build=-gpu on a machine with CUDA"
              : "count from cuda:0");
    }
    throw new UserError(name, "is no device", "give cpu, cuda, cuda:N or auto");
  }

  org.bytedeco.pytorch.Device handle() {
    return cuda
        ? new org.bytedeco.pytorch.Device(DeviceType.CUDA, (byte) index)
        : new org.bytedeco.pytorch.Device(DeviceType.CPU);
  }

  @Override
  public String toString() {
    return cuda ? "cuda:" + index : "cpu";
  }
}
