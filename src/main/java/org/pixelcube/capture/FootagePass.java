package org.pixelcube.capture;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.pixelcube.config.Interruption;
import org.pixelcube.config.Progress;
import org.pixelcube.image.Image;
import org.pixelcube.stage.FrameMarker;
import org.pixelcube.stage.Label;
import org.pixelcube.stage.Sequence;
import org.pixelcube.video.ClipReader;
import org.pixelcube.video.DecodedPicture;

/**
 * The markers of all frames of footage. Only what lies round the markers becomes light, and whole
 * matte frames where a clean plate is to be made of them. Decoded frames are kept for the next pass
 * while memory lasts.
 *
 * @param markers of each frame, those that have rings
 * @param places where the markers were that were followed at the end
 * @param width of the footage, pixels
 * @param height of the footage
 * @param white the brightest white of a marker, relative to saturation
 * @param plate what is behind the subject, if it was asked for and there are matte frames
 * @param kept all frames as they were decoded, if there was room
 */
record FootagePass(
    List<List<MarkerCells>> markers,
    List<Corners> places,
    int width,
    int height,
    double white,
    Optional<CleanPlate> plate,
    Optional<KeptFootage> kept)
    implements AutoCloseable {

  /** Decoding on all cores. */
  static final ClipReader.Options READING =
      ClipReader.Options.DEFAULT.withThreads(Runtime.getRuntime().availableProcessors());

  FootagePass {
    markers = List.copyOf(markers);
    places = List.copyOf(places);
  }

  /**
   * Reads footage.
   *
   * @param plate whether to make a clean plate of matte frames
   */
  static FootagePass read(
      Path footage,
      Sequence sequence,
      CameraResponse response,
      boolean plate,
      Progress.Opener progress,
      Interruption interruption) {
    return read(footage, READING, sequence, response, plate, 0, progress, interruption);
  }

  /**
   * Reads footage.
   *
   * @param reading how it is decoded
   * @param plate whether to make a clean plate of matte frames
   * @param keep bytes of frames to keep at most; if there are more, none is kept
   */
  static FootagePass read(
      Path footage,
      ClipReader.Options reading,
      Sequence sequence,
      CameraResponse response,
      boolean plate,
      long keep,
      Progress.Opener progress,
      Interruption interruption) {
    boolean mattes = plate && sequence.labels().contains(Label.MATTE);
    CleanPlate.Collector collector = new CleanPlate.Collector();
    List<List<MarkerCells>> markers = new ArrayList<>();
    double white = 0;
    try (KeptFootage frames = new KeptFootage(ClipReader.open(footage, reading), keep);
        Progress bar = progress.open("markers", frames.clip().info().frameCount(), 0)) {
      ClipReader clip = frames.clip();
      int width = clip.info().width();
      int height = clip.info().height();
      MarkerReader reader =
          new MarkerReader(Math.max(1, sequence.markers().size()), width, height, response::linear);
      while (true) {
        interruption.check();
        Optional<List<MarkerCells>> next =
            clip.read(picture -> {
              List<MarkerCells> cells = reader.read(picture);
              frames.keep(picture);
              if (mattes && isMatte(sequence, cells)) {
                collector.add(light(picture, response));
              }
              return cells;
            });
        if (next.isEmpty()) {
          return new FootagePass(
              markers,
              reader.places(),
              width,
              height,
              white,
              collector.isEmpty() ? Optional.empty() : Optional.of(collector.plate()),
              frames.handedOver());
        }
        markers.add(next.get());
        white =
            Math.max(white, next.get().stream().mapToDouble(MarkerCells::white).max().orElse(0));
        bar.done(markers.size());
      }
    }
  }

  private static Image light(DecodedPicture picture, CameraResponse response) {
    return response.linear(picture);
  }

  @Override
  public void close() {
    kept.ifPresent(KeptFootage::close);
  }

  private static boolean isMatte(Sequence sequence, List<MarkerCells> cells) {
    return cells.stream()
        .map(MarkerCells::content)
        .flatMap(Optional::stream)
        .map(FrameMarker.Content::counter)
        .filter(counter -> counter < sequence.frameCount() && sequence.isFull(counter))
        .anyMatch(counter -> sequence.frame(counter).label().equals(Label.MATTE));
  }
}
