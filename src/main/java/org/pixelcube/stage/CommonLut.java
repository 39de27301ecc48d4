package org.pixelcube.stage;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import javax.xml.XMLConstants;
import javax.xml.parsers.DocumentBuilderFactory;
import javax.xml.parsers.ParserConfigurationException;
import org.pixelcube.config.AtomicFile;
import org.pixelcube.config.UserError;
import org.pixelcube.math.Matrix3;
import org.pixelcube.math.Vector3;
import org.w3c.dom.Element;
import org.w3c.dom.Node;
import org.xml.sax.SAXException;

/**
 * A colour pipeline in the Common LUT Format 3.0 (Academy S-2014-006, SMPTE ST 2136-1), as far as a
 * calibration needs it: matrices, powers and one-dimensional tables, floating point throughout.
 *
 * @param id unique name
 * @param description one line
 * @param nodes in the order they are applied
 */
public record CommonLut(String id, String description, List<Op> nodes) {
  public CommonLut {
    nodes = List.copyOf(nodes);
  }

  /** A process node. */
  public sealed interface Op {
    /** The colour after it. */
    Vector3 apply(Vector3 rgb);
  }

  /** {@code Matrix}: three by three. */
  public record MatrixOp(Matrix3 matrix) implements Op {
    @Override
    public Vector3 apply(Vector3 rgb) {
      return matrix.apply(rgb);
    }
  }

  /** {@code Exponent} of style basicFwd: negative values become 0. */
  public record PowerOp(double red, double green, double blue) implements Op {
    @Override
    public Vector3 apply(Vector3 rgb) {
      return new Vector3(
          Math.pow(Math.max(0, rgb.x()), red),
          Math.pow(Math.max(0, rgb.y()), green),
          Math.pow(Math.max(0, rgb.z()), blue));
    }
  }

  /**
   * {@code LUT1D}: a table for each channel over 0 to 1, linear between, clamped outside.
   *
   * @param values {@code [entries][3]}
   */
  public record TableOp(double[][] values) implements Op {
    @Override
    public Vector3 apply(Vector3 rgb) {
      return new Vector3(at(rgb.x(), 0), at(rgb.y(), 1), at(rgb.z(), 2));
    }

    private double at(double x, int c) {
      double p = Math.clamp(x, 0, 1) * (values.length - 1);
      int i = Math.min(values.length - 2, (int) p);
      return values[i][c] + (p - i) * (values[i + 1][c] - values[i][c]);
    }
  }

  /** The colour that comes out for a colour that goes in. */
  public Vector3 apply(Vector3 rgb) {
    Vector3 v = rgb;
    for (Op node : nodes) {
      v = node.apply(v);
    }
    return v;
  }

  /** The text of the file. */
  public String toXml() {
    StringBuilder xml = new StringBuilder(1 << 16);
    xml.append("<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n");
    xml.append("<ProcessList id=\"%s\" compCLFversion=\"3.0\">\n".formatted(escaped(id)));
    xml.append("  <Description>%s</Description>\n".formatted(escaped(description)));
    for (Op node : nodes) {
      switch (node) {
        case MatrixOp(Matrix3 m) -> {
          open(xml, "Matrix", "");
          xml.append("    <Array dim=\"3 3\">\n");
          row(xml, m.m00(), m.m01(), m.m02());
          row(xml, m.m10(), m.m11(), m.m12());
          row(xml, m.m20(), m.m21(), m.m22());
          xml.append("    </Array>\n  </Matrix>\n");
        }
        case PowerOp(double r, double g, double b) -> {
          open(xml, "Exponent", " style=\"basicFwd\"");
          double[] powers = {r, g, b};
          for (int c = 0; c < 3; c++) {
            xml.append(
                "    <ExponentParams channel=\"%s\" exponent=\"%s\"/>\n"
                    .formatted("RGB".charAt(c), number(powers[c])));
          }
          xml.append("  </Exponent>\n");
        }
        case TableOp(double[][] values) -> {
          open(xml, "LUT1D", " interpolation=\"linear\"");
          xml.append("    <Array dim=\"%d 3\">\n".formatted(values.length));
          for (double[] v : values) {
            row(xml, v[0], v[1], v[2]);
          }
          xml.append("    </Array>\n  </LUT1D>\n");
        }
      }
    }
    return xml.append("</ProcessList>\n").toString();
  }

  /** Writes the file in one step. */
  public void write(Path file) {
    AtomicFile.write(file, toXml().getBytes(StandardCharsets.UTF_8));
  }

