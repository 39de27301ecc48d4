package org.pixelcube.head;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.function.IntPredicate;
import org.pixelcube.config.UserError;
import org.pixelcube.render.TriangleMesh;

/**
 * A Wavefront OBJ file as it stands: vertices, texture coordinates, polygons with their group and
 * material. Strict: whatever is not a number, not finite, or points nowhere is refused by its line.
 * Normals, smoothing groups, lines and free-form surfaces are passed over.
 */
public final class ObjFile {
  private static final double[] TENTHS = new double[19];

  static {
    double power = 1;
    for (int i = 0; i < TENTHS.length; i++) {
      TENTHS[i] = power;
      power *= 10;
    }
  }

  private final Path file;
  private float[] positions = new float[3 << 12];
  private int positionCount;
  private float[] uvs = new float[2 << 12];
  private int uvCount;
  private int[] cornerVertices = new int[1 << 14];
  private int[] cornerUvs = new int[1 << 14];
  private int cornerCount;
  private int[] faceStarts = new int[1 << 12];
  private int[] faceMaterials = new int[1 << 12];
  private int[] faceGroups = new int[1 << 12];
  private int faceCount;
  private final List<String> materials = new ArrayList<>(List.of(""));
  private final List<String> groups = new ArrayList<>(List.of(""));

  // The reader's place.
  private byte[] text = {};
  private int at;
  private int line;

  private ObjFile(Path file) {
    this.file = file;
  }

  /**
   * Reads a file.
   *
   * @throws UserError if it is missing, cannot be read, or a line is malformed
   */
  public static ObjFile read(Path file) {
    ObjFile obj = new ObjFile(file);
    obj.load(true);
    if (obj.faceCount == 0) {
      throw new UserError(
          file.toString(),
          "holds no faces, at least one was expected",
          "unpack the head data anew");
    }
    return obj;
  }

  /**
   * Reads the vertices alone: x, y, z of each.
   *
   * @param expectedVertices how many there must be
   * @throws UserError as {@link #read} does, or if the count differs
   */
  public static float[] readPositions(Path file, int expectedVertices) {
    ObjFile obj = new ObjFile(file);
    obj.load(false);
    if (obj.positionCount != 3 * expectedVertices) {
      throw new UserError(
          file.toString(),
          "holds %d vertices, expected %d".formatted(obj.positionCount / 3, expectedVertices),
          "unpack the head data anew");
    }
    return obj.positions;
  }

  public Path file() {
    return file;
  }

  /** x, y, z of each vertex, in the file's units; for reading only. */
  public float[] positions() {
    return positions;
  }

  public int vertexCount() {
    return positionCount / 3;
  }

  public int faceCount() {
    return faceCount;
  }

  /** The names of {@code usemtl}, in order of appearance; the first is "" for none. */
  public List<String> materials() {
    return List.copyOf(materials);
  }

  /** The names of {@code g}, in order of appearance; the first is "" for none. */
  public List<String> groups() {
    return List.copyOf(groups);
  }

  public String material(int face) {
    return materials.get(faceMaterials[face]);
  }

  public String group(int face) {
    return groups.get(faceGroups[face]);
  }

  /** The first corner's vertex of a face. */
  public int firstVertex(int face) {
    return cornerVertices[faceStarts[face]];
  }

  /** The whole surface. */
  public Part all() {
    return part(f -> true);
  }

  /** The faces of some materials. */
  public Part ofMaterials(String... names) {
    List<String> wanted = List.of(names);
    return part(f -> wanted.contains(material(f)));
  }

  /** The faces of some groups. */
  public Part ofGroups(String... names) {
    List<String> wanted = List.of(names);
    return part(f -> wanted.contains(group(f)));
  }

