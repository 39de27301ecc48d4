package org.pixelcube.pipeline;

import java.io.DataInputStream;
import java.io.DataOutputStream;
import java.io.IOException;
import java.nio.file.Path;
import java.util.Optional;
import org.pixelcube.color.TransferFunction;
import org.pixelcube.config.UserError;
import org.pixelcube.image.Image;
import org.pixelcube.image.Resize;
import org.pixelcube.video.ClipReader;
import org.pixelcube.video.Frame;
import org.pixelcube.vision.GreenScreen;
import org.pixelcube.vision.MatteTracker;
import org.pixelcube.vision.Modnet;

/** Where the subject is: the matting network, a key on top of it, or a matte of the user's own. */
sealed interface MatteSource extends AutoCloseable {
  /**
   * The matte of the next frame.
   *
   * @param working the frame at working resolution, linear
   * @return coverage, one channel, at working resolution or the matte's own
   */
  Image next(Image working);

  void write(DataOutputStream out) throws IOException;

  void read(DataInputStream in) throws IOException;

  @Override
  void close();

  /** The network's matte, keyed where a screen was found. */
  final class Network implements MatteSource {
    private final Modnet network;
    private final MatteTracker tracker;
    private final Optional<GreenScreen> screen;

    Network(Modnet network, int everyFrames, Optional<GreenScreen> screen) {
      this.network = network;
      this.tracker = new MatteTracker(network, everyFrames);
      this.screen = screen;
    }

    @Override
    public Image next(Image working) {
      Image alpha = Resize.to(tracker.next(working), working.width(), working.height());
      return Islands.removed(screen.map(s -> s.key(working, alpha)).orElse(alpha));
    }

    @Override
    public void write(DataOutputStream out) throws IOException {
      byte[] state = tracker.state();
      out.writeInt(state.length);
      out.write(state);
    }

    @Override
    public void read(DataInputStream in) throws IOException {
      tracker.restore(in.readNBytes(in.readInt()));
    }

    @Override
    public void close() {
      tracker.close();
      network.close();
    }
  }

  /** A clip or still of the user's: its alpha, or its luminance where it has none. */
  final class File implements MatteSource {
    private final Path path;
    private final ClipReader reader;
    private Image still;
    private long frames;

    File(Path path, long start) {
      this.path = path;
      this.reader = ClipReader.open(path);
      this.frames = start;
      goTo(start);
    }

    private void goTo(long frame) {
      if (frame > 0 && !reader.info().still()) {
        reader.seek(frame);
      }
    }

    @Override
    public Image next(Image working) {
      if (still != null) {
        return still;
      }
      Frame frame =
          reader
              .next()
              .orElseThrow(() ->
                  new UserError(
                      path.toString(),
                      "ends after %d frames, before the input does".formatted(frames),
                      "give a matte of the input's length, or a still"));
      frames++;
      Image alpha = coverage(frame.image());
      if (reader.info().still()) {
        still = alpha;
      }
      return alpha;
    }

    private static Image coverage(Image picture) {
      if (picture.channels() == 4) {
        return picture.channel(3);
      }
      float[] s = picture.samples();
      int n = picture.planeSize();
      float[] alpha = new float[n];
      for (int i = 0; i < n; i++) {
        float y = DetailTransfer.luminance(s[i], s[n + i], s[2 * n + i]);
        // A matte's code values are coverage; reading decoded them as light.
        alpha[i] = (float) TransferFunction.SRGB.fromLinear(Math.clamp(y, 0f, 1f));
      }
      return Image.data(picture.width(), picture.height(), 1, alpha);
    }

    @Override
    public void write(DataOutputStream out) throws IOException {
      out.writeLong(frames);
    }

    @Override
    public void read(DataInputStream in) throws IOException {
      frames = in.readLong();
      goTo(frames);
    }

    @Override
    public void close() {
      reader.close();
    }
  }
}
