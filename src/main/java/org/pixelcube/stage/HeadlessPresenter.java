package org.pixelcube.stage;

/** Shows nothing: copies pictures as a screen would, so that timing can be rehearsed. */
public final class HeadlessPresenter implements Presenter {
  private int[] back = new int[0];

  @Override
  public String name() {
    return "nowhere (dry run)";
  }

  @Override
  public void draw(int[] rgb) {
    if (back.length != rgb.length) {
      back = new int[rgb.length];
    }
    System.arraycopy(rgb, 0, back, 0, rgb.length);
  }

  @Override
  public void present() {}

  @Override
  public void close() {}
}