  /**
   * Some faces as triangles; a vertex that has several texture coordinates is split. Polygons are
   * cut into fans, quadrilaterals along their shorter diagonal.
   *
   * @param faces which faces, by index
   */
  public Part part(IntPredicate faces) {
    Map<Long, Integer> split = new HashMap<>();
    int[] source = new int[1 << 10];
    float[] partUvs = new float[1 << 11];
    int[] triangles = new int[3 << 10];
    int[] triangleFaces = new int[1 << 10];
    int vertexCount = 0;
    int count = 0;
    int[] corner = new int[64];
    for (int f = 0; f < faceCount; f++) {
      if (!faces.test(f)) {
        continue;
      }
      int from = faceStarts[f];
      int size = (f + 1 < faceCount ? faceStarts[f + 1] : cornerCount) - from;
      corner = corner.length < size ? new int[size] : corner;
      for (int k = 0; k < size; k++) {
        int v = cornerVertices[from + k];
        int t = cornerUvs[from + k];
        Integer known = split.putIfAbsent(((long) v << 32) | (t + 1L), vertexCount);
        if (known == null) {
          if (vertexCount == source.length) {
            source = Arrays.copyOf(source, 2 * vertexCount);
            partUvs = Arrays.copyOf(partUvs, 4 * vertexCount);
          }
          source[vertexCount] = v;
          partUvs[2 * vertexCount] = t < 0 ? 0 : uvs[2 * t];
          partUvs[2 * vertexCount + 1] = t < 0 ? 0 : uvs[2 * t + 1];
          known = vertexCount++;
        }
        corner[k] = known;
      }
      int first =
          size == 4 && diagonal(source, corner, 1, 3) < diagonal(source, corner, 0, 2) ? 1 : 0;
      for (int k = 1; k + 1 < size; k++) {
        if (3 * count == triangles.length) {
          triangles = Arrays.copyOf(triangles, 2 * triangles.length);
        }
        if (count == triangleFaces.length) {
          triangleFaces = Arrays.copyOf(triangleFaces, 2 * count);
        }
        triangles[3 * count] = corner[first];
        triangles[3 * count + 1] = corner[(first + k) % size];
        triangles[3 * count + 2] = corner[(first + k + 1) % size];
        triangleFaces[count++] = f;
      }
    }
    if (count == 0) {
      throw new UserError(
          file.toString(),
          "lacks a part that was expected (it has the materials %s and the groups %s)"
              .formatted(materials, groups),
          "unpack the head data anew");
    }
    return new Part(
        Arrays.copyOf(source, vertexCount),
        Arrays.copyOf(partUvs, 2 * vertexCount),
        Arrays.copyOf(triangles, 3 * count),
        Arrays.copyOf(triangleFaces, count));
  }

  private double diagonal(int[] source, int[] corner, int a, int b) {
    int i = 3 * source[corner[a]];
    int j = 3 * source[corner[b]];
    return Math.hypot(
        Math.hypot(positions[i] - positions[j], positions[i + 1] - positions[j + 1]),
        positions[i + 2] - positions[j + 2]);
  }

  /**
   * A surface cut from the file. Its vertices are the file's, split along texture seams.
   *
   * @param source the file's vertex of each vertex
   * @param uvs u, v of each vertex
   * @param triangles three vertices each
   * @param triangleFaces the file's face of each triangle
   */
  public record Part(int[] source, float[] uvs, int[] triangles, int[] triangleFaces) {

    public int vertexCount() {
      return source.length;
    }

    /** The part's share of an array that holds three floats per vertex of the file. */
    public float[] gather(float[] all) {
      float[] own = new float[3 * source.length];
      for (int i = 0; i < source.length; i++) {
        System.arraycopy(all, 3 * source[i], own, 3 * i, 3);
      }
      return own;
    }

    /**
     * The part with its vertices taken from an array over all vertices of the file; normals are
     * smooth across texture seams.
     */
    public TriangleMesh mesh(float[] all) {
      int[] welded = new int[triangles.length];
      for (int i = 0; i < welded.length; i++) {
        welded[i] = source[triangles[i]];
      }
      float[] normals = TriangleMesh.smoothNormals(all, welded);
      return new TriangleMesh(gather(all), gather(normals), uvs, triangles);
    }

    /** The same part with other texture coordinates. */
    public Part withUvs(float[] newUvs) {
      return new Part(source, newUvs, triangles, triangleFaces);
    }
  }

  // Reading.

  private void load(boolean faces) {
    try {
      text = Files.readAllBytes(file);
    } catch (IOException e) {
      throw UserError.of(file, e);
    }
    int material = 0;
    int group = 0;
    while (at < text.length) {
      line++;
      skipBlanks();
      int start = at;
      int length = skipToken();
      if (length == 1 && text[start] == 'v') {
        addPosition();
      } else if (faces && length == 2 && text[start] == 'v' && text[start + 1] == 't') {
        addUv();
      } else if (faces && length == 1 && text[start] == 'f') {
        addFace(material, group);
      } else if (faces && length == 1 && text[start] == 'g') {
        group = indexOf(groups, restOfLine());
      } else if (faces && length == 6 && "usemtl".equals(token(start, length))) {
        material = indexOf(materials, restOfLine());
      }
      skipLine();
    }
    text = new byte[] {};
    if (positionCount == 0) {
      throw new UserError(
          file.toString(), "holds no vertices, it is not an OBJ mesh", "unpack the head data anew");
    }
    positions = Arrays.copyOf(positions, positionCount);
    uvs = Arrays.copyOf(uvs, uvCount);
  }

  private void addPosition() {
    if (positionCount == positions.length) {
      positions = Arrays.copyOf(positions, 2 * positionCount);
    }
    positions[positionCount++] = number();
    positions[positionCount++] = number();
    positions[positionCount++] = number();
  }

  private void addUv() {
    if (uvCount == uvs.length) {
      uvs = Arrays.copyOf(uvs, 2 * uvCount);
    }
    uvs[uvCount++] = number();
    uvs[uvCount++] = number();
  }

