/**
 * Seeing the subject: matting, face tracking and optical flow, on pretrained networks that are
 * fetched once and checked by hash.
 *
 * <p>Points in a picture are in pixels, x right and y down, the centre of the first pixel at (0.5,
 * 0.5). ONNX Runtime, TensorFlow Lite and OpenCV stay inside this package.
 */
package org.pixelcube.vision;
