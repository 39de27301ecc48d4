package org.pixelcube.pipeline;

import java.util.Arrays;
import java.util.EnumMap;
import java.util.EnumSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.pixelcube.diffusion.LightPlanes;
import org.pixelcube.diffusion.SubjectShape;
import org.pixelcube.image.Image;
import org.pixelcube.image.Resize;
import org.pixelcube.video.Frame;
import org.pixelcube.vision.Face;
import org.pixelcube.vision.FaceTopology;
import org.pixelcube.vision.MatteUpsampler;

/**
 * The physics of one frame, from what was seen to the picture under new light. Keeps no state: any
 * number of frames can be worked on at once, in any order.
 */
final class FrameRelighter {
  /** The larger side of the working picture is this many times that of the geometry grid. */
  private static final int GRID_STEP = 2;

  /**
   * How a frame is to look.
   *
   * @param strength 0 keeps the light of the shot, 1 replaces it
   * @param shadows depth of cast shadows, 0 to 1
   * @param specular gain of the reflections
   * @param limitHighlights whether highlights roll off to display white
   */
  record Look(float strength, float shadows, float specular, boolean limitHighlights) {}

  /**
   * A frame with everything found out about it on the way.
   *
   * @param frame the composite: linear display light, three channels, or four with alpha
   */
  record Rendered(Frame frame, Map<Pass, Image> passes) {}

  private final FaceTopology topology;
  private final GeometryBuilder geometryBuilder;
  private final Delighter delighter;

  FrameRelighter(FaceTopology topology) {
    this.topology = topology;
    this.geometryBuilder = new GeometryBuilder(topology);
    this.delighter = new Delighter(topology);
  }

  /** The grid's size for a working picture. */
  static int gridSide(int working) {
    return Math.max(1, (working + GRID_STEP - 1) / GRID_STEP);
  }

  /** The shape seen in a frame. */
  private Geometry geometry(Analysis a) {
    int w = gridSide(a.working().width());
    int h = gridSide(a.working().height());
    float[] alpha = Resize.to(a.alpha(), w, h).samples();
    return geometryBuilder.build(alpha, w, h, a.faces(), (double) w / a.working().width());
  }

  /**
   * What the faces of a frame tell of the light they are in.
   *
   * @param alpha coverage, or null to believe every vertex
   */
  List<SkinSamples> samples(Image working, Image alpha, List<Face> faces) {
    int w = gridSide(working.width());
    int h = gridSide(working.height());
    float[] covered = new float[w * h];
    if (alpha == null) {
      Arrays.fill(covered, 1);
    } else {
      covered = Resize.to(alpha, w, h).samples();
    }
    float[][] rgb = ForegroundColour.planes(working, w, h);
    float[] grid = covered;
    double scale = (double) w / working.width();
    return faces.stream()
        .map(face -> FaceSurface.of(face, topology, scale))
        .map(surface -> SkinSamples.read(surface, rgb, grid, w, h, faces.size() > 1))
        .toList();
  }

  /**
   * What a frame shows, whatever light it is to be put in.
   *
   * @param geometry the subject's shape
   * @param flat the subject without the light of the shot, on the same grid
   */
  record Seen(Geometry geometry, FlatLit flat) {}

  /** Shape and flat colour of a frame, by itself. */
  Seen see(Analysis a) {
    Geometry g = geometry(a);
    float[][] rgb = ForegroundColour.planes(a.working(), g.width(), g.height());
    return new Seen(g, delighter.delight(rgb, g, a.light(), 1));
  }

  /** Relights a frame that has no neighbours. */
  Rendered render(Analysis a, Illumination light, Backdrop backdrop, Look look, Set<Pass> wanted) {
    return render(a, see(a), light, backdrop, look, wanted);
  }

