package org.pixelcube.video;

/**
 * A sound stream of a clip; it is copied, never decoded.
 *
 * @param stream its number in the file
 * @param codec FFmpeg's name of the codec
 * @param sampleRateHz samples per second
 * @param channels channels per sample
 */
public record AudioTrack(int stream, String codec, int sampleRateHz, int channels) {}
