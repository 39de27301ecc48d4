package org.pixelcube.diffusion;

/**
 * What geometry alone tells of a subject in one frame, before any network looks: planes {@code (3,
 * h, w)}.
 *
 * @param normals unit, camera space; what they are beside the subject does not matter
 * @param shaded irradiance ÷ π that the new light gives these normals with the subject's own
 *     shadows, linear, exposed; 1 under a uniform map of radiance 1
 */
public record SubjectShape(float[] normals, float[] shaded) {}
