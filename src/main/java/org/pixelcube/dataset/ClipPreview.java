package org.pixelcube.dataset;

import java.util.ArrayList;
import java.util.List;
import org.pixelcube.image.Image;
import org.pixelcube.image.Montage;
import org.pixelcube.light.EnvironmentMap;
import org.pixelcube.light.Exposure;
import org.pixelcube.light.MapLibrary;
import org.pixelcube.render.CodedField;

/** Clips as pictures to look at. */
public final class ClipPreview {
  private ClipPreview() {}

  /**
   * One frame from all sides: matte, normals, albedo, flat-lit, and lit by maps over grey.
   *
   * @param maps names of the library or paths
   * @return cells in the order above, then one for each map
   */
  public static List<Montage.Cell> cells(Clip clip, int frame, List<String> maps) {
    List<Montage.Cell> cells = new ArrayList<>();
    if (clip.meta().kind() == ClipMeta.Kind.CAPTURED) {
      cells.add(new Montage.Cell(clip.picture(frame), clip.meta().name()));
      return cells;
    }
    CodedField field = clip.field(frame);
    int w = clip.meta().width();
    int h = clip.meta().height();
    float[] normals = field.aovs().normal().clone();
    float[] alpha = field.aovs().alpha();
    for (int i = 0; i < normals.length; i++) {
      normals[i] = alpha[i % alpha.length] > 0 ? 0.5f + 0.5f * normals[i] : 0;
    }
    cells.add(new Montage.Cell(Image.data(w, h, 1, alpha), clip.meta().name()));
    cells.add(new Montage.Cell(Image.data(w, h, 3, normals), clip.meta().action()));
    cells.add(new Montage.Cell(Image.rgb(w, h, field.aovs().albedo()), "albedo"));
    cells.add(new Montage.Cell(field.flatLit(), "flat-lit"));
    for (String name : maps) {
      cells.add(new Montage.Cell(lit(field, name), name.replaceAll("^.*[/\\\\]", "")));
    }
    return cells;
  }

  /**
   * Frames in a row of time, lit by one map, evenly chosen.
   *
   * @param count at most
   */
  public static List<Montage.Cell> strip(Clip clip, int count, String map) {
    int frames = clip.meta().frames().size();
    int shown = Math.min(count, frames);
    List<Montage.Cell> cells = new ArrayList<>();
    for (int k = 0; k < shown; k++) {
      int i = shown == 1 ? 0 : k * (frames - 1) / (shown - 1);
      Image image =
          clip.meta().kind() == ClipMeta.Kind.CAPTURED ? clip.picture(i) : lit(clip.field(i), map);
      String label = "%.2f s".formatted(clip.meta().frames().get(i).timeSeconds());
      cells.add(new Montage.Cell(image, label));
    }
    return cells;
  }

  private static Image lit(CodedField field, String name) {
    EnvironmentMap map = MapLibrary.find(name).downsampled(512, 256);
    map = Exposure.auto(map).apply(map).rotated(field.camera().pose().rotation().inverse());
    return field.relit(map);
  }
}
