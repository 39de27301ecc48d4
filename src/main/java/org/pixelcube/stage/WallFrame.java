package org.pixelcube.stage;

/**
 * One frame of the wall.
 *
 * @param counter its number in the sequence, from 0: what the marker in the picture tells
 * @param label what it shows
 * @param mapSeconds the time of moving lights, from 0 at the first frame at full level
 * @param gain 1, or less while the wall fades in or out: all panels are this much darker
 */
public record WallFrame(int counter, Label label, double mapSeconds, double gain) {}