  private static void open(StringBuilder xml, String name, String attributes) {
    xml.append("  <%s inBitDepth=\"32f\" outBitDepth=\"32f\"%s>\n".formatted(name, attributes));
  }

  private static void row(StringBuilder xml, double a, double b, double c) {
    xml.append("      ")
        .append(number(a))
        .append(' ')
        .append(number(b))
        .append(' ')
        .append(number(c))
        .append('\n');
  }

  private static String number(double v) {
    return String.format(Locale.ROOT, "%.9g", v);
  }

  private static String escaped(String text) {
    return text.replace("&", "&amp;").replace("<", "&lt;").replace("\"", "&quot;");
  }

  /**
   * Reads a file of these nodes.
   *
   * @throws UserError if it cannot be read, is no CLF, or has a node of another kind
   */
  public static CommonLut read(Path file) {
    Element root;
    try {
      DocumentBuilderFactory factory = DocumentBuilderFactory.newInstance();
      factory.setFeature(XMLConstants.FEATURE_SECURE_PROCESSING, true);
      factory.setFeature("http://apache.org/xml/features/disallow-doctype-decl", true);
      var builder = factory.newDocumentBuilder();
      builder.setErrorHandler(null);
      root = builder.parse(Files.newInputStream(file)).getDocumentElement();
    } catch (IOException e) {
      throw UserError.of(file, e);
    } catch (SAXException | ParserConfigurationException e) {
      throw new UserError(file.toString(), "is not XML", "export the table again", e);
    }
    if (!root.getTagName().equals("ProcessList")) {
      throw fault(file, "is not in the Common LUT Format");
    }
    List<Op> nodes = new ArrayList<>();
    String description = "";
    for (Node n = root.getFirstChild(); n != null; n = n.getNextSibling()) {
      if (!(n instanceof Element e)) {
        continue;
      }
      switch (e.getTagName()) {
        case "Description" -> description = e.getTextContent();
        case "Matrix" -> {
          double[] m = numbers(file, e, 9);
          nodes.add(
              new MatrixOp(new Matrix3(m[0], m[1], m[2], m[3], m[4], m[5], m[6], m[7], m[8])));
        }
        case "Exponent" -> nodes.add(power(file, e));
        case "LUT1D" -> {
          double[] v = numbers(file, e, -1);
          double[][] values = new double[v.length / 3][3];
          for (int i = 0; i < v.length; i++) {
            values[i / 3][i % 3] = v[i];
          }
          nodes.add(new TableOp(values));
        }
        default -> throw fault(file, "has a node %s, which is not read".formatted(e.getTagName()));
      }
    }
    return new CommonLut(root.getAttribute("id"), description, nodes);
  }

  private static PowerOp power(Path file, Element e) {
    double[] p = {1, 1, 1};
    var parameters = e.getElementsByTagName("ExponentParams");
    if (!e.getAttribute("style").equals("basicFwd")) {
      throw fault(file, "has an Exponent other than basicFwd");
    }
    for (int i = 0; i < parameters.getLength(); i++) {
      Element one = (Element) parameters.item(i);
      String channel = one.getAttribute("channel");
      double value = parsed(file, one.getAttribute("exponent"));
      for (int c = 0; c < 3; c++) {
        if (channel.isEmpty() || channel.equals("RGB".substring(c, c + 1))) {
          p[c] = value;
        }
      }
    }
    return new PowerOp(p[0], p[1], p[2]);
  }

  private static double[] numbers(Path file, Element e, int count) {
    Element array = (Element) e.getElementsByTagName("Array").item(0);
    if (array == null) {
      throw fault(file, "has a %s without an Array".formatted(e.getTagName()));
    }
    String[] dim = array.getAttribute("dim").strip().split("\\s+", -1);
    String[] words = array.getTextContent().strip().split("\\s+", -1);
    int expected = count >= 0 ? count : 3 * (int) parsed(file, dim[0]);
    if (words.length != expected || expected < 6) {
      throw fault(
          file,
          "has %d numbers in a %s (expected %d)".formatted(words.length, e.getTagName(), expected));
    }
    double[] out = new double[words.length];
    for (int i = 0; i < out.length; i++) {
      out[i] = parsed(file, words[i]);
    }
    return out;
  }

  private static double parsed(Path file, String word) {
    try {
      return Double.parseDouble(word);
    } catch (NumberFormatException e) {
      throw fault(file, "has '%s' where a number should be".formatted(word));
    }
  }

  private static UserError fault(Path file, String reason) {
    return new UserError(file.toString(), reason, "export the table again");
  }
}
