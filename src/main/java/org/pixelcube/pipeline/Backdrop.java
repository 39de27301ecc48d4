package org.pixelcube.pipeline;

import org.pixelcube.image.Image;

/**
 * What stands behind the subject in one frame, at the frame's size.
 *
 * @param picture linear display light, three channels
 * @param plate whether it is the shot itself, with the subject still in it
 */
record Backdrop(Image picture, boolean plate) {}
