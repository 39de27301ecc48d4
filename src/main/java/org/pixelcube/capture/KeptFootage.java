package org.pixelcube.capture;

import java.util.ArrayDeque;
import java.util.Optional;
import java.util.Queue;
import java.util.function.Predicate;
import org.pixelcube.video.ClipReader;
import org.pixelcube.video.DecodedPicture;
import org.pixelcube.video.KeptPicture;

/** The decoded frames of footage, as far as memory allows, and the reader that they need. */
final class KeptFootage implements AutoCloseable {
  private final ClipReader clip;
  private final long most;
  private final Queue<KeptPicture> frames = new ArrayDeque<>();
  private long bytes;
  private boolean full;
  private boolean handedOver;

  /**
   * Begins with none.
   *
   * @param most bytes
   */
  KeptFootage(ClipReader clip, long most) {
    this.clip = clip;
    this.most = most;
    this.full = most == 0;
  }

  ClipReader clip() {
    return clip;
  }

  /** Keeps one more, or lets go of all if there is no room for it. */
  void keep(DecodedPicture picture) {
    if (full) {
      return;
    }
    KeptPicture kept = picture.kept();
    frames.add(kept);
    bytes += kept.bytes();
    if (bytes > most) {
      full = true;
      letGo();
    }
  }

  /** This with all frames, which is then the caller's to close; empty if there was no room. */
  Optional<KeptFootage> handedOver() {
    handedOver = !full;
    return full ? Optional.empty() : Optional.of(this);
  }

  /**
   * Hands over the frames in order and lets go of each.
   *
   * @param use says whether it wants more
   */
  void all(Predicate<DecodedPicture> use) {
    for (boolean more = true; more && !frames.isEmpty(); ) {
      try (KeptPicture frame = frames.remove()) {
        more = use.test(frame);
      }
    }
  }

  private void letGo() {
    frames.forEach(KeptPicture::close);
    frames.clear();
  }

  /**
   * Closes the reader too. The first time after frames were handed over it does nothing: that is
   * the end of the block that they were read in.
   */
  @Override
  public void close() {
    if (handedOver) {
      handedOver = false;
      return;
    }
    letGo();
    clip.close();
  }
}
