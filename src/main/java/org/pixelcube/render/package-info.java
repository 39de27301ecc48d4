/**
 * Light transport: scenes of triangle meshes, a wide bounding volume hierarchy, scattering, path
 * tracing, and the reflectance field: what a frame answers to every direction of light, so that any
 * environment map lights it afterwards by a matrix product.
 *
 * <p>Lengths are metres. A scene stands in world space, whose axes are those of {@code
 * docs/conventions.md} with the subject at the origin and the camera on the +Z side. Radiance is
 * linear Rec.709.
 */
package org.pixelcube.render;
