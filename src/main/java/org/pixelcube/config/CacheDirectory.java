package org.pixelcube.config;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.InvalidPathException;
import java.nio.file.Path;
import java.util.Map;

/**
 * The folder for what can be made or fetched again: {@code $PIXELCUBE_CACHE}, else {@code
 * $XDG_CACHE_HOME/pixelcube} (XDG Base Directory Specification), else {@code ~/.cache/pixelcube}.
 */
public final class CacheDirectory {
  private CacheDirectory() {}

  /** The folder for this process; it may not exist yet. */
  public static Path path() {
    return path(System.getenv(), System.getProperty("user.home"));
  }

  static Path path(Map<String, String> environment, String home) {
    String own = environment.get("PIXELCUBE_CACHE");
    try {
      if (own != null && !own.isBlank()) {
        return Path.of(own).toAbsolutePath();
      }
      String xdg = environment.get("XDG_CACHE_HOME");
      // The specification has relative paths ignored.
      if (xdg != null && !xdg.isBlank() && Path.of(xdg).isAbsolute()) {
        return Path.of(xdg, "pixelcube");
      }
      return Path.of(home, ".cache", "pixelcube");
    } catch (InvalidPathException e) {
      throw new UserError(
          "PIXELCUBE_CACHE", "is not a path: " + e.getReason(), "set it to a folder", e);
    }
  }

  /**
   * A folder inside the cache, made if absent.
   *
   * @throws UserError if it cannot be made
   */
  public static Path make(String name) {
    Path folder = path().resolve(name);
    try {
      return Files.createDirectories(folder);
    } catch (IOException e) {
      throw new UserError(
          folder.toString(),
          "cannot be made (" + e.getClass().getSimpleName() + ")",
          "set PIXELCUBE_CACHE to a folder you can write",
          e);
    }
  }
}
