package org.pixelcube.vision;

import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.DataInputStream;
import java.io.DataOutputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.ByteBuffer;
import org.pixelcube.config.UserError;
import org.pixelcube.image.Image;
import org.pixelcube.image.Resize;
import org.pixelcube.image.Warp;

/**
 * The matte of a clip, frame by frame and in order: MODNet every few frames, carried along optical
 * flow in between, and steadied over time where the picture rests.
 *
 * <p>The same frames give the same bytes every time, also across {@link #state} and {@link
 * #restore}.
 */
public final class MatteTracker implements AutoCloseable {
  private static final int STATE_VERSION = 1;

  /** Share of the carried matte where nothing moves and the colours agree. */
  private static final float STATIC_TRUST = 0.85f;

  /** Share of the carried matte where the picture moves but the flow is consistent. */
  private static final float MOVING_TRUST = 0.5f;

  /** Lightness change at which the carried matte is no longer believed. */
  private static final float LIGHTNESS_TOLERANCE = 0.04f;

  /** Motion, in pixels of the working size, that counts as none. */
  private static final float STILL_PIXELS = 0.3f;

  /** Where network and carried matte differ by more than this, the network is right. */
  private static final float ALPHA_TOLERANCE = 0.35f;

  /** Largest side in a stored state, so that a damaged one cannot ask for all the memory. */
  private static final int MAX_SIDE = 8192;

  private final Matting network;
  private final OpticalFlow flow;
  private final int networkEveryFrames;
  private Image lastLightness;
  private Image lastAlpha;
  private int framesSinceNetwork;

  /**
   * Makes a tracker; the network is not closed with it.
   *
   * @param networkEveryFrames 1 to run the network on every frame, 2 for every other, and so on
   */
  public MatteTracker(Matting network, int networkEveryFrames) {
    if (networkEveryFrames < 1) {
      throw new IllegalArgumentException("networkEveryFrames must be 1 or more");
    }
    this.network = network;
    this.networkEveryFrames = networkEveryFrames;
    this.flow = new OpticalFlow(OpticalFlow.Quality.FAST);
  }

  /**
   * The matte of the next frame.
   *
   * <p>A cut is noticed and starts afresh, as does a frame of another shape.
   *
   * @param frame linear light, 3 channels or more, any size
   * @return alpha in [0, 1], {@code (1, h, w)} at {@link Matting#workingSize}
   */
  public Image next(Image frame) {
    int[] size = network.workingSize(frame.width(), frame.height());
    Image small = Resize.to(NetworkInput.rgb(frame), size[0], size[1]);
    Image lightness = NetworkInput.lightness(small);
    if (lastLightness != null && CutDetector.isCut(lastLightness, lightness)) {
      reset();
    }
    Image alpha;
    if (lastAlpha == null) {
      alpha = network.matte(small);
      framesSinceNetwork = 0;
    } else {
      Image back = flow.flow(lightness, lastLightness);
      Image carried = Warp.backward(lastAlpha, back);
      Image trust = trust(lightness, back);
      framesSinceNetwork++;
      if (framesSinceNetwork >= networkEveryFrames) {
        framesSinceNetwork = 0;
        alpha = blend(network.matte(small), carried, trust);
      } else {
        alpha = carry(carried, trust, lightness);
      }
    }
    lastLightness = lightness;
    lastAlpha = alpha;
    return alpha;
  }

  /** How far the carried matte is to be believed, {@code (1, h, w)} in [0, 1]. */
  private Image trust(Image lightness, Image back) {
    Image there = flow.flow(lastLightness, lightness);
    float[] consistent = OpticalFlow.consistency(back, there).samples();
    float[] carriedLightness = Warp.backward(lastLightness, back).samples();
    float[] now = lightness.samples();
    float[] f = back.samples();
    int n = lightness.planeSize();
    float[] trust = new float[n];
    for (int i = 0; i < n; i++) {
      float change = Math.abs(now[i] - carriedLightness[i]) / LIGHTNESS_TOLERANCE;
      float motion = (float) Math.sqrt(f[i] * f[i] + f[n + i] * f[n + i]) / STILL_PIXELS;
      float still = Math.max(0, 1 - motion);
      trust[i] =
          consistent[i]
              * Math.max(0, 1 - change * change)
              * (MOVING_TRUST + (STATIC_TRUST - MOVING_TRUST) * still);
    }
    return Image.data(lightness.width(), lightness.height(), 1, trust);
  }

