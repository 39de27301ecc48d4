package org.pixelcube.image;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import com.carrotsearch.randomizedtesting.jupiter.Randomized;
import java.awt.image.BufferedImage;
import java.awt.image.IndexColorModel;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.Random;
import java.util.zip.CRC32;
import java.util.zip.DeflaterOutputStream;
import javax.imageio.ImageIO;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.pixelcube.color.ColorSpace;
import org.pixelcube.color.ColorTransform;
import org.pixelcube.color.Primaries;
import org.pixelcube.color.TransferFunction;
import org.pixelcube.config.UserError;
import org.pixelcube.math.Vector3;

@Randomized
class ImageFileTest {
  @TempDir Path folder;

  /** Samples that are exactly codes of the sRGB curve, alpha codes of no curve. */
  private static Image codes(Random random, int channels, int bits) {
    int w = 1 + random.nextInt(40);
    int h = 1 + random.nextInt(40);
    int n = w * h;
    float[] srgb = TransferFunction.SRGB.decodeTable(bits);
    float[] plain = TransferFunction.LINEAR.decodeTable(bits);
    float[] s = new float[channels * n];
    for (int i = 0; i < s.length; i++) {
      s[i] = (i < 3 * n ? srgb : plain)[random.nextInt(srgb.length)];
    }
    return Image.rgb(w, h, s);
  }

  private Path file(String name, byte[] bytes) throws IOException {
    return Files.write(folder.resolve(name), bytes);
  }

  @Test
  void pngCodesComeBackExactly(Random random) {
    for (int bits : new int[] {8, 16}) {
      for (int channels : new int[] {3, 4}) {
        Image in = codes(random, channels, bits);
        Path p = folder.resolve("a.png");
        ImageFile.write(p, in, new ImageFile.Options(bits, 1));
        Image out = ImageFile.read(p);
        assertEquals(in.toString(), out.toString());
        assertArrayEquals(in.samples(), out.samples());
      }
    }
  }

  @Test
  void greyDataComesBackWithoutACurve(Random random) {
    float[] s = new float[60];
    for (int i = 0; i < s.length; i++) {
      s[i] = random.nextInt(65536) / 65535f;
    }
    Path p = folder.resolve("matte.png");
    ImageFile.write(p, Image.data(10, 6, 1, s), ImageFile.Options.sixteenBit());
    Image out = ImageFile.readData(p);
    assertEquals(1, out.channels());
    assertEquals(ColorSpace.DATA, out.space());
    assertArrayEquals(s, out.samples(), 1e-7f);
    Image two = Image.data(5, 6, 2, s);
    ImageFile.write(p, two, ImageFile.Options.sixteenBit());
    assertArrayEquals(s, ImageFile.readData(p).samples(), 1e-7f);
    // The same file as colour: grey by the sRGB curve, with alpha.
    Image colour = ImageFile.read(p);
    assertEquals(4, colour.channels());
    assertEquals(TransferFunction.SRGB.toLinear(s[7]), colour.samples()[7], 1e-4);
    assertEquals(colour.samples()[7], colour.samples()[67]);
    assertEquals(s[30 + 7], colour.samples()[90 + 7], 1e-6);
  }

  @Test
  void greyColourIsNotCodedTwice() {
    Image grey = Image.of(2, 1, 1, ColorSpace.LINEAR_REC709, new float[] {0.2140411f, 1});
    for (String name : List.of("g.png", "g.jpg")) {
      Path p = folder.resolve(name);
      ImageFile.write(p, Image.of(16, 16, 1, ColorSpace.LINEAR_REC709, filled(256, 0.2140411f)));
      Image out = ImageFile.read(p);
      assertEquals(3, out.channels());
      assertEquals(0.2140411f, out.at(1, 8, 8), 0.005);
    }
    ImageFile.write(folder.resolve("g.hdr"), grey);
    assertEquals(1, ImageFile.read(folder.resolve("g.hdr")).at(2, 0, 1));
  }

  private static float[] filled(int n, float v) {
    float[] a = new float[n];
    Arrays.fill(a, v);
    return a;
  }

