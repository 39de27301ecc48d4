package org.pixelcube.pipeline;

import java.io.DataInputStream;
import java.io.DataOutputStream;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import org.pixelcube.vision.FaceTopology;

/**
 * The source light of the shot that runs: fitted on its first faces, then left alone, so that a
 * shot under steady light is delighted without flicker. A cut starts it afresh.
 */
final class SourceLightTracker {
  /** Samples a shot's fit rests on. */
  static final int SETTLED = 16;

  /** Samples that do where they are spread over the frames to come. */
  private static final int ENOUGH_AHEAD = 4;

  /** How far a new fit moves the light in force while the shot is young. */
  private static final double STEP = 0.35;

  private final FaceTopology topology;
  private final List<SkinSamples> samples = new ArrayList<>();
  private SourceLight light;
  private boolean lookedAhead;

  SourceLightTracker(FaceTopology topology) {
    this.topology = topology;
    this.light = SourceLight.flat(topology);
  }

  /** The light in force. */
  SourceLight light() {
    return light;
  }

  /** Whether more samples would change nothing. */
  boolean settled() {
    return samples.size() >= (lookedAhead ? ENOUGH_AHEAD : SETTLED);
  }

  /** Forgets the shot. */
  void reset() {
    samples.clear();
    lookedAhead = false;
    light = SourceLight.flat(topology);
  }

  /** Takes in what the shot shows before its first frame is delighted. */
  void prepare(List<SkinSamples> shot) {
    reset();
    lookedAhead = true;
    samples.addAll(shot.subList(0, Math.min(SETTLED, shot.size())));
    light = SourceLight.fit(samples, topology);
  }

  /** Takes in the faces of the frame at hand. */
  void observe(List<SkinSamples> frame) {
    if (settled() || frame.isEmpty()) {
      return;
    }
    boolean first = samples.isEmpty();
    samples.addAll(frame.subList(0, Math.min(SETTLED - samples.size(), frame.size())));
    SourceLight fitted = SourceLight.fit(samples, topology);
    light = first ? fitted : light.towards(fitted, STEP);
  }

  void write(DataOutputStream out) throws IOException {
    out.writeBoolean(lookedAhead);
    out.writeInt(samples.size());
    for (SkinSamples s : samples) {
      write(out, s.colour());
      write(out, s.normals());
      write(out, s.weight());
      out.writeBoolean(s.crowd());
    }
    for (double[] channel : light.coefficients()) {
      for (double c : channel) {
        out.writeDouble(c);
      }
    }
    write(out, light.albedo());
    out.writeBoolean(light.balanced());
  }

  void read(DataInputStream in) throws IOException {
    samples.clear();
    lookedAhead = in.readBoolean();
    int n = in.readInt();
    int vertices = FaceTopology.VERTICES;
    for (int i = 0; i < n; i++) {
      samples.add(
          new SkinSamples(
              floats(in, 3 * vertices),
              floats(in, 3 * vertices),
              floats(in, vertices),
              in.readBoolean()));
    }
    double[][] coefficients = new double[3][SourceLight.TERMS];
    for (double[] channel : coefficients) {
      for (int k = 0; k < channel.length; k++) {
        channel[k] = in.readDouble();
      }
    }
    light = SourceLight.of(coefficients, floats(in, 3 * vertices), in.readBoolean());
  }

  private static void write(DataOutputStream out, float[] values) throws IOException {
    for (float v : values) {
      out.writeFloat(v);
    }
  }

  private static float[] floats(DataInputStream in, int n) throws IOException {
    float[] values = new float[n];
    for (int i = 0; i < n; i++) {
      values[i] = in.readFloat();
    }
    return values;
  }
}