  /**
   * Relights a frame.
   *
   * @param seen its shape and flat colour
   * @param light the new light
   * @param backdrop what goes behind, or null for nothing: the result then has alpha
   * @param wanted passes to return as well
   */
  Rendered render(
      Analysis a, Seen seen, Illumination light, Backdrop backdrop, Look look, Set<Pass> wanted) {
    Geometry g = seen.geometry();
    FlatLit flat = seen.flat();
    float[][] rgb = flat.rgb();
    LightMaps maps =
        LightMaps.of(
            g,
            flat.skin(),
            HorizonMap.of(g),
            light,
            new LightMaps.Options(look.shadows(), look.specular()));

    Image picture = a.frame().image();
    Image alpha =
        a.alpha().sameSizeAs(picture) ? a.alpha() : MatteUpsampler.upsample(a.alpha(), picture);
    Image foreground =
        ForegroundColour.estimate(picture, alpha, rgb, g.alpha(), g.width(), g.height());

    float[][] after = new float[3][g.size()];
    float[][] added = new float[3][g.size()];
    for (int c = 0; c < 3; c++) {
      for (int i = 0; i < g.size(); i++) {
        float lit = flat.colour()[c][i] * maps.diffuse()[c][i];
        after[c][i] = rgb[c][i] + look.strength() * (lit - rgb[c][i]);
        added[c][i] = look.strength() * maps.specular()[c][i];
      }
    }
    DetailTransfer transfer =
        new DetailTransfer(rgb, after, added, g.alpha(), g.width(), g.height());
    Image composite = composite(picture, foreground, alpha, transfer, backdrop, look);
    Frame out = new Frame(composite, a.frame().index(), a.frame().pts(), a.frame().duration());
    return new Rendered(out, passes(wanted, foreground, alpha, g, rgb, flat, maps));
  }

  /**
   * What the networks are told of a frame.
   *
   * @param size root of the area of their pictures, pixels
   */
  NetworkFrame networkFrame(
      Analysis a,
      int size,
      double seconds,
      IlluminationTrack.Moment moment,
      NetworkFrame.Views views) {
    double area = (double) a.working().width() * a.working().height();
    double k = Math.min(1, size / Math.sqrt(area));
    int w = Math.max(1, (int) Math.round(k * a.working().width()));
    int h = Math.max(1, (int) Math.round(k * a.working().height()));
    float[] picture = new float[3 * w * h];
    float[][] planes = ForegroundColour.planes(a.working(), w, h);
    for (int c = 0; c < 3; c++) {
      System.arraycopy(planes[c], 0, picture, c * w * h, w * h);
    }
    float[] matte = Resize.to(a.alpha(), w, h).samples();
    return new NetworkFrame(seconds, w, h, picture, matte, views.of(moment, w, h));
  }

  /**
   * The subject's shape as networks are told of it.
   *
   * @param told the same frame; gives the size
   */
  SubjectShape shape(Analysis a, Illumination light, NetworkFrame told) {
    double scale = (double) told.width() / a.working().width();
    return FaceShapes.of(
        geometryBuilder.build(told.matte(), told.width(), told.height(), a.faces(), scale), light);
  }

  /**
   * What physics makes of a frame, for networks that begin from it.
   *
   * @param told the same frame; gives the size and the background
   */
  NetworkFrame.Physics physics(
      Analysis a, Seen seen, Illumination light, Look look, NetworkFrame told) {
    Image working = a.working();
    int w = told.width();
    int h = told.height();
    Image background = Image.rgb(w, h, told.view().background());
    Frame small = new Frame(working, a.frame().index(), a.frame().pts(), a.frame().duration());
    Rendered rendered =
        render(
            new Analysis(small, working, a.alpha(), a.faces(), a.light()),
            seen,
            light,
            Backdrop.plain(Resize.to(background, working.width(), working.height()), false),
            new Look(1, look.shadows(), look.specular(), false),
            EnumSet.of(Pass.FLAT, Pass.NORMALS));
    return new NetworkFrame.Physics(
        Resize.to(rendered.passes().get(Pass.FLAT), w, h).samples(),
        Resize.to(rendered.passes().get(Pass.NORMALS), w, h).samples(),
        Resize.to(rendered.frame().image(), w, h).samples());
  }

