package org.pixelcube.vision;

import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.DataInputStream;
import java.io.DataOutputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.pixelcube.config.UserError;
import org.pixelcube.image.Image;

/**
 * Follows faces through a clip with MediaPipe's face landmark network (Kartynnik et al. 2019).
 *
 * <p>Takes the frames in order, one at a time. A face is looked for in the square round its last
 * landmarks; the detector runs on the first frame, where a face is lost, and every few frames for
 * new ones. The same frames give the same bytes every time.
 */
public final class FaceTracker implements AutoCloseable {
  private static final int SIDE = 256;
  private static final float MIN_PRESENCE = 0.5f;
  private static final double SAME_FACE_OVERLAP = 0.3;

  /** The outer corners of the eyes, which say how the head is rolled. */
  private static final int RIGHT_EYE_OUTER = 33;

  private static final int LEFT_EYE_OUTER = 263;
  private static final int STATE_VERSION = 1;

  /**
   * How to track.
   *
   * @param maxFaces faces at most, the largest first
   * @param detectEveryFrames frames between looks for new faces
   * @param blendshapes whether to compute expression weights
   * @param smooth whether to filter the landmarks over time
   * @param threads threads of the networks' own pools
   */
  public record Options(
      int maxFaces, int detectEveryFrames, boolean blendshapes, boolean smooth, int threads) {
    /**
     * Up to four faces, a look for new ones every 15 frames, filtered, one thread: the networks
     * take milliseconds, and a second thread mostly spins.
     */
    public static final Options DEFAULT = new Options(4, 15, false, true, 1);

    /** Checks the ranges. */
    public Options {
      if (maxFaces < 1 || detectEveryFrames < 1 || threads < 1) {
        throw new IllegalArgumentException("face tracking options must be 1 or more");
      }
    }
  }

  private static final class Track {
    final int id;
    final OneEuroFilter filter = new OneEuroFilter(3 * Face.LANDMARKS, 0.5, 40, 1);
    float[] raw;
    float score;

    Track(int id) {
      this.id = id;
    }
  }

  private static final class Reading {
    final float[] landmarks;
    final float presence;

    Reading(float[] landmarks, float presence) {
      this.landmarks = landmarks;
      this.presence = presence;
    }
  }

  private final Options options;
  private final FaceDetector detector;
  private final LiteModel landmarkNetwork;
  private final Blendshapes blendshapeNetwork;
  private final List<Track> tracks = new ArrayList<>();
  private int nextId;
  private int framesSinceSearch = Integer.MAX_VALUE;

  /**
   * Loads the networks.
   *
   * @param bundle {@code face_landmarker.task}, see {@link Model#FACE_LANDMARKER}
   * @throws UserError if the bundle cannot be used
   */
  public FaceTracker(Path bundle, Options options) {
    this.options = options;
    FaceModels models = FaceModels.read(bundle);
    List<AutoCloseable> opened = new ArrayList<>();
    try {
      detector = new FaceDetector(models.detector(), options.threads());
      opened.add(detector);
      landmarkNetwork = new LiteModel("face landmarks", models.landmarks(), options.threads());
      opened.add(landmarkNetwork);
      blendshapeNetwork =
          options.blendshapes() ? new Blendshapes(models.blendshapes(), options.threads()) : null;
    } catch (RuntimeException e) {
      for (AutoCloseable o : opened) {
        try {
          o.close();
        } catch (Exception x) {
          e.addSuppressed(x);
        }
      }
      throw e;
    }
  }

  /**
   * The faces in the next frame, the oldest first.
   *
   * @param frame linear light, 3 channels or more, the same size from frame to frame
   * @param timeSeconds when the frame is shown, for the filter
   */
  public List<Face> next(Image frame, double timeSeconds) {
    boolean lost = false;
    for (Track track : List.copyOf(tracks)) {
      Reading reading = read(frame, region(track.raw));
      if (reading.presence < MIN_PRESENCE) {
        tracks.remove(track);
        lost = true;
      } else {
        track.raw = reading.landmarks;
        track.score = reading.presence;
      }
    }
    dropDoubles();
    framesSinceSearch = framesSinceSearch == Integer.MAX_VALUE ? 0 : framesSinceSearch + 1;
    if (lost || framesSinceSearch % options.detectEveryFrames() == 0) {
      framesSinceSearch = 0;
      if (tracks.size() < options.maxFaces()) {
        search(frame);
      }
    }
    List<Face> faces = new ArrayList<>();
    for (Track track : tracks) {
      float[] landmarks =
          options.smooth()
              ? track.filter.next(track.raw, timeSeconds, Math.max(1, Face.size(track.raw)))
              : track.raw.clone();
      faces.add(
          new Face(
              track.id,
              landmarks,
              track.score,
              blendshapeNetwork == null ? null : blendshapeNetwork.weights(landmarks)));
    }
    return List.copyOf(faces);
  }

  private void search(Image frame) {
    List<FaceDetector.Detection> found =
        tracks.isEmpty()
            ? detector.search(frame)
            : detector.detect(frame, Region.whole(frame.width(), frame.height()));
    found = new ArrayList<>(found);
    found.sort((a, b) -> Double.compare(b.width() * b.height(), a.width() * a.height()));
    for (FaceDetector.Detection detection : found) {
      if (tracks.size() >= options.maxFaces()) {
        return;
      }
      // The detector's square is rough: read once to find the face, once more to read it well.
      Reading first = read(frame, detection.region());
      if (first.presence < MIN_PRESENCE) {
        continue;
      }
      Reading second = read(frame, region(first.landmarks));
      if (second.presence < MIN_PRESENCE || isTracked(second.landmarks)) {
        continue;
      }
      Track track = new Track(nextId++);
      track.raw = second.landmarks;
      track.score = second.presence;
      tracks.add(track);
    }
  }