  private void addFace(int material, int group) {
    if (faceCount == faceStarts.length) {
      faceStarts = Arrays.copyOf(faceStarts, 2 * faceCount);
      faceMaterials = Arrays.copyOf(faceMaterials, 2 * faceCount);
      faceGroups = Arrays.copyOf(faceGroups, 2 * faceCount);
    }
    int first = cornerCount;
    for (skipBlanks(); !atLineEnd(); skipBlanks()) {
      if (cornerCount == cornerVertices.length) {
        cornerVertices = Arrays.copyOf(cornerVertices, 2 * cornerCount);
        cornerUvs = Arrays.copyOf(cornerUvs, 2 * cornerCount);
      }
      int vertex = index(positionCount / 3, "vertex");
      int uv = -1;
      if (at < text.length && text[at] == '/') {
        at++;
        if (at < text.length && text[at] != '/' && !blankOrEnd()) {
          uv = index(uvCount / 2, "texture coordinate");
        }
      }
      skipToken(); // A normal's index may follow.
      for (int k = first; k < cornerCount; k++) {
        if (cornerVertices[k] == vertex) {
          throw malformed("names vertex %d twice in one face".formatted(vertex + 1));
        }
      }
      cornerVertices[cornerCount] = vertex;
      cornerUvs[cornerCount++] = uv;
    }
    if (cornerCount - first < 3) {
      throw malformed(
          "has a face of %d corners, at least 3 expected".formatted(cornerCount - first));
    }
    faceStarts[faceCount] = first;
    faceMaterials[faceCount] = material;
    faceGroups[faceCount++] = group;
  }

  /** An index from 1, or from −1 backwards from the last. */
  private int index(int count, String what) {
    int start = at;
    boolean negative = at < text.length && text[at] == '-';
    if (negative) {
      at++;
    }
    long value = 0;
    int digits = 0;
    for (; at < text.length && text[at] >= '0' && text[at] <= '9' && digits < 12; at++, digits++) {
      value = 10 * value + (text[at] - '0');
    }
    long found = negative ? count - value : value - 1;
    if (digits == 0 || value == 0) {
      at = start;
      throw malformed("has \"%s\" where a %s's index is expected".formatted(peek(), what));
    }
    if (found < 0 || found >= count) {
      throw malformed(
          "names %s %s%d, the file has %d by then"
              .formatted(what, negative ? "-" : "", value, count));
    }
    return (int) found;
  }

  private float number() {
    skipBlanks();
    int start = at;
    boolean negative = false;
    if (at < text.length && (text[at] == '-' || text[at] == '+')) {
      negative = text[at++] == '-';
    }
    long digits = 0;
    int seen = 0;
    int decimals = 0;
    for (; at < text.length && text[at] >= '0' && text[at] <= '9'; at++, seen++) {
      digits = 10 * digits + (text[at] - '0');
    }
    if (at < text.length && text[at] == '.') {
      at++;
      for (; at < text.length && text[at] >= '0' && text[at] <= '9'; at++, seen++, decimals++) {
        digits = 10 * digits + (text[at] - '0');
      }
    }
    if (seen > 0 && seen <= 18 && blankOrEnd()) {
      double value = digits / TENTHS[decimals];
      return (float) (negative ? -value : value);
    }
    at = start;
    if (atLineEnd()) {
      throw malformed("ends where a number is expected");
    }
    float value;
    try {
      value = Float.parseFloat(peek());
    } catch (NumberFormatException e) {
      throw malformed("has \"%s\" where a number is expected".formatted(peek()));
    }
    if (!Float.isFinite(value)) {
      throw malformed("has \"%s\" where a finite number is expected".formatted(peek()));
    }
    skipToken();
    return value;
  }

  private UserError malformed(String what) {
    return new UserError(file + " line " + line, what, "unpack the head data anew");
  }

  private String peek() {
    int start = at;
    int length = skipToken();
    at = start;
    return token(start, Math.min(length, 40));
  }

  private String token(int start, int length) {
    return new String(text, start, length, StandardCharsets.UTF_8);
  }

  private String restOfLine() {
    skipBlanks();
    int start = at;
    while (at < text.length && text[at] != '\n' && text[at] != '\r') {
      at++;
    }
    return token(start, at - start).strip();
  }

  private static int indexOf(List<String> names, String name) {
    int known = names.indexOf(name);
    if (known >= 0) {
      return known;
    }
    names.add(name);
    return names.size() - 1;
  }

  private void skipBlanks() {
    while (at < text.length && (text[at] == ' ' || text[at] == '\t' || text[at] == '\r')) {
      at++;
    }
  }

  private boolean atLineEnd() {
    return at >= text.length || text[at] == '\n';
  }

  private boolean blankOrEnd() {
    return at >= text.length || text[at] <= ' ';
  }

  private int skipToken() {
    int start = at;
    while (!blankOrEnd()) {
      at++;
    }
    return at - start;
  }

  private void skipLine() {
    while (at < text.length && text[at] != '\n') {
      at++;
    }
    at++;
  }
}
