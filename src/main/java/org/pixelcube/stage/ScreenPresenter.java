package org.pixelcube.stage;

import java.awt.AWTError;
import java.awt.BufferCapabilities;
import java.awt.Color;
import java.awt.DisplayMode;
import java.awt.Frame;
import java.awt.Graphics2D;
import java.awt.GraphicsConfiguration;
import java.awt.GraphicsDevice;
import java.awt.GraphicsEnvironment;
import java.awt.HeadlessException;
import java.awt.Point;
import java.awt.Toolkit;
import java.awt.geom.AffineTransform;
import java.awt.image.BufferStrategy;
import java.awt.image.BufferedImage;
import java.awt.image.ColorModel;
import java.awt.image.DataBufferInt;
import java.awt.image.DirectColorModel;
import java.awt.image.Raster;
import java.awt.image.WritableRaster;
import java.util.IdentityHashMap;
import java.util.Locale;
import org.pixelcube.config.UserError;

/**
 * A screen whose picture an LED processor takes in: full screen, exclusive where the system has
 * that, the raster's pixels one to one from the upper left corner, black elsewhere. Eight bits a
 * channel, and no genlock: where a picture is torn, markers tell.
 */
public final class ScreenPresenter implements Presenter {
  private static final String REMEDY =
      "run it on the machine that drives the wall, or try it with --dry-run";
  private static final int MEASURED_FRAMES = 30;

  private final int number;
  private final GraphicsDevice device;
  private final Frame window;
  private final BufferStrategy strategy;
  private final int width;
  private final int height;
  private final IdentityHashMap<int[], BufferedImage> images = new IdentityHashMap<>();
  private int[] drawn;

  private ScreenPresenter(int number, GraphicsDevice device, int width, int height) {
    this.number = number;
    this.device = device;
    this.width = width;
    this.height = height;
    GraphicsConfiguration configuration = device.getDefaultConfiguration();
    window = new Frame("Pixel Cube", configuration);
    window.setUndecorated(true);
    window.setIgnoreRepaint(true);
    window.setBackground(Color.BLACK);
    window.setCursor(
        Toolkit.getDefaultToolkit()
            .createCustomCursor(
                new BufferedImage(1, 1, BufferedImage.TYPE_INT_ARGB), new Point(), "none"));
    window.setBounds(configuration.getBounds());
    device.setFullScreenWindow(window);
    window.createBufferStrategy(2);
    strategy = window.getBufferStrategy();
  }

  /**
   * Takes a screen; it shows black.
   *
   * @param number of the screen, from 0
   * @param raster that it has to hold
   * @param framesPerSecond that it has to show
   * @throws UserError if there is no such screen, or it is too small, or its rate is another
   */
  public static ScreenPresenter open(int number, Rig.Raster raster, double framesPerSecond) {
    String name = "screen " + number;
    GraphicsDevice[] devices;
    try {
      if (GraphicsEnvironment.isHeadless()) {
        throw new HeadlessException();
      }
      devices = GraphicsEnvironment.getLocalGraphicsEnvironment().getScreenDevices();
    } catch (HeadlessException | AWTError | LinkageError e) {
      throw new UserError(
          name, "this machine has no screen that can be used; nothing was sent", REMEDY, e);
    }
    if (number < 0 || number >= devices.length) {
      throw new UserError(
          name,
          "is not there; nothing was sent",
          devices.length == 1
              ? "there is one screen, 0"
              : "there are screens 0 to " + (devices.length - 1));
    }
    DisplayMode mode = devices[number].getDisplayMode();
    if (mode.getWidth() < raster.width() || mode.getHeight() < raster.height()) {
      throw new UserError(
          name,
          "has %d×%d pixels, the raster %d×%d; nothing was sent"
              .formatted(mode.getWidth(), mode.getHeight(), raster.width(), raster.height()),
          "choose another screen or a larger mode");
    }
    int rate = mode.getRefreshRate();
    if (rate != DisplayMode.REFRESH_RATE_UNKNOWN && Math.abs(rate - framesPerSecond) > 1) {
      throw new UserError(
          name,
          String.format(
              Locale.ROOT,
              "shows %d pictures a second, the wall wants %s; nothing was sent",
              rate,
              framesPerSecond),
          "set the screen's mode, or plan for its rate");
    }
    ScreenPresenter presenter =
        new ScreenPresenter(number, devices[number], raster.width(), raster.height());
    presenter.draw(new int[raster.width() * raster.height()]);
    presenter.present();
    return presenter;
  }

  @Override
  public String name() {
    DisplayMode mode = device.getDisplayMode();
    BufferCapabilities capabilities = strategy.getCapabilities();
    return String.format(
        Locale.ROOT,
        "screen %d (%s), %d×%d, %s, %s, %s",
        number,
        device.getIDstring(),
        mode.getWidth(),
        mode.getHeight(),
        mode.getRefreshRate() == DisplayMode.REFRESH_RATE_UNKNOWN
            ? "unknown rate"
            : mode.getRefreshRate() + " Hz",
        device.isFullScreenSupported() ? "exclusive" : "a window over all of it",
        capabilities.isPageFlipping() ? "flipped" : "copied");
  }

  /**
   * Makes sure that {@link #present} waits for the screen, with black pictures.
   *
   * @throws UserError if it does not
   */
  public void requireVerticalSync(double framesPerSecond) {
    int[] black = new int[width * height];
    long start = System.nanoTime();
    for (int i = 0; i < MEASURED_FRAMES; i++) {
      draw(black);
      present();
    }
    double rate = MEASURED_FRAMES / ((System.nanoTime() - start) * 1e-9);
    if (Math.abs(rate / framesPerSecond - 1) > 0.1) {
      throw new UserError(
          "screen " + number,
          String.format(
              Locale.ROOT,
              "does not wait for vertical sync at %s Hz (%.0f black pictures a second were taken)",
              framesPerSecond,
              rate),
          "leave out --vsync: a timer paces then");
    }
  }

  @Override
  public void draw(int[] rgb) {
    drawn = rgb;
    BufferedImage image = images.computeIfAbsent(rgb, this::wrap);
    do {
      do {
        Graphics2D g = (Graphics2D) strategy.getDrawGraphics();
        try {
          g.setTransform(new AffineTransform());
          g.drawImage(image, 0, 0, null);
        } finally {
          g.dispose();
        }
      } while (strategy.contentsRestored());
    } while (strategy.contentsLost());
  }

  /** The pixels as a picture, without a copy. */
  private BufferedImage wrap(int[] rgb) {
    DirectColorModel model = new DirectColorModel(24, 0xFF0000, 0xFF00, 0xFF);
    WritableRaster raster =
        Raster.createPackedRaster(
            new DataBufferInt(rgb, rgb.length), width, height, width, model.getMasks(), null);
    return new BufferedImage((ColorModel) model, raster, false, null);
  }

  @Override
  public void present() {
    strategy.show();
    if (strategy.contentsLost()) {
      draw(drawn);
      strategy.show();
    }
    Toolkit.getDefaultToolkit().sync();
  }

  @Override
  public void close() {
    device.setFullScreenWindow(null);
    window.dispose();
  }
}
