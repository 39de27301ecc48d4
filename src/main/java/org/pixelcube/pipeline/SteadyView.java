package org.pixelcube.pipeline;

import java.io.DataInputStream;
import java.io.DataOutputStream;
import java.io.IOException;
import java.util.Arrays;
import org.pixelcube.image.Image;
import org.pixelcube.image.Warp;
import org.pixelcube.vision.OpticalFlow;

/**
 * What one frame shows of shape and flat colour, steadied by the frame before: normals and the
 * change of light are carried along optical flow and blended where the picture agrees. The new
 * light itself is not touched, so light that moves does not lag.
 *
 * <p>Worked out when first asked for, on any thread; a frame asks the one before it, so the frames
 * of a shot form a chain whose results do not depend on who asks first.
 */
final class SteadyView {
  /** Share of what is carried from the frame before, where the flow is to be believed. */
  private static final float CARRIED = 0.85f;

  /** Differences of lightness and of coverage at which nothing is carried. */
  private static final float LIGHTNESS_TOLERANCE = 0.06f;

  private static final float COVERAGE_TOLERANCE = 0.3f;

  /** Normals, three changes of light in stops, skin, depth, coverage. */
  private static final int PLANES = 9;

  private static final int SKIN = 6;
  private static final int DEPTH = 7;
  private static final int COVERAGE = 8;

  /**
   * What the next frame needs.
   *
   * @param planes on the geometry grid, {@code (9, h, w)}
   * @param lightness encoded, {@code (1, h, w)}
   */
  private record Memory(Image planes, Image lightness) {}

  private final FrameRelighter relighter;
  private final Analysis analysis;
  private final OpticalFlow flow;
  private SteadyView before;
  private FrameRelighter.Seen seen;
  private Memory memory;

  /**
   * The view of a frame.
   *
   * @param before the view of the frame before in the same shot, or null
   */
  SteadyView(FrameRelighter relighter, Analysis analysis, OpticalFlow flow, SteadyView before) {
    this.relighter = relighter;
    this.analysis = analysis;
    this.flow = flow;
    this.before = before;
  }

  private SteadyView(Memory memory) {
    this(null, null, null, null);
    this.memory = memory;
  }

  /** Shape and flat colour of the frame. */
  synchronized FrameRelighter.Seen get() {
    if (seen == null) {
      seen = relighter.see(analysis);
      memory = memoryOf(seen);
      Memory last = before == null ? null : before.memory();
      // The chain ends here: what came before may be forgotten.
      before = null;
      if (last != null && last.planes().sameSizeAs(memory.planes())) {
        memory = blended(last);
        seen = steadied(seen, memory.planes());
      }
    }
    return seen;
  }

  private synchronized Memory memory() {
    if (memory == null) {
      FrameRelighter.Seen _ = get();
    }
    return memory;
  }

  private static Memory memoryOf(FrameRelighter.Seen seen) {
    Geometry g = seen.geometry();
    int n = g.size();
    float[] planes = new float[PLANES * n];
    System.arraycopy(g.nx(), 0, planes, 0, n);
    System.arraycopy(g.ny(), 0, planes, n, n);
    System.arraycopy(g.nz(), 0, planes, 2 * n, n);
    float[] lightness = new float[n];
    float[][] rgb = seen.flat().rgb();
    for (int c = 0; c < 3; c++) {
      for (int i = 0; i < n; i++) {
        float flat = Math.max(0, seen.flat().colour()[c][i]) + Delighter.EPSILON;
        float shot = Math.max(0, rgb[c][i]) + Delighter.EPSILON;
        planes[(3 + c) * n + i] = FastLog.log2(flat / shot);
      }
    }
    for (int i = 0; i < n; i++) {
      float y = DetailTransfer.luminance(rgb[0][i], rgb[1][i], rgb[2][i]);
      lightness[i] = (float) Math.sqrt(Math.clamp(y, 0, 1));
      planes[DEPTH * n + i] = known(g.depth()[i]);
    }
    System.arraycopy(seen.flat().skin(), 0, planes, SKIN * n, n);
    System.arraycopy(g.alpha(), 0, planes, COVERAGE * n, n);
    return new Memory(
        Image.data(g.width(), g.height(), PLANES, planes),
        Image.data(g.width(), g.height(), 1, lightness));
  }

