package org.pixelcube.stage;

/** Panels of one colour each that listen to E1.31. */
public final class SacnPresenter implements Presenter {
  private final SacnOutput output;
  private final byte[] codes;

  /**
   * Panels behind an output.
   *
   * @param output closed with this
   * @param panels how many
   */
  public SacnPresenter(SacnOutput output, int panels) {
    this.output = output;
    this.codes = new byte[3 * panels];
  }

  @Override
  public String name() {
    return output.name();
  }

  @Override
  public void draw(int[] rgb) {
    for (int p = 0; p < rgb.length; p++) {
      codes[3 * p] = (byte) (rgb[p] >> 16);
      codes[3 * p + 1] = (byte) (rgb[p] >> 8);
      codes[3 * p + 2] = (byte) rgb[p];
    }
  }

  @Override
  public void present() {
    output.send(codes);
  }

  @Override
  public void close() {
    output.close();
  }
}