  private static Image blend(Image fresh, Image carried, Image trust) {
    float[] a = fresh.samples();
    float[] b = carried.samples();
    float[] t = trust.samples();
    float[] alpha = new float[a.length];
    for (int i = 0; i < alpha.length; i++) {
      float apart = Math.min(1, Math.abs(a[i] - b[i]) / ALPHA_TOLERANCE);
      alpha[i] = a[i] + t[i] * (1 - apart * apart) * (b[i] - a[i]);
    }
    return Image.data(fresh.width(), fresh.height(), 1, alpha);
  }

  /** The carried matte, refined on the frame where it is not to be believed as it stands. */
  private static Image carry(Image carried, Image trust, Image lightness) {
    float[] refined = MatteUpsampler.refine(carried, lightness).samples();
    float[] c = carried.samples();
    float[] t = trust.samples();
    float[] alpha = new float[c.length];
    for (int i = 0; i < alpha.length; i++) {
      float keep = Math.min(1, 2 * t[i]);
      alpha[i] = refined[i] + keep * (c[i] - refined[i]);
    }
    return Image.data(carried.width(), carried.height(), 1, alpha);
  }

  /** Forgets the last frame, as at a cut. */
  public void reset() {
    lastLightness = null;
    lastAlpha = null;
    framesSinceNetwork = 0;
  }

  /** Everything that carries over to the next frame, for {@link #restore}. */
  public byte[] state() {
    ByteArrayOutputStream bytes = new ByteArrayOutputStream();
    try (DataOutputStream out = new DataOutputStream(bytes)) {
      out.writeInt(STATE_VERSION);
      out.writeInt(framesSinceNetwork);
      out.writeInt(lastAlpha == null ? 0 : lastAlpha.width());
      out.writeInt(lastAlpha == null ? 0 : lastAlpha.height());
      if (lastAlpha != null) {
        out.write(bytes(lastLightness));
        out.write(bytes(lastAlpha));
      }
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
    return bytes.toByteArray();
  }

  /**
   * Goes on from a {@link #state}: the following frames give the same bytes as without the break.
   *
   * @throws UserError if the state is damaged or of another version
   */
  public void restore(byte[] state) {
    try (DataInputStream in = new DataInputStream(new ByteArrayInputStream(state))) {
      int version = in.readInt();
      if (version != STATE_VERSION) {
        throw damaged("version %d found, %d expected".formatted(version, STATE_VERSION), null);
      }
      int since = in.readInt();
      int width = in.readInt();
      int height = in.readInt();
      if (width < 0 || height < 0 || width > MAX_SIDE || height > MAX_SIDE) {
        throw damaged("size %d×%d".formatted(width, height), null);
      }
      if (width == 0 || height == 0) {
        reset();
      } else {
        Image lightness = image(in, width, height);
        Image alpha = image(in, width, height);
        lastLightness = lightness;
        lastAlpha = alpha;
      }
      framesSinceNetwork = since;
    } catch (IOException e) {
      throw damaged("is damaged (" + e + ")", e);
    }
  }

  private static UserError damaged(String reason, Throwable cause) {
    return new UserError("matte tracker state", reason, "start the job afresh", cause);
  }

  private static byte[] bytes(Image image) {
    ByteBuffer buffer = ByteBuffer.allocate(Float.BYTES * image.samples().length);
    buffer.asFloatBuffer().put(image.samples());
    return buffer.array();
  }

  private static Image image(DataInputStream in, int width, int height) throws IOException {
    float[] samples = new float[width * height];
    byte[] bytes = new byte[Float.BYTES * samples.length];
    in.readFully(bytes);
    ByteBuffer.wrap(bytes).asFloatBuffer().get(samples);
    return Image.data(width, height, 1, samples);
  }

  @Override
  public void close() {
    flow.close();
  }
}
