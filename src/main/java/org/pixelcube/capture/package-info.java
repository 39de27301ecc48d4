/**
 * From the camera's footage of a time-multiplexed wall to clips of a dataset: which light each
 * frame shows, what went wrong, linear light, aligned pairs.
 */
package org.pixelcube.capture;
