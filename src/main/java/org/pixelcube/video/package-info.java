/**
 * Clips and stills in and out, and OpenEXR: every frame that enters the program is decoded here to
 * linear light once, and every frame that leaves it is encoded here once. The only room that knows
 * FFmpeg.
 */
package org.pixelcube.video;
