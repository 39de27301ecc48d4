package org.pixelcube.vision;

import ai.onnxruntime.OrtEnvironment;
import ai.onnxruntime.OrtException;
import ai.onnxruntime.OrtLoggingLevel;
import ai.onnxruntime.OrtSession;
import java.nio.file.Files;
import java.nio.file.Path;
import org.pixelcube.config.UserError;

/** Opens ONNX Runtime sessions on the processor, all with the same settings. */
final class OnnxSessions {
  private OnnxSessions() {}

  static OrtEnvironment environment() {
    return OrtEnvironment.getEnvironment(OrtLoggingLevel.ORT_LOGGING_LEVEL_ERROR, "pixelcube");
  }

  /**
   * Opens a network.
   *
   * @param threads threads of the session's own pool, which sleep rather than spin between runs
   * @throws UserError if the file is missing or no network this runtime can run
   */
  static OrtSession open(Path file, int threads) {
    if (!Files.isRegularFile(file)) {
      throw new UserError(file.toString(), "no such file", "fetch the models first");
    }
    try (OrtSession.SessionOptions options = new OrtSession.SessionOptions()) {
      options.setIntraOpNumThreads(threads);
      options.setInterOpNumThreads(1);
      options.setSessionLogLevel(OrtLoggingLevel.ORT_LOGGING_LEVEL_ERROR);
      options.addConfigEntry("session.intra_op.allow_spinning", "0");
      return environment().createSession(file.toString(), options);
    } catch (OrtException e) {
      throw unusable(file, "cannot be read as an ONNX network", e);
    }
  }

  static UserError unusable(Path file, String reason, Throwable cause) {
    return new UserError(file.toString(), reason, "delete the file and fetch it again", cause);
  }

  static void close(OrtSession session) {
    try {
      session.close();
    } catch (OrtException e) {
      throw new IllegalStateException("ONNX Runtime session failed to close", e);
    }
  }
}