  @Test
  void palettesAndBitsAreRead() throws IOException {
    byte[] r = {0, (byte) 255, 10, 20};
    byte[] g = {0, 0, (byte) 200, 30};
    byte[] b = {0, 0, 0, 40};
    byte[] a = {0, (byte) 255, (byte) 128, (byte) 255};
    for (boolean alpha : new boolean[] {false, true}) {
      IndexColorModel palette =
          alpha ? new IndexColorModel(2, 4, r, g, b, a) : new IndexColorModel(2, 4, r, g, b);
      BufferedImage picture = new BufferedImage(4, 1, BufferedImage.TYPE_BYTE_INDEXED, palette);
      picture.getRaster().setSamples(0, 0, 4, 1, 0, new int[] {0, 1, 2, 3});
      Path p = folder.resolve("palette.png");
      ImageIO.write(picture, "png", p.toFile());
      Image out = ImageFile.read(p);
      float[] table = TransferFunction.SRGB.decodeTable(8);
      assertEquals(table[200], out.at(1, 0, 2));
      assertEquals(table[40], out.at(2, 0, 3));
      assertEquals(alpha ? 4 : 3, out.channels());
      if (alpha) {
        assertEquals(128 / 255f, out.at(3, 0, 2));
      }
    }
    BufferedImage bits = new BufferedImage(3, 1, BufferedImage.TYPE_BYTE_BINARY);
    bits.getRaster().setSample(1, 0, 0, 1);
    Path p = folder.resolve("bits.png");
    ImageIO.write(bits, "png", p.toFile());
    assertArrayEquals(new float[] {0, 1, 0}, ImageFile.readData(p).samples());
  }

  /** A PNG of one RGB pixel of 16 bits, with more chunks. */
  private static byte[] png(int[] rgb, Object... typesAndBodies) throws IOException {
    ByteArrayOutputStream out = new ByteArrayOutputStream();
    out.writeBytes(new byte[] {(byte) 0x89, 'P', 'N', 'G', '\r', '\n', 0x1A, '\n'});
    chunk(
        out,
        "IHDR",
        ByteBuffer.allocate(13).putInt(1).putInt(1).put((byte) 16).put((byte) 2).array());
    for (int i = 0; i < typesAndBodies.length; i += 2) {
      chunk(out, (String) typesAndBodies[i], (byte[]) typesAndBodies[i + 1]);
    }
    ByteBuffer row = ByteBuffer.allocate(7).put((byte) 0);
    for (int v : rgb) {
      row.putShort((short) v);
    }
    chunk(out, "IDAT", deflated(row.array()));
    chunk(out, "IEND", new byte[0]);
    return out.toByteArray();
  }

  private static byte[] deflated(byte[] bytes) throws IOException {
    ByteArrayOutputStream out = new ByteArrayOutputStream();
    try (var d = new DeflaterOutputStream(out)) {
      d.write(bytes);
    }
    return out.toByteArray();
  }

  private static void chunk(ByteArrayOutputStream out, String type, byte[] body) {
    byte[] head = type.getBytes(StandardCharsets.US_ASCII);
    CRC32 crc = new CRC32();
    crc.update(head);
    crc.update(body);
    out.writeBytes(ByteBuffer.allocate(4).putInt(body.length).array());
    out.writeBytes(head);
    out.writeBytes(body);
    out.writeBytes(ByteBuffer.allocate(4).putInt((int) crc.getValue()).array());
  }

  @Test
  void colourDescriptionsOfPngAreHonoured() throws IOException {
    int[] half = {32768, 0, 65535};
    double v = 32768 / 65535.0;
    Image linear =
        ImageFile.read(
            file("l.png", png(half, "gAMA", ByteBuffer.allocate(4).putInt(100000).array())));
    assertEquals(v, linear.at(0, 0, 0), 1e-6);
    Image usual =
        ImageFile.read(
            file("u.png", png(half, "gAMA", ByteBuffer.allocate(4).putInt(45455).array())));
    assertEquals(TransferFunction.SRGB.toLinear(v), usual.at(0, 0, 0), 1e-6);
    Image wide = ImageFile.read(file("c.png", png(half, "cICP", new byte[] {9, 16, 0, 1})));
    var expected =
        ColorTransform.between(Primaries.BT2020, Primaries.BT709)
            .apply(
                new Vector3(TransferFunction.PQ.toLinear(v), 0, TransferFunction.PQ.toLinear(1)));
    assertEquals(expected.x(), wide.at(0, 0, 0), 1e-4);
    assertEquals(expected.z(), wide.at(2, 0, 0), 1e-4);
  }

