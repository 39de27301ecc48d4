package org.pixelcube.train;

import java.util.List;
import java.util.Optional;
import org.pixelcube.config.InvalidSetting;

/**
 * Where examples come from.
 *
 * @param datasets folders of datasets (docs/formats.md); their clips of the split TRAIN are used
 * @param clips names of the only clips to use, of whatever split; to overfit on purpose
 * @param maps a folder of maps to light by, beside those built in
 * @param builtIn names of the only built-in maps to use; with {@code maps} absent, the only maps
 * @param frames in a row in an example
 * @param pool examples kept at hand; while they are used, the next ones are made
 * @param reuse how often each example is used, each time another part of it
 * @param inARow examples drawn from one clip before the next is opened
 * @param workers threads that make examples
 * @param recoloured share of the examples that get other pigments, 0 to 1; none where absent
 * @param frontLit whether the flat-lit truth is that under light from the camera's side ({@link
 *     org.pixelcube.render.CodedField#frontLit}); where absent or false, under light all round
 */
public record DataSettings(
    List<String> datasets,
    Optional<List<String>> clips,
    Optional<String> maps,
    Optional<List<String>> builtIn,
    int frames,
    int pool,
    int reuse,
    int inARow,
    int workers,
    Optional<Double> recoloured,
    Optional<Boolean> frontLit) {
  public DataSettings {
    datasets = List.copyOf(datasets);
    if (datasets.isEmpty()) {
      throw new InvalidSetting("datasets", "is empty (expected a folder)", "name a dataset");
    }
    clips = clips.map(List::copyOf);
    builtIn = builtIn.map(List::copyOf);
    InvalidSetting.inRange("frames", frames, 1, 256);
    InvalidSetting.inRange("pool", pool, 1, 100_000);
    InvalidSetting.inRange("reuse", reuse, 1, 100_000);
    InvalidSetting.inRange("inARow", inARow, 1, 1000);
    InvalidSetting.inRange("workers", workers, 1, 256);
    recoloured.ifPresent(share -> InvalidSetting.inRange("recoloured", share, 0, 1));
  }
}
