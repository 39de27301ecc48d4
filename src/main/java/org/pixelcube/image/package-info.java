/** Pictures as planar float samples, their files (PNG, JPEG, Radiance) and the filters on them. */
package org.pixelcube.image;
