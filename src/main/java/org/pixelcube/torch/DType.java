package org.pixelcube.torch;

import java.util.Optional;
import java.util.stream.Stream;
import org.bytedeco.pytorch.global.torch.ScalarType;

/** The kind of numbers in a tensor, with its name in safetensors files. */
public enum DType {
  /** IEEE 754 binary64. */
  F64(ScalarType.Double, 8, "F64"),
  /** IEEE 754 binary32, what everything is computed in unless said otherwise. */
  F32(ScalarType.Float, 4, "F32"),
  /** IEEE 754 binary16: for storage; no processor here computes with it at a useful speed. */
  F16(ScalarType.Half, 2, "F16"),
  /** The upper half of a binary32. */
  BF16(ScalarType.BFloat16, 2, "BF16"),
  I64(ScalarType.Long, 8, "I64"),
  I32(ScalarType.Int, 4, "I32"),
  I16(ScalarType.Short, 2, "I16"),
  I8(ScalarType.Char, 1, "I8"),
  U8(ScalarType.Byte, 1, "U8"),
  BOOL(ScalarType.Bool, 1, "BOOL");

  private final ScalarType scalarType;
  private final int bytes;
  private final String safetensorsName;

  DType(ScalarType scalarType, int bytes, String safetensorsName) {
    this.scalarType = scalarType;
    this.bytes = bytes;
    this.safetensorsName = safetensorsName;
  }

  /** Bytes of one number. */
  public int bytes() {
    return bytes;
  }

  /** Whether numbers of this kind have a fraction, and so can have gradients. */
  public boolean isFloatingPoint() {
    return this == F64 || this == F32 || this == F16 || this == BF16;
  }

  /** The name in the header of a safetensors file. */
  public String safetensorsName() {
    return safetensorsName;
  }

  /** The kind with that name in a safetensors file, if it is one we can hold. */
  public static Optional<DType> ofSafetensors(String name) {
    return Stream.of(values()).filter(type -> type.safetensorsName.equals(name)).findFirst();
  }

  ScalarType scalarType() {
    return scalarType;
  }

  static DType of(ScalarType type) {
    // What native code returns is another object than the constant until it is interned.
    ScalarType interned = type.intern();
    for (DType candidate : values()) {
      if (candidate.scalarType == interned) {
        return candidate;
      }
    }
    throw new IllegalArgumentException("no DType for " + interned);
  }
}
