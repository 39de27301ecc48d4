package org.pixelcube.dataset;

import java.nio.charset.StandardCharsets;

/** What a subject is for. No subject is ever in two splits: its name alone decides. */
public enum Split {
  TRAIN,
  VALIDATION,
  TEST;

  /** The split of a subject: of ten, eight are for training, one each for the others. */
  public static Split of(String subject) {
    byte[] hash = Checksum.sha256(subject.getBytes(StandardCharsets.UTF_8));
    int tenth =
        Math.floorMod(((hash[0] & 0xFF) << 16) | ((hash[1] & 0xFF) << 8) | (hash[2] & 0xFF), 10);
    return tenth < 8 ? TRAIN : tenth == 8 ? VALIDATION : TEST;
  }
}
