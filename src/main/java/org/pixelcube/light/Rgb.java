package org.pixelcube.light;

/** A radiance, irradiance or energy per channel: linear light, Rec.709 primaries. */
public record Rgb(double red, double green, double blue) {
  public static final Rgb BLACK = new Rgb(0, 0, 0);

  /** The same amount in each channel. */
  public static Rgb grey(double value) {
    return new Rgb(value, value, value);
  }

  /** Relative luminance Y of linear Rec.709. */
  public double luminance() {
    return EnvironmentMap.RED_LUMINANCE * red
        + EnvironmentMap.GREEN_LUMINANCE * green
        + EnvironmentMap.BLUE_LUMINANCE * blue;
  }

  public Rgb plus(Rgb o) {
    return new Rgb(red + o.red, green + o.green, blue + o.blue);
  }

  public Rgb times(double s) {
    return new Rgb(red * s, green * s, blue * s);
  }
}