  private boolean isTracked(float[] landmarks) {
    return tracks.stream().anyMatch(t -> overlap(t.raw, landmarks) > SAME_FACE_OVERLAP);
  }

  /** Two tracks that have slid onto one face become the older one. */
  private void dropDoubles() {
    for (int i = tracks.size() - 1; i > 0; i--) {
      float[] younger = tracks.get(i).raw;
      if (tracks.subList(0, i).stream()
          .anyMatch(t -> overlap(t.raw, younger) > 2 * SAME_FACE_OVERLAP)) {
        tracks.remove(i);
      }
    }
  }

  private Reading read(Image frame, Region region) {
    float[][] outputs = landmarkNetwork.run(region.sample(frame, SIDE, 0, 1, false));
    float[] points = outputs[0];
    float[] landmarks = new float[3 * Face.LANDMARKS];
    double depthScale = region.size() / SIDE;
    for (int i = 0; i < landmarks.length; i += 3) {
      double u = points[i] / SIDE;
      double v = points[i + 1] / SIDE;
      landmarks[i] = (float) region.x(u, v);
      landmarks[i + 1] = (float) region.y(u, v);
      // The network's z grows away from the camera.
      landmarks[i + 2] = (float) (-points[i + 2] * depthScale);
    }
    return new Reading(landmarks, (float) (1 / (1 + Math.exp(-outputs[1][0]))));
  }

  /** The upright square round the landmarks, half as large again. */
  static Region region(float[] landmarks) {
    double angle =
        Math.atan2(
            landmarks[3 * LEFT_EYE_OUTER + 1] - landmarks[3 * RIGHT_EYE_OUTER + 1],
            landmarks[3 * LEFT_EYE_OUTER] - landmarks[3 * RIGHT_EYE_OUTER]);
    Region frame = new Region(0, 0, 1, angle);
    double left = Double.POSITIVE_INFINITY;
    double right = Double.NEGATIVE_INFINITY;
    double top = Double.POSITIVE_INFINITY;
    double bottom = Double.NEGATIVE_INFINITY;
    for (int i = 0; i < landmarks.length; i += 3) {
      double u = frame.u(landmarks[i], landmarks[i + 1]);
      double v = frame.v(landmarks[i], landmarks[i + 1]);
      left = Math.min(left, u);
      right = Math.max(right, u);
      top = Math.min(top, v);
      bottom = Math.max(bottom, v);
    }
    double u = (left + right) / 2;
    double v = (top + bottom) / 2;
    double size = Math.max(1, 1.5 * Math.max(right - left, bottom - top));
    return new Region(frame.x(u, v), frame.y(u, v), size, angle);
  }

  private static double overlap(float[] a, float[] b) {
    return box(a).overlap(box(b));
  }

  private static FaceDetector.Detection box(float[] landmarks) {
    double left = Double.POSITIVE_INFINITY;
    double right = Double.NEGATIVE_INFINITY;
    double top = Double.POSITIVE_INFINITY;
    double bottom = Double.NEGATIVE_INFINITY;
    for (int i = 0; i < landmarks.length; i += 3) {
      left = Math.min(left, landmarks[i]);
      right = Math.max(right, landmarks[i]);
      top = Math.min(top, landmarks[i + 1]);
      bottom = Math.max(bottom, landmarks[i + 1]);
    }
    return new FaceDetector.Detection(left, top, right - left, bottom - top, 0, 1);
  }

  /** Forgets every face, as at a cut; identities go on counting. */
  public void reset() {
    tracks.clear();
    framesSinceSearch = Integer.MAX_VALUE;
  }

  /** Everything that carries over to the next frame, for {@link #restore}. */
  public byte[] state() {
    ByteArrayOutputStream bytes = new ByteArrayOutputStream();
    try (DataOutputStream out = new DataOutputStream(bytes)) {
      out.writeInt(STATE_VERSION);
      out.writeInt(nextId);
      out.writeInt(framesSinceSearch);
      out.writeInt(tracks.size());
      for (Track track : tracks) {
        out.writeInt(track.id);
        out.writeFloat(track.score);
        for (float value : track.raw) {
          out.writeFloat(value);
        }
        track.filter.write(out);
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
        throw new UserError(
            "face tracker state",
            "version %d found, %d expected".formatted(version, STATE_VERSION),
            "start the job afresh");
      }
      int id = in.readInt();
      int since = in.readInt();
      int count = in.readInt();
      List<Track> restored = new ArrayList<>();
      for (int i = 0; i < count; i++) {
        Track track = new Track(in.readInt());
        track.score = in.readFloat();
        track.raw = new float[3 * Face.LANDMARKS];
        for (int k = 0; k < track.raw.length; k++) {
          track.raw[k] = in.readFloat();
        }
        track.filter.read(in);
        restored.add(track);
      }
      tracks.clear();
      tracks.addAll(restored);
      nextId = id;
      framesSinceSearch = since;
    } catch (IOException e) {
      throw new UserError(
          "face tracker state", "is damaged (" + e + ")", "start the job afresh", e);
    }
  }

  @Override
  public void close() {
    detector.close();
    landmarkNetwork.close();
    if (blendshapeNetwork != null) {
      blendshapeNetwork.close();
    }
  }
}
