package org.pixelcube.config;

import static org.junit.jupiter.api.Assertions.assertEquals;

import java.nio.file.Path;
import java.util.Map;
import org.junit.jupiter.api.Test;

class CacheDirectoryTest {
  @Test
  void ownVariableComesFirst() {
    Map<String, String> environment =
        Map.of("PIXELCUBE_CACHE", "/own/place", "XDG_CACHE_HOME", "/xdg");
    assertEquals(Path.of("/own/place"), CacheDirectory.path(environment, "/home/a"));
  }

  @Test
  void xdgComesNext() {
    assertEquals(
        Path.of("/xdg/pixelcube"),
        CacheDirectory.path(Map.of("XDG_CACHE_HOME", "/xdg", "PIXELCUBE_CACHE", " "), "/home/a"));
  }

  @Test
  void relativeXdgIsIgnored() {
    assertEquals(
        Path.of("/home/a/.cache/pixelcube"),
        CacheDirectory.path(Map.of("XDG_CACHE_HOME", "relative"), "/home/a"));
  }

  @Test
  void homeIsTheLastResort() {
    assertEquals(Path.of("/home/a/.cache/pixelcube"), CacheDirectory.path(Map.of(), "/home/a"));
  }
}
