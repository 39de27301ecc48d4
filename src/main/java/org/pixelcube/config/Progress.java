package org.pixelcube.config;

import java.io.PrintStream;
import java.time.Duration;
import java.util.Locale;
import me.tongfei.progressbar.ConsoleProgressBarConsumer;
import me.tongfei.progressbar.ProgressBar;
import me.tongfei.progressbar.ProgressBarBuilder;
import me.tongfei.progressbar.ProgressBarStyle;

/** How far a long piece of work has come, in frames. One thread at a time reports. */
public interface Progress extends AutoCloseable {
  /** Says that {@code frames} frames in all are done, counted from the start of the work. */
  void done(long frames);

  /** Ends the report. */
  @Override
  void close();

  /** Opens the report of one piece of work. */
  @FunctionalInterface
  interface Opener {
    /**
     * Opens the report.
     *
     * @param task a word or two
     * @param totalFrames the number of frames, −1 if not known
     * @param doneFrames frames already done before, by an interrupted run
     */
    Progress open(String task, long totalFrames, long doneFrames);
  }

  /** Says nothing. */
  static Progress silent() {
    return new Progress() {
      @Override
      public void done(long frames) {}

      @Override
      public void close() {}
    };
  }

  /**
   * Whether standard error is a terminal: Java cannot tell, so the launcher says it in the property
   * {@code pixelcube.terminal}.
   */
  static boolean terminal() {
    return Boolean.getBoolean("pixelcube.terminal");
  }

  /** A bar on a terminal, a plain line every ten seconds elsewhere. */
  static Progress on(PrintStream out, boolean terminal, String task, long total, long done) {
    return terminal
        ? new Bar(out, task, total, done)
        : new Lines(out, task, total, done, Duration.ofSeconds(10));
  }

  /** The bar, redrawn in place: frames done and in all, frames per second, time left. */
  final class Bar implements Progress {
    private final ProgressBar bar;

    Bar(PrintStream out, String task, long total, long done) {
      bar =
          new ProgressBarBuilder()
              .setTaskName(task)
              .setInitialMax(total)
              .startsFrom(done, Duration.ZERO)
              .setStyle(ProgressBarStyle.UNICODE_BLOCK)
              .setUpdateIntervalMillis(250)
              .setUnit(" frames", 1)
              .setSpeedUnit(java.time.temporal.ChronoUnit.SECONDS)
              .showSpeed()
              .setConsumer(new ConsoleProgressBarConsumer(out))
              .build();
    }

    @Override
    public void done(long frames) {
      bar.stepTo(frames);
    }

    @Override
    public void close() {
      bar.close();
    }
  }

  /** Plain lines for logs: one per interval, and one at the end. */
  final class Lines implements Progress {
    private final PrintStream out;
    private final String task;
    private final long total;
    private final long first;
    private final long intervalNanos;
    private final long startNanos = System.nanoTime();
    private long lastNanos = startNanos;
    private long frames;

    Lines(PrintStream out, String task, long total, long done, Duration interval) {
      this.out = out;
      this.task = task;
      this.total = total;
      this.first = done;
      this.frames = done;
      this.intervalNanos = interval.toNanos();
    }

    @Override
    public void done(long count) {
      frames = count;
      long now = System.nanoTime();
      if (now - lastNanos >= intervalNanos) {
        lastNanos = now;
        print(now);
      }
    }

    @Override
    public void close() {
      print(System.nanoTime());
    }

    private void print(long now) {
      double seconds = Math.max((now - startNanos) * 1e-9, 1e-9);
      double rate = (frames - first) / seconds;
      StringBuilder line = new StringBuilder("pixelcube: ").append(task).append(": ");
      line.append(frames);
      if (total >= 0) {
        line.append(" of ").append(total);
      }
      line.append(String.format(Locale.ROOT, " frames, %.2f fps", rate));
      if (total > frames && rate > 0) {
        long left = Math.round((total - frames) / rate);
        line.append(String.format(Locale.ROOT, ", %d:%02d left", left / 60, left % 60));
      }
      out.println(line);
    }
  }
}
