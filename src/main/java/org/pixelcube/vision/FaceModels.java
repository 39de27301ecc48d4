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
final class FaceModels {
  private final Path file;
  private final Map<String, byte[]> entries;

  private FaceModels(Path file, Map<String, byte[]> entries) {
    this.file = file;
    this.entries = entries;
  }

  private static final int LARGEST_ENTRY = 1 << 26;

  /**
   * Reads the bundle.
   *
   * @throws UserError if it is missing or damaged
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
    return new FaceModels(file, entries);
  }

  byte[] detector() {
    return require("face_detector.tflite");
  }

  byte[] landmarks() {
    return require("face_landmarks_detector.tflite");
  }

  byte[] blendshapes() {
    return require("face_blendshapes.tflite");
  }

  /** The canonical mesh: a protobuf message {@code GeometryPipelineMetadata}. */
  byte[] geometry() {
    return require("geometry_pipeline_metadata_landmarks.binarypb");
  }

  private byte[] require(String name) {
    byte[] bytes = entries.get(name);
    if (bytes == null) {
      throw new UserError(file.toString(), "has no " + name, "delete the file and fetch it again");
    }
    return bytes;
  }
}
