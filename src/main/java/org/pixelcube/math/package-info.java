/** Vectors, rotations, spherical harmonics and small least-squares solvers; no pixels. */
package org.pixelcube.math;
