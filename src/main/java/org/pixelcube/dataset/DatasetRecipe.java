package org.pixelcube.dataset;

import org.pixelcube.config.InvalidSetting;

/**
 * All that a rendered dataset depends on besides the head data.
 *
 * @param seed of everything that is drawn
 * @param clips how many
 * @param clipsPerSubject clips of one person in a row
 * @param frames in each clip
 * @param size width and height, pixels
 * @param samplesPerPixel camera rays through each pixel
 * @param denoise whether the noise of few paths is filtered out of the fields
 * @param cells a side of the square of directional cells: 12 for 144
 * @param suns discs besides, turned anew for each clip
 * @param tolerance largest relative error of a relit frame, see {@link
 *     org.pixelcube.render.FieldBasis}
 */
public record DatasetRecipe(
    long seed,
    int clips,
    int clipsPerSubject,
    int clipsPerShard,
    int frames,
    double framesPerSecond,
    int size,
    int samplesPerPixel,
    boolean denoise,
    int cells,
    int suns,
    double tolerance) {
  public DatasetRecipe {
    InvalidSetting.inRange("clips", clips, 1, 1_000_000);
    InvalidSetting.inRange("clipsPerSubject", clipsPerSubject, 1, 10_000);
    InvalidSetting.inRange("clipsPerShard", clipsPerShard, 1, 10_000);
    InvalidSetting.inRange("frames", frames, 1, 10_000);
    InvalidSetting.inRange("framesPerSecond", framesPerSecond, 1, 240);
    InvalidSetting.inRange("size", size, 16, 2048);
    InvalidSetting.inRange("samplesPerPixel", samplesPerPixel, 1, 4096);
    InvalidSetting.inRange("cells", cells, 4, 32);
    InvalidSetting.inRange("suns", suns, 0, 256);
    InvalidSetting.inRange("tolerance", tolerance, 1e-4, 0.5);
  }
}
