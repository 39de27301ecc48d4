package org.pixelcube.pipeline;

import java.util.Map;
import java.util.function.Supplier;
import org.pixelcube.config.Warnings;
import org.pixelcube.image.Image;
import org.pixelcube.video.ClipInfo;
import org.pixelcube.video.Frame;

/**
 * Turns the frames of one clip into output frames, one after the other in their order.
 *
 * <p>What a frame becomes depends on it, on the settings and on the state alone, and the state is
 * all that is remembered of the frames before: a processor made anew, given the state that another
 * had after frame n, turns the frames from n + 1 on into the same bytes.
 */
public interface FrameProcessor extends AutoCloseable {
  /**
   * What a frame has become.
   *
   * @param frame the output frame, at the same moment as the input's
   * @param passes the further pictures asked for, at the frame's size
   */
  record Output(Frame frame, Map<Pass, Image> passes) {
    public Output {
      passes = Map.copyOf(passes);
    }
  }

  /** Makes the processor of a run. */
  @FunctionalInterface
  interface Factory {
    /**
     * Makes the processor.
     *
     * @param settings what the user wants
     * @param input the clip whose frames will come
     * @param warnings takes what the user should know
     */
    FrameProcessor open(RelightSettings settings, ClipInfo input, Warnings warnings);
  }

  /**
   * Takes the next frame. What depends on the frames before is done at once, on this thread; what
   * remains is done by the result, on any thread, once, together with those of other frames.
   */
  Supplier<Output> process(Frame in);

  /**
   * How many further frames must be taken, or {@link #end} be called, before the result of a frame
   * is sure to come; the result waits for them.
   */
  default int lookahead() {
    return 0;
  }

  /** Says that no frame will follow those taken. */
  default void end() {}

  /** Says that results are no longer wanted: whoever waits for one fails. */
  default void abandon() {}

  /** Adds the time of the stages within {@link #process} to {@code clock}, from now on. */
  default void timeStages(StageClock clock) {}

  /** What is remembered of the frames so far. */
  byte[] state();

  /** Goes on as if the frames before {@code state} was taken had been seen. */
  void restore(byte[] state);

  @Override
  void close();
}