  /** An ICC profile with a matrix and curves: Display P3 with a parametric or a sampled curve. */
  private static byte[] displayP3(boolean parametric) {
    byte[] curve;
    if (parametric) {
      ByteBuffer c =
          ByteBuffer.allocate(32)
              .putInt(0x70617261)
              .putInt(0)
              .putShort((short) 3)
              .putShort((short) 0);
      for (double p : new double[] {2.4, 1 / 1.055, 0.055 / 1.055, 1 / 12.92, 0.04045}) {
        c.putInt((int) Math.round(p * 65536));
      }
      curve = c.array();
    } else {
      int n = 4096;
      ByteBuffer c = ByteBuffer.allocate(12 + 2 * n).putInt(0x63757276).putInt(0).putInt(n);
      for (int i = 0; i < n; i++) {
        c.putShort((short) Math.round(65535 * TransferFunction.SRGB.toLinear(i / (n - 1.0))));
      }
      curve = c.array();
    }
    var adapt = ColorTransform.adaptation(Primaries.P3_D65.white(), new Vector3(0.9642, 1, 0.8249));
    var m = adapt.times(Primaries.P3_D65.toXyz());
    byte[][] tags = {
      xyz(m.m00(), m.m10(), m.m20()),
      xyz(m.m01(), m.m11(), m.m21()),
      xyz(m.m02(), m.m12(), m.m22()),
      xyz(0.9642, 1, 0.8249),
      curve
    };
    String[] names = {"rXYZ", "gXYZ", "bXYZ", "wtpt", "rTRC", "gTRC", "bTRC"};
    int at = 128 + 4 + 12 * names.length;
    int size = at;
    for (byte[] t : tags) {
      size += t.length;
    }
    ByteBuffer b = ByteBuffer.allocate(size);
    b.putInt(0, size).putInt(8, 0x02400000);
    b.put(12, "mntrRGB XYZ ".getBytes(StandardCharsets.US_ASCII));
    b.put(36, "acsp".getBytes(StandardCharsets.US_ASCII));
    b.putInt(68, 0xF6D6).putInt(72, 0x10000).putInt(76, 0xD32D);
    b.position(128);
    b.putInt(names.length);
    int[] starts = new int[tags.length];
    for (int i = 0; i < tags.length; i++) {
      starts[i] = at;
      at += tags[i].length;
    }
    for (int i = 0; i < names.length; i++) {
      int t = Math.min(i, tags.length - 1);
      b.put(names[i].getBytes(StandardCharsets.US_ASCII)).putInt(starts[t]).putInt(tags[t].length);
    }
    for (byte[] t : tags) {
      b.put(t);
    }
    return b.array();
  }

  private static byte[] xyz(double x, double y, double z) {
    ByteBuffer b = ByteBuffer.allocate(20).putInt(0x58595A20).putInt(0);
    for (double v : new double[] {x, y, z}) {
      b.putInt((int) Math.round(v * 65536));
    }
    return b.array();
  }

  @ParameterizedTest
  @ValueSource(booleans = {true, false})
  void profilesOfWiderGamutAreConverted(boolean parametric) throws IOException {
    ByteArrayOutputStream body = new ByteArrayOutputStream();
    body.writeBytes("P3\0\0".getBytes(StandardCharsets.ISO_8859_1));
    body.writeBytes(deflated(displayP3(parametric)));
    Image out =
        ImageFile.read(
            file("p3.png", png(new int[] {0, 65535, 32768}, "iCCP", body.toByteArray())));
    var expected =
        ColorTransform.between(Primaries.P3_D65, Primaries.BT709)
            .apply(new Vector3(0, 1, TransferFunction.SRGB.toLinear(32768 / 65535.0)));
    assertTrue(expected.x() < -0.1, "outside of Rec.709");
    assertEquals(expected.x(), out.at(0, 0, 0), 1e-3);
    assertEquals(expected.y(), out.at(1, 0, 0), 1e-3);
    assertEquals(expected.z(), out.at(2, 0, 0), 1e-3);
  }

  /** A smooth picture that tells all its corners and sides apart. */
  private static Image corners() {
    int w = 48;
    int h = 32;
    float[] s = new float[3 * w * h];
    for (int i = 0; i < w * h; i++) {
      int y = i / w;
      s[i] = i % w / (w - 1f);
      s[w * h + i] = y / (h - 1f);
      s[2 * w * h + i] = 0.3f;
    }
    return Image.rgb(w, h, s);
  }