  /**
   * Brings what the networks found of a frame to its full resolution.
   *
   * @param told what they were told of it
   * @param backdrop what goes behind, or null for nothing: the result then has alpha
   */
  Rendered render(
      Analysis a,
      NetworkFrame told,
      NetworkResult found,
      Backdrop backdrop,
      Look look,
      Set<Pass> wanted) {
    int w = told.width();
    int h = told.height();
    int size = w * h;
    float[] cover = told.matte();
    float[][] rgb = new float[3][size];
    float[][] flat = new float[3][size];
    float[][] after = new float[3][size];
    for (int c = 0; c < 3; c++) {
      for (int i = 0; i < size; i++) {
        int j = c * size + i;
        float shot = told.picture()[j];
        // The networks paint the subject over its background: take it out again.
        float share = Math.max(cover[i], THINNEST);
        float lit = found.relit()[j] - (1 - cover[i]) * told.view().background()[j];
        rgb[c][i] = shot;
        flat[c][i] = Math.max(0, found.flatLit()[j]) / share;
        after[c][i] = shot + look.strength() * (Math.max(0, lit) / share - shot);
      }
    }
    Image picture = a.frame().image();
    Image alpha =
        a.alpha().sameSizeAs(picture) ? a.alpha() : MatteUpsampler.upsample(a.alpha(), picture);
    Image foreground = ForegroundColour.estimate(picture, alpha, rgb, cover, w, h);
    DetailTransfer transfer = new DetailTransfer(rgb, after, new float[3][size], cover, w, h);
    Image composite = composite(picture, foreground, alpha, transfer, backdrop, look);
    Frame out = new Frame(composite, a.frame().index(), a.frame().pts(), a.frame().duration());
    if (wanted.isEmpty()) {
      return new Rendered(out, Map.of());
    }
    Geometry g = geometry(told, found);
    FlatLit flatLit = new FlatLit(rgb, flat, new float[size]);
    return new Rendered(out, passes(wanted, foreground, alpha, g, rgb, flatLit, maps(told, found)));
  }

  /** Coverage below this is not divided by: there is more background than subject in the pixel. */
  private static final float THINNEST = 0.25f;

  private static Geometry geometry(NetworkFrame told, NetworkResult found) {
    int size = told.width() * told.height();
    float[] n = found.normals();
    return new Geometry(
        told.width(),
        told.height(),
        told.matte(),
        Arrays.copyOfRange(n, 0, size),
        Arrays.copyOfRange(n, size, 2 * size),
        Arrays.copyOfRange(n, 2 * size, 3 * size),
        new float[size],
        new float[size],
        List.of());
  }

  /** What the light does to the normals found, and how much of it the network took away. */
  private static LightMaps maps(NetworkFrame told, NetworkResult found) {
    int size = told.width() * told.height();
    LightPlanes planes = told.view().light().on(found.normals());
    float[][] diffuse = new float[3][size];
    float[][] specular = new float[3][size];
    float[] visibility = new float[size];
    float[] plain = found.plain();
    float[] relit = found.relit();
    for (int i = 0; i < size; i++) {
      float before = 0;
      float after = 0;
      for (int c = 0; c < 3; c++) {
        int j = c * size + i;
        diffuse[c][i] = planes.diffuse()[j];
        specular[c][i] = 0.028f * (0.45f * planes.sharp()[j] + 0.55f * planes.broad()[j]);
        before += plain[j];
        after += relit[j];
      }
      visibility[i] = before > 1e-4f ? Math.clamp(after / before, 0, 1) : 1;
    }
    return new LightMaps(diffuse, specular, visibility);
  }

