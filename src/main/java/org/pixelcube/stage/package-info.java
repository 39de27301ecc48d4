/**
 * The LED stage: its panels, raster and cameras; environments as what its panels show.
 *
 * <p>Lengths are metres in the stage's world, whose axes are those of {@code docs/conventions.md}:
 * right-handed, +Y up, the origin in the middle of the stage, the subject at the head position
 * looking towards +Z, where the main camera stands and looks along −Z. The middle of an environment
 * map is −Z. Luminance is in nits (cd/m²).
 */
package org.pixelcube.stage;
