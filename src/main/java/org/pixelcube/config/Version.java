package org.pixelcube.config;

/** The version of the program, as in pom.xml without the snapshot mark. */
public final class Version {
  public static final String NUMBER = "0.1.0";

  private Version() {}
}
