package org.pixelcube.pipeline;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.stream.IntStream;
import org.pixelcube.video.ClipReader;
import org.pixelcube.video.Frame;
import org.pixelcube.video.Rational;
import org.pixelcube.video.SoundPackets;

/**
 * Whether a clip has the frames, the times and the sound of the one it was made from.
 *
 * @param inputFrames frames that can be decoded from the input
 * @param outputFrames the same of the output
 * @param timesAgree whether every frame is shown at exactly the input's moment
 * @param soundPackets encoded sound packets of the input, 0 for a silent clip
 * @param soundAgrees whether the output's packets are the same bytes at the same moments
 */
public record ClipIntegrity(
    int inputFrames, int outputFrames, boolean timesAgree, int soundPackets, boolean soundAgrees) {

  /** Reads both files to their ends. */
  public static ClipIntegrity compare(Path input, Path output) {
    List<Rational> in = times(input);
    List<Rational> out = times(output);
    List<SoundPackets.Packet> before = SoundPackets.of(input);
    List<SoundPackets.Packet> after = SoundPackets.of(output);
    return new ClipIntegrity(
        in.size(),
        out.size(),
        in.size() == out.size()
            && IntStream.range(0, in.size()).allMatch(i -> in.get(i).sameValueAs(out.get(i))),
        before.size(),
        before.size() == after.size()
            && IntStream.range(0, before.size()).allMatch(i -> before.get(i).sameAs(after.get(i))));
  }

  private static List<Rational> times(Path clip) {
    List<Rational> times = new ArrayList<>();
    try (ClipReader reader = ClipReader.open(clip)) {
      Rational base = reader.info().timeBase();
      for (Optional<Frame> f = reader.next(); f.isPresent(); f = reader.next()) {
        times.add(new Rational(f.get().pts() * base.num(), base.den()));
      }
    }
    return times;
  }

  /** Whether nothing was lost or moved. */
  public boolean whole() {
    return inputFrames == outputFrames && timesAgree && soundAgrees;
  }
}
