package org.pixelcube.capture;

import org.pixelcube.config.InvalidSetting;

/**
 * What is known of a take beside its footage.
 *
 * @param subject who is seen: one name for one person everywhere
 * @param action what the subject does, such as {@code talking}
 * @param licence of the clips, as an SPDX expression
 * @param mapHeight rows of the environment maps
 */
public record CaptureSettings(String subject, String action, String licence, int mapHeight) {
  public CaptureSettings {
    if (!subject.matches("[A-Za-z0-9_-]{1,40}")) {
      throw new InvalidSetting(
          "subject",
          "is '" + subject + "' (expected letters, digits, - and _, at most 40)",
          "give the subject another name");
    }
    InvalidSetting.inRange("mapHeight", mapHeight, 4, 1024);
  }
}
