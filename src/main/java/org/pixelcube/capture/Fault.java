package org.pixelcube.capture;

import java.util.Locale;

/**
 * Something that went wrong between the wall and the footage.
 *
 * @param footageFrame the frame of the footage, from 0; of dropped ones the next that is there
 * @param counter the frame of the wall, −1 if not known; of several dropped ones the first
 * @param count of dropped frames, otherwise 1
 * @param detail in a few words
 */
public record Fault(Kind kind, int footageFrame, int counter, int count, String detail) {
  /** Kinds of faults. */
  public enum Kind {
    /** Frames of the wall that no frame of the footage shows. */
    DROPPED,
    /** A frame of the wall that is there once more. */
    DOUBLED,
    /** A frame that shows two frames of the wall, above one another or mixed. */
    TORN,
    /** A frame brighter or darker than those around it. */
    MISEXPOSED,
    /** A frame whose marker is there in part or not at all. */
    UNREADABLE,
    /** A frame of an earlier time. */
    DISORDERED,
    /** A frame of another sequence. */
    FOREIGN
  }

  /** Kind and detail in one line. */
  String reason() {
    return kind.name().toLowerCase(Locale.ROOT) + ": " + detail;
  }
}
