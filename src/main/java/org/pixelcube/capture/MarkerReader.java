package org.pixelcube.capture;

import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.function.UnaryOperator;
import org.pixelcube.image.Image;
import org.pixelcube.video.DecodedPicture;

/**
 * Reads the markers of footage frame by frame: looks all over the picture until they are found,
 * then where they were, so that nothing else of the picture becomes light. Not for several threads
 * at once.
 */
public final class MarkerReader {
  /** Frames without a marker between two thorough searches of the whole picture. */
  private static final int SEARCH_EVERY = 4;

  /** Frames with a marker after which no further one is looked for. */
  private static final int SETTLED = 8;

  /** The longer side of the picture that quick searches look in, pixels. */
  private static final int QUICK_SIDE = 960;

  private final int wanted;
  private final int width;
  private final int height;
  private final UnaryOperator<Image> linear;
  private final List<Corners> places = new ArrayList<>();
  private int framesRead;
  private int framesMissed;

  /**
   * Makes a reader.
   *
   * @param markers how many the sequence has; the camera may see fewer, but at least one
   * @param width of the footage
   * @param height of the footage
   * @param linear what makes pictures of the footage linear
   */
  public MarkerReader(int markers, int width, int height, UnaryOperator<Image> linear) {
    this.wanted = markers;
    this.width = width;
    this.height = height;
    this.linear = linear;
  }

  /** Where the markers were last. */
  public List<Corners> places() {
    return List.copyOf(places);
  }

  /** The markers of the next frame. */
  List<MarkerCells> read(DecodedPicture picture) {
    if (places.isEmpty()) {
      search(picture, framesMissed++ % SEARCH_EVERY == 0);
    } else if (places.size() < wanted && framesRead < SETTLED) {
      search(picture, framesRead == SETTLED - 1);
    }
    List<MarkerCells> cells = followed(picture);
    if (cells.stream().anyMatch(c -> c.content().isPresent())) {
      framesRead++;
      framesMissed = 0;
    } else if (!places.isEmpty() && ++framesMissed % SEARCH_EVERY == 0) {
      // The camera may have moved.
      List<Corners> before = places();
      places.clear();
      search(picture, true);
      if (places.isEmpty()) {
        places.addAll(before);
      } else {
        cells = followed(picture);
      }
    }
    return cells;
  }

  /** Where the markers were, and where each is now. */
  private List<MarkerCells> followed(DecodedPicture picture) {
    List<MarkerCells> cells = new ArrayList<>();
    for (int i = 0; i < places.size(); i++) {
      Optional<MarkerDetector.Placed> seen =
          MarkerDetector.follow(picture, places.get(i), linear, width, height);
      if (seen.isPresent()) {
        cells.add(seen.get().cells());
        if (seen.get().cells().content().isPresent()) {
          places.set(i, seen.get().corners());
        }
      }
    }
    return cells;
  }

  /**
   * Takes the places of what is found if that is more than are known.
   *
   * @param thorough whether to look in all pixels where a quick look does not find enough
   */
  private void search(DecodedPicture picture, boolean thorough) {
    int quick = Math.ceilDiv(Math.max(width, height), QUICK_SIDE);
    List<MarkerDetector.Sighting> found = MarkerDetector.findAll(picture, linear, quick);
    if (thorough && quick > 1 && found.size() < wanted) {
      List<MarkerDetector.Sighting> more = MarkerDetector.findAll(picture, linear, 1);
      found = more.size() > found.size() ? more : found;
    }
    if (found.size() > places.size()) {
      places.clear();
      found.forEach(sighting -> places.add(sighting.corners()));
    }
  }
}