  private static Image composite(
      Image picture,
      Image foreground,
      Image alpha,
      DetailTransfer transfer,
      Backdrop backdrop,
      Look look) {
    int w = picture.width();
    int h = picture.height();
    int size = picture.planeSize();
    boolean transparent = backdrop == null;
    float[] out = new float[(transparent ? 4 : 3) * size];
    float[] a = alpha.samples();
    float[] behind = transparent ? null : backdrop.picture().samples();
    float[] before = foreground.samples();
    float[][] row = new float[3][w];
    DetailTransfer.Rows rows = transfer.rows(w);
    for (int y = 0; y < h; y++) {
      transfer.row(foreground, a, y, rows, row);
      for (int c = 0; c < 3; c++) {
        float[] lit = row[c];
        float gain = transparent ? 1 : 1 + look.strength() * (backdrop.gain()[c] - 1);
        for (int x = 0; x < w; x++) {
          int i = y * w + x;
          float cover = a[i];
          if (cover <= 0) {
            out[c * size + i] = transparent ? 0 : behind[c * size + i];
            continue;
          }
          float value = gain * lit[x];
          if (look.limitHighlights()) {
            // The light of the shot has been rolled off by the camera already.
            value += look.strength() * (ToneCurve.apply(value) - value);
          }
          if (transparent) {
            out[c * size + i] = value;
          } else if (backdrop.plate()) {
            // The plate already shows the subject: exchange only its light.
            out[c * size + i] = behind[c * size + i] + cover * (value - before[c * size + i]);
          } else {
            out[c * size + i] = cover * value + (1 - cover) * behind[c * size + i];
          }
        }
      }
      if (transparent) {
        System.arraycopy(a, y * w, out, 3 * size + y * w, w);
      }
    }
    return Image.of(w, h, transparent ? 4 : 3, picture.space(), out);
  }

  private static Map<Pass, Image> passes(
      Set<Pass> wanted,
      Image foreground,
      Image alpha,
      Geometry g,
      float[][] rgb,
      FlatLit flat,
      LightMaps maps) {
    Map<Pass, Image> passes = new EnumMap<>(Pass.class);
    for (Pass pass : wanted) {
      passes.put(
          pass,
          switch (pass) {
            case MATTE -> alpha;
            case NORMALS -> enlarge(new float[][] {g.nx(), g.ny(), g.nz()}, g, foreground, false);
            case FLAT -> flatPass(foreground, alpha, g, rgb, flat);
            case DIFFUSE -> enlarge(maps.diffuse(), g, foreground, true);
            case SPECULAR -> enlarge(maps.specular(), g, foreground, true);
            case SHADOW -> enlarge(new float[][] {maps.visibility()}, g, foreground, false);
          });
    }
    return passes;
  }

  /** The flat-lit picture with the full picture's detail, over black. */
  private static Image flatPass(
      Image foreground, Image alpha, Geometry g, float[][] rgb, FlatLit flat) {
    DetailTransfer transfer =
        new DetailTransfer(
            rgb, flat.colour(), new float[3][g.size()], g.alpha(), g.width(), g.height());
    int w = foreground.width();
    float[] out = new float[3 * foreground.planeSize()];
    float[][] row = new float[3][w];
    DetailTransfer.Rows rows = transfer.rows(w);
    for (int y = 0; y < foreground.height(); y++) {
      for (float[] plane : row) {
        Arrays.fill(plane, 0);
      }
      transfer.row(foreground, alpha.samples(), y, rows, row);
      for (int c = 0; c < 3; c++) {
        int base = c * foreground.planeSize() + y * w;
        for (int x = 0; x < w; x++) {
          out[base + x] = row[c][x] * alpha.samples()[y * w + x];
        }
      }
    }
    return Image.of(w, foreground.height(), 3, foreground.space(), out);
  }

  private static Image enlarge(float[][] planes, Geometry g, Image like, boolean colour) {
    float[] all = new float[planes.length * g.size()];
    for (int c = 0; c < planes.length; c++) {
      System.arraycopy(planes[c], 0, all, c * g.size(), g.size());
    }
    Image small =
        colour
            ? Image.rgb(g.width(), g.height(), all)
            : Image.data(g.width(), g.height(), planes.length, all);
    return Resize.bilinear(small, like.width(), like.height());
  }
}
