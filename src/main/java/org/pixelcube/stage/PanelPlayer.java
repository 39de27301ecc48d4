package org.pixelcube.stage;

import java.util.concurrent.locks.LockSupport;
import org.pixelcube.config.Interruption;

/**
 * Plays a sequence on panels of one colour each. Whatever goes wrong, and when the user stops it,
 * the panels fade to black before it ends.
 */
public final class PanelPlayer {
  private PanelPlayer() {}

  /** The colours of a frame at full level. */
  @FunctionalInterface
  public interface Colours {
    /** Red, green, blue of each panel in turn, linear, a share of the panel's peak in [0, 1]. */
    float[] of(WallFrame frame);
  }

  /** How a panel wants a linear share of its peak. */
  @FunctionalInterface
  public interface Code {
    /**
     * The code of a share.
     *
     * @param sample 3 · panel + channel
     * @param linear in [0, 1]
     */
    int of(int sample, float linear);

    /** Codes that are proportional to light. */
    static Code linear() {
      return (_, linear) -> Math.round(255 * linear);
    }
  }

  /** Where colours go. */
  @FunctionalInterface
  public interface Output {
    void send(byte[] codes);
  }

  /** Waits for the moment of a frame. */
  @FunctionalInterface
  public interface Pace {
    void await(long frame);

    /** The wall clock, from the first call on. */
    static Pace of(double framesPerSecond) {
      long start = System.nanoTime();
      return frame -> {
        long due = start + Math.round(frame * 1e9 / framesPerSecond);
        for (long left = due - System.nanoTime(); left > 0; left = due - System.nanoTime()) {
          LockSupport.parkNanos(left);
        }
      };
    }
  }

  /**
   * Plays to the end.
   *
   * @throws Interruption.Requested if the user stopped it, after the panels are black
   * @throws RuntimeException what {@code colours} or {@code output} threw, after the panels are
   *     black as far as they can be reached
   */
  public static void play(
      Sequence sequence,
      Colours colours,
      Code code,
      Output output,
      Pace pace,
      Interruption interruption) {
    float[] shown = new float[0];
    long frame = 0;
    try {
      for (int i = 0; i < sequence.frameCount(); i++, frame++) {
        interruption.check();
        WallFrame wall = sequence.frame(i);
        float[] next = colours.of(wall).clone();
        for (int k = 0; k < next.length; k++) {
          // Not a number is black.
          next[k] = next[k] > 0 ? (float) (Math.min(1, next[k]) * wall.gain()) : 0;
        }
        pace.await(frame);
        output.send(codes(next, 1, code));
        shown = next;
      }
    } catch (RuntimeException | Error fault) {
      fade(shown, sequence.rampFrames(), frame, code, output, pace, fault);
      throw fault;
    }
  }

  private static void fade(
      float[] shown, int frames, long from, Code code, Output output, Pace pace, Throwable fault) {
    try {
      for (int i = frames - 1; i >= 0 && shown.length > 0; i--) {
        pace.await(from + frames - 1 - i);
        output.send(codes(shown, (float) i / frames, code));
      }
    } catch (RuntimeException again) {
      fault.addSuppressed(again);
    }
  }

  private static byte[] codes(float[] linear, float gain, Code code) {
    byte[] codes = new byte[linear.length];
    for (int k = 0; k < codes.length; k++) {
      codes[k] = (byte) code.of(k, linear[k] * gain);
    }
    return codes;
  }
}
