package org.pixelcube.stage;

import java.util.Locale;
import java.util.Optional;

/**
 * What the wall shows during one of its frames.
 *
 * @param kind of light
 * @param index which light of the sequence, or which panel of the rig; 0 for the other kinds
 */
public record Label(Kind kind, int index) {
  /** Kinds of light. */
  public enum Kind {
    /** One of the lights of the sequence: a map, moving or still. */
    LIGHT,
    /** All panels alike: the subject without shading. */
    FLAT,
    /** One panel alone. */
    OLAT,
    /** All panels alike, to follow motion between other frames by. */
    TRACKING,
    /** Only what is behind the subject, which stands out dark. */
    MATTE,
    /** Nothing. */
    BLACK
  }

  public static final Label FLAT = new Label(Kind.FLAT, 0);
  public static final Label TRACKING = new Label(Kind.TRACKING, 0);
  public static final Label MATTE = new Label(Kind.MATTE, 0);
  public static final Label BLACK = new Label(Kind.BLACK, 0);

  public Label {
    if (index < 0 || (index > 0 && kind != Kind.LIGHT && kind != Kind.OLAT)) {
      throw new IllegalArgumentException("label %s with index %d".formatted(kind, index));
    }
  }

  /** A light of the sequence. */
  public static Label light(int index) {
    return new Label(Kind.LIGHT, index);
  }

  /** One panel of the rig alone. */
  public static Label olat(int panel) {
    return new Label(Kind.OLAT, panel);
  }

  /**
   * Whether all panels shine alike, so that motion can be followed from one such frame to the next.
   */
  public boolean isUniform() {
    return kind == Kind.FLAT || kind == Kind.TRACKING;
  }

  /** The label of a text such as {@code light-0}, {@code olat-12} or {@code flat}. */
  public static Optional<Label> parse(String text) {
    int dash = text.indexOf('-');
    String word = dash < 0 ? text : text.substring(0, dash);
    for (Kind kind : Kind.values()) {
      boolean numbered = kind == Kind.LIGHT || kind == Kind.OLAT;
      if (!kind.name().toLowerCase(Locale.ROOT).equals(word) || numbered != dash >= 0) {
        continue;
      }
      if (!numbered) {
        return Optional.of(new Label(kind, 0));
      }
      String number = text.substring(dash + 1);
      return number.matches("0|[1-9][0-9]{0,5}")
          ? Optional.of(new Label(kind, Integer.parseInt(number)))
          : Optional.empty();
    }
    return Optional.empty();
  }

  /** The text that {@link #parse} takes. */
  @Override
  public String toString() {
    String word = kind.name().toLowerCase(Locale.ROOT);
    return kind == Kind.LIGHT || kind == Kind.OLAT ? word + "-" + index : word;
  }
}