  /** Depth where there is any; 0 beside the subject. */
  private static float known(float depth) {
    return depth > Float.NEGATIVE_INFINITY ? depth : 0;
  }

  /** This frame's planes with the last frame's, carried to where things are now, mixed in. */
  private Memory blended(Memory last) {
    Image back = flow.flow(memory.lightness(), last.lightness());
    float[] carried = Warp.backward(last.planes(), back).samples();
    float[] carriedLightness = Warp.backward(last.lightness(), back).samples();
    float[] inside = Warp.inside(back).samples();
    float[] now = memory.planes().samples();
    float[] lightness = memory.lightness().samples();
    int n = lightness.length;
    float[] out = now.clone();
    for (int i = 0; i < n; i++) {
      float change = Math.abs(lightness[i] - carriedLightness[i]) / LIGHTNESS_TOLERANCE;
      float cover =
          Math.abs(now[COVERAGE * n + i] - carried[COVERAGE * n + i]) / COVERAGE_TOLERANCE;
      float share =
          CARRIED * inside[i] * Math.max(0, 1 - change * change) * Math.max(0, 1 - cover * cover);
      for (int k = 0; k < COVERAGE; k++) {
        out[k * n + i] += share * (carried[k * n + i] - out[k * n + i]);
      }
    }
    Image planes = memory.planes();
    return new Memory(Image.data(planes.width(), planes.height(), PLANES, out), memory.lightness());
  }

  private static FrameRelighter.Seen steadied(FrameRelighter.Seen seen, Image planes) {
    Geometry g = seen.geometry();
    int n = g.size();
    float[] p = planes.samples();
    float[] nx = Arrays.copyOfRange(p, 0, n);
    float[] ny = Arrays.copyOfRange(p, n, 2 * n);
    float[] nz = Arrays.copyOfRange(p, 2 * n, 3 * n);
    for (int i = 0; i < n; i++) {
      float length = (float) Math.sqrt(nx[i] * nx[i] + ny[i] * ny[i] + nz[i] * nz[i]);
      float inverse = 1 / Math.max(1e-6f, length);
      nx[i] *= inverse;
      ny[i] *= inverse;
      nz[i] *= inverse;
    }
    float[] depth = g.depth().clone();
    for (int i = 0; i < n; i++) {
      depth[i] = depth[i] > Float.NEGATIVE_INFINITY ? p[DEPTH * n + i] : depth[i];
    }
    float[][] colour = new float[3][n];
    float[][] rgb = seen.flat().rgb();
    for (int c = 0; c < 3; c++) {
      for (int i = 0; i < n; i++) {
        float shot = Math.max(0, rgb[c][i]) + Delighter.EPSILON;
        colour[c][i] = Math.max(0, shot * FastLog.exp2(p[(3 + c) * n + i]) - Delighter.EPSILON);
      }
    }
    Geometry steady =
        new Geometry(
            g.width(), g.height(), g.alpha(), nx, ny, nz, g.depth(), g.face(), g.surfaces());
    return new FrameRelighter.Seen(
        steady, new FlatLit(rgb, colour, Arrays.copyOfRange(p, SKIN * n, DEPTH * n)));
  }

  /** Writes what the next frame needs; null is no frame before. */
  static void write(SteadyView view, DataOutputStream out) throws IOException {
    Memory memory = view == null ? null : view.memory();
    out.writeInt(memory == null ? 0 : memory.planes().width());
    out.writeInt(memory == null ? 0 : memory.planes().height());
    if (memory != null) {
      for (float v : memory.planes().samples()) {
        out.writeFloat(v);
      }
      for (float v : memory.lightness().samples()) {
        out.writeFloat(v);
      }
    }
  }

  /** Reads what {@link #write} wrote: a view that serves as the frame before, or null. */
  static SteadyView read(DataInputStream in) throws IOException {
    int w = in.readInt();
    int h = in.readInt();
    if (w <= 0 || h <= 0) {
      return null;
    }
    int n = Math.multiplyExact(w, h);
    float[] planes = floats(in, Math.multiplyExact(PLANES, n));
    return new SteadyView(
        new Memory(Image.data(w, h, PLANES, planes), Image.data(w, h, 1, floats(in, n))));
  }

  private static float[] floats(DataInputStream in, int n) throws IOException {
    float[] values = new float[n];
    for (int i = 0; i < n; i++) {
      values[i] = in.readFloat();
    }
    return values;
  }
}
