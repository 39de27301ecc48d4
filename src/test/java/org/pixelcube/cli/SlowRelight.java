package org.pixelcube.cli;

import java.nio.ByteBuffer;
import java.util.Map;
import java.util.function.Supplier;
import org.pixelcube.image.Image;
import org.pixelcube.pipeline.FrameProcessor;
import org.pixelcube.video.Frame;

/** The command line with a processor that takes its time, for a process of its own to be ended. */
final class SlowRelight {
  private SlowRelight() {}

  public static void main(String[] args) {
    Console console = Console.ofProcess();
    int millis = Integer.getInteger("slow.millis", 0);
    int status = PixelCube.run(console, (_, _, _) -> new Fading(millis), args);
    console.interruption().close();
    System.exit(status);
  }

  /** Mixes each frame with all those before: its state matters. */
  static final class Fading implements FrameProcessor {
    private final int millis;
    private float mean = 0.5f;

    Fading(int millis) {
      this.millis = millis;
    }

    @Override
    public Supplier<Output> process(Frame in) {
      float[] samples = in.image().samples().clone();
      mean = 0.9f * mean + 0.1f * samples[0];
      for (int i = 0; i < samples.length; i++) {
        samples[i] = 0.5f * samples[i] + mean;
      }
      try {
        Thread.sleep(millis);
      } catch (InterruptedException e) {
        throw new IllegalStateException(e);
      }
      Image image = Image.rgb(in.image().width(), in.image().height(), samples);
      return () -> new Output(in.withImage(image), Map.of());
    }

    @Override
    public byte[] state() {
      return ByteBuffer.allocate(4).putFloat(mean).array();
    }

    @Override
    public void restore(byte[] state) {
      mean = ByteBuffer.wrap(state).getFloat();
    }

    @Override
    public void close() {}
  }
}
