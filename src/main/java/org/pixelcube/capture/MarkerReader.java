package org.pixelcube.capture;

import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.function.UnaryOperator;
import org.pixelcube.image.Image;

/**
 * Reads the markers of footage frame by frame: looks all over the picture until they are found,
 * then where they were. Not for several threads at once.
 */
public final class MarkerReader {
  /** Frames without a marker between two searches of the whole picture. */
  private static final int SEARCH_EVERY = 4;

  /** Frames with a marker after which no further one is looked for. */
  private static final int SETTLED = 8;

  private final int wanted;
  private final UnaryOperator<Image> linear;
  private final List<Corners> places = new ArrayList<>();
  private int framesRead;
  private int framesMissed;

  /**
   * Makes a reader.
   *
   * @param markers how many the sequence has; the camera may see fewer, but at least one
   * @param linear what makes pictures of the footage linear
   */
  public MarkerReader(int markers, UnaryOperator<Image> linear) {
    this.wanted = markers;
    this.linear = linear;
  }

  /** Where the markers were last. */
  public List<Corners> places() {
    return List.copyOf(places);
  }

  /** The markers of the next frame. */
  List<MarkerCells> read(Image picture) {
    boolean searching =
        places.isEmpty()
            ? framesMissed++ % SEARCH_EVERY == 0
            : places.size() < wanted && framesRead < SETTLED;
    if (searching) {
      List<MarkerDetector.Sighting> found = MarkerDetector.findAll(linear.apply(picture));
      if (found.size() > places.size()) {
        places.clear();
        found.forEach(sighting -> places.add(sighting.corners()));
      }
    }
    List<MarkerCells> cells = new ArrayList<>();
    boolean any = false;
    for (int i = 0; i < places.size(); i++) {
      Corners at = places.get(i);
      Optional<MarkerDetector.Placed> seen = MarkerDetector.follow(picture, at, linear);
      if (seen.isPresent()) {
        cells.add(seen.get().cells());
        if (seen.get().cells().content().isPresent()) {
          places.set(i, seen.get().corners());
          any = true;
        }
      }
    }
    if (any) {
      framesRead++;
      framesMissed = 0;
    } else if (!places.isEmpty() && ++framesMissed % SEARCH_EVERY == 0) {
      // The camera may have moved.
      List<MarkerDetector.Sighting> found = MarkerDetector.findAll(linear.apply(picture));
      if (!found.isEmpty()) {
        places.clear();
        found.forEach(sighting -> places.add(sighting.corners()));
        return read(picture);
      }
    }
    return cells;
  }
}
