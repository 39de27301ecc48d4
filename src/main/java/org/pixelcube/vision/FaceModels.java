package org.pixelcube.vision;

import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.Map;
import java.util.zip.ZipEntry;
import java.util.zip.ZipFile;
import org.pixelcube.config.UserError;

/** The files inside the MediaPipe {@code face_landmarker.task} bundle, which is a zip. */
record FaceModels(byte[] detector, byte[] landmarks, byte[] blendshapes, byte[] geometry) {
  private static final int LARGEST_ENTRY = 1 << 26;

  /**
   * Reads the bundle.
   *
   * @throws UserError if it is missing, damaged or lacks a file
   */
  static FaceModels read(Path file) {
    Map<String, byte[]> entries = new HashMap<>();
    // Through the directory at the end: the entries are aligned by bytes a stream would trip over.
    try (ZipFile zip = new ZipFile(file.toFile())) {
      for (ZipEntry entry : zip.stream().toList()) {
        try (InputStream in = zip.getInputStream(entry)) {
          entries.put(entry.getName(), in.readNBytes(LARGEST_ENTRY));
        }
      }
    } catch (IOException e) {
      throw new UserError(
          file.toString(),
          "cannot be read as a zip (" + e.getMessage() + ")",
          "delete the file and fetch it again",
          e);
    }
    return new FaceModels(
        require(entries, "face_detector.tflite", file),
        require(entries, "face_landmarks_detector.tflite", file),
        require(entries, "face_blendshapes.tflite", file),
        require(entries, "geometry_pipeline_metadata_landmarks.binarypb", file));
  }

  private static byte[] require(Map<String, byte[]> entries, String name, Path file) {
    byte[] bytes = entries.get(name);
    if (bytes == null) {
      throw new UserError(file.toString(), "has no " + name, "delete the file and fetch it again");
    }
    return bytes;
  }
}
