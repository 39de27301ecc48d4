package org.pixelcube.pipeline;

import java.util.List;
import org.pixelcube.image.Image;
import org.pixelcube.video.Frame;
import org.pixelcube.vision.Face;

/**
 * What is known of one frame before any light is changed.
 *
 * @param frame the full-resolution frame, linear
 * @param working the frame at working resolution, linear, three channels
 * @param alpha coverage at working resolution, one channel
 * @param faces tracked faces, in pixels of the working resolution
 * @param light the source light in force
 */
record Analysis(Frame frame, Image working, Image alpha, List<Face> faces, SourceLight light) {
  Analysis {
    faces = List.copyOf(faces);
  }
}
