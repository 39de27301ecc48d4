package org.pixelcube.pipeline;

import java.io.DataInputStream;
import java.io.DataOutputStream;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.function.Function;
import java.util.function.Supplier;

/**
 * Gives a network that looks at several frames at once the frames of a shot in overlapping windows,
 * and fades from each window's result to the next over the frames they share, so that no seam
 * shows. Windows are laid from the start of a shot, so results do not depend on when they are asked
 * for.
 *
 * <pre>
 * frames   0 1 2 3 4 5 6 7 8 9
 * window   ███████████▒▒▒▒
 *                     ▒▒▒▒███████…
 * </pre>
 */
final class FrameWindows {
  /**
   * How windows lie.
   *
   * @param window frames in a window
   * @param overlap frames that two windows share
   */
  record Span(int window, int overlap) {
    private static final int LONGEST = 32;

    Span {
      if (overlap < 1 || window <= overlap) {
        throw new IllegalArgumentException(window + " frames, " + overlap + " shared");
      }
    }

    /** For a network made for so many frames: a fourth of them shared, one at the least. */
    static Span of(int frames) {
      int window = Math.clamp(frames, 2, LONGEST);
      return new Span(window, Math.max(1, window / 4));
    }
  }

  /** For networks that see few frames. */
  static final Span SHORT = new Span(6, 2);

  private record Waiting(NetworkFrame frame, CompletableFuture<NetworkResult> result) {}

  private final Span span;
  private final Function<List<NetworkFrame>, List<NetworkResult>> network;
  private final List<Waiting> window = new ArrayList<>();

  /** Results of the window before for the first frames of this one. */
  private List<NetworkResult> before = List.of();

  FrameWindows(Span span, Function<List<NetworkFrame>, List<NetworkResult>> network) {
    this.span = span;
    this.network = network;
  }

  /**
   * Takes the next frame of the shot. Its result is there when its windows are full or the shot has
   * ended; until then the supplier waits.
   */
  Supplier<NetworkResult> add(NetworkFrame frame) {
    CompletableFuture<NetworkResult> result = new CompletableFuture<>();
    window.add(new Waiting(frame, result));
    if (window.size() == span.window) {
      close(span.window - span.overlap);
    }
    return result::join;
  }

  /** Ends the shot: all results come. */
  void end() {
    if (window.size() > before.size()) {
      close(window.size());
    } else {
      for (int i = 0; i < window.size(); i++) {
        window.get(i).result.complete(before.get(i));
      }
    }
    window.clear();
    before = List.of();
  }

  /** Fails whoever waits. */
  void abandon() {
    window.forEach(w -> w.result.cancel(false));
  }

  /** Runs the network over the window; the first {@code released} frames are then finished. */
  private void close(int released) {
    List<NetworkResult> found = network.apply(window.stream().map(Waiting::frame).toList());
    for (int i = 0; i < released; i++) {
      window.get(i).result.complete(faded(i, found));
    }
    List<NetworkResult> rest = new ArrayList<>();
    for (int i = released; i < window.size(); i++) {
      rest.add(faded(i, found));
    }
    before = rest;
    window.subList(0, released).clear();
  }

  private NetworkResult faded(int i, List<NetworkResult> found) {
    if (i >= before.size()) {
      return found.get(i);
    }
    return before.get(i).blended(found.get(i), (i + 1f) / (before.size() + 1));
  }

  /** Writes what later frames need. */
  void write(DataOutputStream out) throws IOException {
    out.writeInt(window.size());
    for (Waiting w : window) {
      w.frame.write(out);
    }
    out.writeInt(before.size());
    for (NetworkResult r : before) {
      r.write(out);
    }
  }

  /** Reads what {@link #write} wrote. */
  void read(DataInputStream in, NetworkFrame.ViewAt views) throws IOException {
    window.clear();
    int frames = in.readInt();
    for (int i = 0; i < frames; i++) {
      window.add(new Waiting(NetworkFrame.read(in, views), new CompletableFuture<>()));
    }
    List<NetworkResult> results = new ArrayList<>();
    int count = in.readInt();
    for (int i = 0; i < count; i++) {
      results.add(NetworkResult.read(in));
    }
    before = results;
  }
}
