package org.pixelcube.pipeline;

/**
 * The subject with the light of the shot taken off, on the geometry grid.
 *
 * @param rgb the picture as shot, three linear planes
 * @param colour the flat-lit picture: what the subject looks like under a uniform white map of
 *     radiance 1, three linear planes
 * @param skin how much each pixel is skin, in [0, 1]
 */
record FlatLit(float[][] rgb, float[][] colour, float[] skin) {}
