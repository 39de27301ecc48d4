package org.pixelcube.video;

import org.pixelcube.color.TransferFunction;

/**
 * What the code values of a clip mean (the code points of ITU-T H.273), after assumptions for what
 * the file leaves out.
 *
 * <p>Untagged video is read by the usual rule: luma matrix BT.709 from 1280 columns or more than
 * 576 lines upwards, BT.601 below; limited range, except JPEG; primaries BT.709; SDR. RGB is full
 * range.
 *
 * @param primaries the colours of red, green and blue
 * @param transfer the curve between linear light and code values
 * @param matrix how luma and chroma are made from R'G'B'
 * @param range whether black and white lie at the ends of the code range
 * @param assumed true if the file left at least one of the four out
 */
public record ColorTags(
    Primaries primaries, Transfer transfer, Matrix matrix, Range range, boolean assumed) {
  /** What is written by default: BT.709, SDR, limited range. */
  public static final ColorTags REC709 =
      new ColorTags(Primaries.BT709, Transfer.SDR, Matrix.BT709, Range.LIMITED, false);

  /** HDR10's colours: BT.2020, SMPTE ST 2084 (PQ), limited range. */
  public static final ColorTags REC2100_PQ =
      new ColorTags(Primaries.BT2020, Transfer.PQ, Matrix.BT2020, Range.LIMITED, false);

  /** BT.2020 with hybrid log-gamma, limited range. */
  public static final ColorTags REC2100_HLG =
      new ColorTags(Primaries.BT2020, Transfer.HLG, Matrix.BT2020, Range.LIMITED, false);

  /** Sets of red, green and blue, all with D65 white. */
  public enum Primaries {
    BT709(1),
    /** BT.601 with 525 lines, SMPTE 170M. */
    BT601_525(6),
    /** BT.601 with 625 lines, BT.470 BG. */
    BT601_625(5),
    /** Display P3, SMPTE EG 432-1; also stands for DCI-P3 with its own white. */
    P3_D65(12),
    BT2020(9);

    final int code;

    Primaries(int code) {
      this.code = code;
    }

    /** The chromaticities. */
    public org.pixelcube.color.Primaries chromaticities() {
      return switch (this) {
        case BT709 -> org.pixelcube.color.Primaries.BT709;
        case BT601_525 -> org.pixelcube.color.Primaries.BT601_525;
        case BT601_625 -> org.pixelcube.color.Primaries.BT601_625;
        case P3_D65 -> org.pixelcube.color.Primaries.P3_D65;
        case BT2020 -> org.pixelcube.color.Primaries.BT2020;
      };
    }

    static Primaries of(int code) {
      return switch (code) {
        case 5 -> BT601_625;
        case 6, 7 -> BT601_525;
        case 9 -> BT2020;
        case 11, 12 -> P3_D65;
        default -> BT709;
      };
    }
  }

  /** Curves between linear light and code values. */
  public enum Transfer {
    /**
     * Standard dynamic range, whichever of the BT.709, BT.601, BT.2020, gamma or sRGB tags the file
     * has: the sRGB curve both ways (docs/adr/0004). 1.0 is the white code.
     */
    SDR(1, TransferFunction.SRGB),
    /** Linear light, as in OpenEXR. */
    LINEAR(8, TransferFunction.LINEAR),
    /** SMPTE ST 2084; 1.0 is 203 cd/m² (BT.2408 reference white). */
    PQ(16, TransferFunction.PQ),
    /** Hybrid log-gamma (BT.2100) as shown at 1000 cd/m²; 1.0 is the light at signal 0.75. */
    HLG(18, TransferFunction.HLG);

    final int code;
    final TransferFunction curve;

    Transfer(int code, TransferFunction curve) {
      this.code = code;
      this.curve = curve;
    }

    static Transfer of(int code) {
      return switch (code) {
        case 8 -> LINEAR;
        case 16 -> PQ;
        case 18 -> HLG;
        default -> SDR;
      };
    }
  }

  /** How luma and chroma are made from R'G'B'. */
  public enum Matrix {
    RGB(0, 0, 0),
    BT709(1, 0.2126, 0.0722),
    FCC(4, 0.30, 0.11),
    BT601(6, 0.299, 0.114),
    SMPTE240M(7, 0.212, 0.087),
    /** Non-constant luminance. */
    BT2020(9, 0.2627, 0.0593);

    final int code;

    /** Luma weight of red and of blue; green has the rest. */
    final double kr;

    final double kb;

    Matrix(int code, double kr, double kb) {
      this.code = code;
      this.kr = kr;
      this.kb = kb;
    }

    static Matrix of(int code, int width, int height) {
      return switch (code) {
        case 1 -> BT709;
        case 4 -> FCC;
        case 5, 6 -> BT601;
        case 7 -> SMPTE240M;
        case 9, 10 -> BT2020;
        default -> width >= 1280 || height > 576 ? BT709 : BT601;
      };
    }
  }

  /** Whether black and white lie at the ends of the code range. */
  public enum Range {
    /** 8-bit black 16, white 235, chroma 16 to 240. */
    LIMITED(1),
    FULL(2);

    final int code;

    Range(int code) {
      this.code = code;
    }
  }
}
