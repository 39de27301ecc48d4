package org.pixelcube.stage;

/** What shows pictures to a wall. One thread uses it. */
public interface Presenter extends AutoCloseable {
  /** What it is, for reports. */
  String name();

  /**
   * Gets a picture ready behind the one that is shown.
   *
   * @param rgb packed 0xRRGGBB; may be changed after the call
   */
  void draw(int[] rgb);

  /**
   * Shows what was drawn last. Returns when it is on its way: with vertical sync, when it shows.
   */
  void present();

  /** Gives the wall back. */
  @Override
  void close();
}
