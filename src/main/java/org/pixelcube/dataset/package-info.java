/**
 * Clips for training and testing: shards of rendered or captured performances, their reader, the
 * samples drawn from them under random lights, and the faults of cameras. The format is described
 * in {@code docs/formats.md}.
 */
package org.pixelcube.dataset;