  private static byte[] withSegment(byte[] jpeg, int marker, byte[] body) {
    ByteBuffer b = ByteBuffer.allocate(jpeg.length + body.length + 4);
    b.put(jpeg, 0, 2).put((byte) 0xFF).put((byte) marker).putShort((short) (body.length + 2));
    return b.put(body).put(jpeg, 2, jpeg.length - 2).array();
  }

  @Test
  void exifOrientationIsApplied() throws IOException {
    Path p = folder.resolve("a.jpg");
    ImageFile.write(p, corners(), new ImageFile.Options(8, 1));
    byte[] jpeg = Files.readAllBytes(p);
    // Where the stored right end and lower end (red and green 1) appear: columns, rows; Exif 3.0.
    boolean[][] flips = {
      {false, false}, {true, false}, {true, true}, {false, true},
      {false, false}, {true, false}, {true, true}, {false, true}
    };
    for (int k = 1; k <= 8; k++) {
      ByteBuffer exif = ByteBuffer.allocate(32);
      exif.put("Exif\0\0".getBytes(StandardCharsets.ISO_8859_1));
      if (k % 2 == 0) {
        exif.order(ByteOrder.LITTLE_ENDIAN).put((byte) 'I').put((byte) 'I');
      } else {
        exif.put((byte) 'M').put((byte) 'M');
      }
      exif.putShort((short) 42).putInt(8).putShort((short) 1);
      exif.putShort((short) 0x112).putShort((short) 3).putInt(1).putShort((short) k);
      Image out = ImageFile.read(file("o.jpg", withSegment(jpeg, 0xE1, exif.array())));
      boolean turned = k >= 5;
      assertEquals(turned ? 32 : 48, out.width());
      // Red grows along stored columns, green along stored rows.
      int across = turned ? 1 : 0;
      int down = turned ? 0 : 1;
      boolean acrossReversed = out.at(across, 10, 2) > out.at(across, 10, out.width() - 3);
      boolean downReversed = out.at(down, 2, 10) > out.at(down, out.height() - 3, 10);
      assertEquals(flips[k - 1][0], acrossReversed, "columns of " + k);
      assertEquals(flips[k - 1][1], downReversed, "rows of " + k);
    }
  }

  @Test
  void jpegIsCloseAtFullQuality() {
    int n = 64;
    float[] s = new float[3 * n * n];
    for (int i = 0; i < s.length; i++) {
      s[i] = 0.2f + 0.5f * (i % n) / n + 0.05f * (i % (n * n)) / (n * n);
    }
    Path p = folder.resolve("a.jpg");
    ImageFile.write(p, Image.rgb(n, n, s), new ImageFile.Options(8, 1));
    assertArrayEquals(s, ImageFile.read(p).samples(), 0.01f);
  }

  private static UserError refused(Path p) {
    return assertThrows(UserError.class, () -> ImageFile.read(p));
  }

  @Test
  void cmykJpegIsRefused() throws IOException {
    Path p = folder.resolve("a.jpg");
    ImageFile.write(p, corners());
    byte[] jpeg = Files.readAllBytes(p);
    for (int i = 2; i < jpeg.length; i++) {
      if (jpeg[i - 2] == (byte) 0xFF && jpeg[i - 1] == (byte) 0xC0) {
        jpeg[i + 7] = 4;
        break;
      }
    }
    assertTrue(refused(file("cmyk.jpg", jpeg)).getMessage().contains("CMYK"));
  }

  @ParameterizedTest
  @ValueSource(strings = {"a.png", "a.jpg", "a.hdr"})
  void filesCutShortAreRefused(String name, Random random) throws IOException {
    Path p = folder.resolve(name);
    float[] s = new float[3 * 64 * 64];
    for (int i = 0; i < s.length; i++) {
      s[i] = random.nextFloat();
    }
    ImageFile.write(p, Image.rgb(64, 64, s));
    byte[] whole = Files.readAllBytes(p);
    for (int k = 0; k < 40; k++) {
      int length = k == 0 ? 0 : random.nextInt(whole.length - 2);
      UserError e = refused(file("cut", Arrays.copyOf(whole, length)));
      assertTrue(e.getMessage().startsWith(folder.resolve("cut") + ": "), e.getMessage());
    }
  }

