package org.pixelcube.eval;

import java.util.List;
import java.util.SplittableRandom;
import org.pixelcube.head.Actor;
import org.pixelcube.head.FramePose;
import org.pixelcube.head.Performance;
import org.pixelcube.image.GaussianBlur;
import org.pixelcube.image.Image;
import org.pixelcube.math.Rotation;
import org.pixelcube.math.Vector3;
import org.pixelcube.render.Instance;
import org.pixelcube.render.Material;
import org.pixelcube.render.Pose;
import org.pixelcube.render.Shape;
import org.pixelcube.render.Texture;
import org.pixelcube.render.TriangleMesh;
import org.pixelcube.stage.VirtualCube;

/** Who is filmed in a rehearsal: a head that talks, turns and sways, or a painted ball. */
public final class RehearsalSubject {
  /** How often a second a swaying subject goes to and fro. */
  private static final double SWAY_HERTZ = 0.7;

  private static final double BALL_RADIUS = 0.09;

  /** It rolls below the middle of the picture, clear of markers in its corners. */
  private static final double BALL_HEIGHT = -0.08;

  private static final int BALL_RINGS = 48;
  private static final int PAINT = 256;

  /** Standard deviation of the spots' blur, of the paint's pixels. */
  private static final double SPOT = 12;

  /** Seconds between two looks at a performance, when its liveliest part is sought. */
  private static final double STEP = 1.0 / 30;

  private RehearsalSubject() {}

  /**
   * A head in the liveliest part of a performance.
   *
   * @param seconds that it is filmed for, from 0
   * @param swayMetres how far it goes to each side of the middle, which it passes, at its fastest,
   *     in the middle of that time; 0 stays in place
   */
  public static VirtualCube.Subject head(
      Actor actor, Performance performance, double seconds, double swayMetres) {
    double start = liveliest(performance, seconds);
    return (now, before) ->
        actor.at(
            swayed(performance.at(start + now), sway(now, seconds, swayMetres)),
            swayed(performance.at(start + before), sway(before, seconds, swayMetres)));
  }

  /** A ball painted in blurred spots that rolls to and fro on a line across the picture. */
  public static VirtualCube.Subject ball(long seed, double seconds, double swayMetres) {
    Shape ball = new Shape("ball", sphere(), new Material.Lambert(Texture.of(paint(seed))));
    return (now, before) ->
        List.of(
            Instance.rigid(
                ball,
                rolled(sway(now, seconds, swayMetres)),
                rolled(sway(before, seconds, swayMetres))));
  }

  private static double sway(double time, double seconds, double metres) {
    return metres * Math.sin(2 * Math.PI * SWAY_HERTZ * (time - seconds / 2));
  }

  private static FramePose swayed(FramePose pose, double x) {
    Pose by = new Pose(Rotation.IDENTITY, new Vector3(x, 0, 0));
    return new FramePose(
        pose.timeSeconds(),
        pose.expression(),
        by.after(pose.head()),
        by.after(pose.body()),
        pose.gazeYawDegrees(),
        pose.gazePitchDegrees(),
        pose.vergenceDegrees(),
        pose.breath());
  }

  private static Pose rolled(double x) {
    return new Pose(
        Rotation.aboutVector(new Vector3(0, 0, -x / BALL_RADIUS)), new Vector3(x, BALL_HEIGHT, 0));
  }

  /** When the head's movement in the seconds that follow is most. */
  private static double liveliest(Performance performance, double seconds) {
    int steps = (int) Math.floor(performance.durationSeconds() / STEP);
    double[] moved = new double[steps + 1];
    // The tip of the nose, about.
    Vector3 tip = new Vector3(0, -0.04, 0.02);
    Vector3 last = performance.at(0).head().point(tip);
    for (int i = 1; i <= steps; i++) {
      Vector3 at = performance.at(i * STEP).head().point(tip);
      moved[i] = moved[i - 1] + at.minus(last).length();
      last = at;
    }
    int window = Math.clamp(Math.round(seconds / STEP), 1, Math.max(1, steps));
    int best = 0;
    for (int i = 1; i + window <= steps; i++) {
      if (moved[i + window] - moved[i] > moved[best + window] - moved[best]) {
        best = i;
      }
    }
    return best * STEP;
  }

  private static Image paint(long seed) {
    SplittableRandom random = new SplittableRandom(seed);
    float[] noise = new float[3 * PAINT * 2 * PAINT];
    for (int i = 0; i < noise.length; i++) {
      noise[i] = (float) random.nextGaussian();
    }
    float[] spots = GaussianBlur.blur(Image.rgb(2 * PAINT, PAINT, noise), SPOT).samples();
    float[] out = new float[noise.length];
    // Blurred by σ, white noise has a standard deviation of 1 ÷ (2 √π σ).
    double scale = 2 * Math.sqrt(Math.PI) * SPOT;
    for (int i = 0; i < out.length; i++) {
      out[i] = (float) Math.clamp(0.4 + 0.15 * scale * spots[i], 0.05, 0.9);
    }
    return Image.rgb(2 * PAINT, PAINT, out);
  }

  private static TriangleMesh sphere() {
    int columns = 2 * BALL_RINGS;
    float[] n = new float[(BALL_RINGS + 1) * (columns + 1) * 3];
    float[] p = new float[n.length];
    float[] uv = new float[n.length / 3 * 2];
    for (int i = 0, k = 0; i <= BALL_RINGS; i++) {
      double theta = Math.PI * i / BALL_RINGS;
      for (int j = 0; j <= columns; j++, k++) {
        double phi = 2 * Math.PI * j / columns;
        n[3 * k] = (float) (Math.sin(theta) * Math.sin(phi));
        n[3 * k + 1] = (float) Math.cos(theta);
        n[3 * k + 2] = (float) (-Math.sin(theta) * Math.cos(phi));
        uv[2 * k] = (float) j / columns;
        uv[2 * k + 1] = 1 - (float) i / BALL_RINGS;
      }
    }
    for (int i = 0; i < p.length; i++) {
      p[i] = (float) BALL_RADIUS * n[i];
    }
    int[] t = new int[BALL_RINGS * columns * 6];
    for (int i = 0, at = 0; i < BALL_RINGS; i++) {
      for (int j = 0; j < columns; j++) {
        int a = i * (columns + 1) + j;
        int b = a + columns + 1;
        for (int index : new int[] {a, a + 1, b, a + 1, b + 1, b}) {
          t[at++] = index;
        }
      }
    }
    return new TriangleMesh(p, n, uv, t);
  }
}
