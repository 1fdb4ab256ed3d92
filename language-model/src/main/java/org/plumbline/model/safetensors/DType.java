package org.plumbline.model.safetensors;

import java.util.Arrays;
import org.plumbline.model.ModelFormatException;

/** Element types of a safetensors file, under the names used in its header. */
public enum DType {
  F64(8, "float64"),
  F32(4, "float32"),
  F16(2, "float16"),
  BF16(2, "bfloat16"),
  I64(8, "int64"),
  I32(4, "int32"),
  I16(2, "int16"),
  I8(1, "int8"),
  U8(1, "uint8"),
  BOOL(1, "bool");

  private final int bytes;
  private final String torchName;

  DType(int bytes, String torchName) {
    this.bytes = bytes;
    this.torchName = torchName;
  }

  /** Size of one element. */
  public int bytes() {
    return bytes;
  }

  /** The name used in config.json, such as {@code bfloat16}. */
  public String torchName() {
    return torchName;
  }

  public boolean isFloat() {
    return this == F64 || this == F32 || this == F16 || this == BF16;
  }

  /** By the header's name, such as {@code BF16}. */
  public static DType of(String name) {
    return Arrays.stream(values())
        .filter(type -> type.name().equals(name))
        .findFirst()
        .orElseThrow(
            () ->
                new ModelFormatException(
                    "dtype is \"%s\"; supported: %s".formatted(name, Arrays.toString(values()))));
  }

  /** By torch's name, with or without the prefix {@code torch.}. */
  public static DType ofTorchName(String name) {
    String plain = name.startsWith("torch.") ? name.substring("torch.".length()) : name;
    return switch (plain) {
      case "float" -> F32;
      case "half" -> F16;
      default ->
          Arrays.stream(values())
              .filter(type -> type.torchName.equals(plain))
              .findFirst()
              .orElseThrow(
                  () ->
                      new ModelFormatException(
                          "dtype is \"%s\"; supported: %s"
                              .formatted(
                                  name, Arrays.stream(values()).map(DType::torchName).toList())));
    };
  }
}