  @ParameterizedTest
  @ValueSource(strings = {"a.png", "a.jpg", "a.hdr"})
  void damagedFilesEndInAPictureOrAUserError(String name, Random random) throws IOException {
    Path p = folder.resolve(name);
    ImageFile.write(p, corners());
    byte[] whole = Files.readAllBytes(p);
    int refusals = 0;
    for (int k = 0; k < 150; k++) {
      byte[] bad = whole.clone();
      for (int i = 0; i <= random.nextInt(4); i++) {
        bad[random.nextInt(bad.length)] = (byte) random.nextInt(256);
      }
      try {
        Image out = ImageFile.read(file("bad", bad));
        assertTrue(out.planeSize() <= ImageFile.MAX_PIXELS);
      } catch (UserError e) {
        refusals++;
      }
    }
    assertTrue(refusals > 0);
  }

  @Test
  void sizesBeyondTheLimitAreRefusedBeforeDecoding() throws IOException {
    byte[] png = png(new int[] {1, 2, 3});
    ByteBuffer.wrap(png).putInt(16, 20000).putInt(20, 20000);
    CRC32 crc = new CRC32();
    crc.update(png, 12, 17);
    ByteBuffer.wrap(png).putInt(29, (int) crc.getValue());
    assertTrue(refused(file("large.png", png)).getMessage().contains("20000×20000"));
    byte[] hdr =
        "#?RADIANCE\nFORMAT=32-bit_rle_rgbe\n\n-Y 900000000 +X 900000000\n"
            .getBytes(StandardCharsets.US_ASCII);
    assertTrue(refused(file("large.hdr", hdr)).getMessage().contains("at most"));
  }

  @Test
  void otherFilesAreNamedForWhatTheyAre() throws IOException {
    assertTrue(refused(folder.resolve("none.png")).getMessage().contains("does not exist"));
    assertTrue(refused(folder).getMessage().contains("folder"));
    assertTrue(refused(file("e.png", new byte[0])).getMessage().contains("empty"));
    byte[] exr = {0x76, 0x2F, 0x31, 0x01, 2, 0, 0, 0};
    Path p = file("x.png", exr);
    assertEquals(ImageFile.Format.OPENEXR, ImageFile.detect(p));
    assertTrue(refused(p).getMessage().contains("OpenEXR"));
    assertTrue(refused(file("t.txt", new byte[] {'h', 'i'})).getMessage().contains("6869"));
    assertThrows(UserError.class, () -> ImageFile.readData(p));
  }

  @Test
  void unsuitableWritesAreRefusedAndLeaveNothing() throws IOException {
    Image rgba = Image.filled(4, 4, ColorSpace.LINEAR_REC709, 1, 1, 1, 1);
    for (String name : List.of("a.jpg", "a.hdr", "a.gif", "a", "none/a.png")) {
      assertThrows(UserError.class, () -> ImageFile.write(folder.resolve(name), rgba));
    }
    try (var files = Files.list(folder)) {
      assertFalse(files.findAny().isPresent());
    }
    ImageFile.write(folder.resolve("a.png"), rgba);
    ImageFile.write(folder.resolve("a.png"), rgba);
    try (var files = Files.list(folder)) {
      assertEquals(1, files.count());
    }
  }

  @Test
  void samplePhotosAndMapsAreRead() throws IOException {
    Path samples = Path.of(System.getProperty("pixelcube.samples", "../shared/data"));
    assumeTrue(Files.isDirectory(samples.resolve("photos")), "no sample data");
    try (var files = Files.list(samples.resolve("photos"))) {
      for (Path p : files.toList()) {
        Image image = ImageFile.read(p);
        assertTrue(image.width() >= 256, p + " is " + image);
        assertFalse(Repaired.of(image).notANumber() > 0);
      }
    }
    Image map = ImageFile.read(samples.resolve("hdri/noon_grass_1k.hdr"));
    assertEquals("Image[3×512×1024 LINEAR_REC709]", map.toString());
    float brightest = 0;
    for (float v : map.samples()) {
      brightest = Math.max(brightest, v);
    }
    assertTrue(brightest > 1000, "the sun has " + brightest);
  }
}
