package org.plumbline.model.safetensors;

import java.nio.ByteBuffer;

/** Elements of any {@link DType} to and from Java's numbers; buffers are little-endian. */
final class ElementConversion {
  private ElementConversion() {}

  static float[] toFloats(ByteBuffer data, DType type) {
    float[] values = new float[data.remaining() / type.bytes()];
    if (type == DType.F32) {
      data.asFloatBuffer().get(values);
      return values;
    }
    for (int i = 0; i < values.length; i++) {
      values[i] =
          switch (type) {
            case F64 -> (float) data.getDouble();
            case F16 -> HalfFloats.fromFloat16(data.getShort());
            case BF16 -> HalfFloats.fromBfloat16(data.getShort());
            default -> (float) integer(data, type);
          };
    }
    return values;
  }

  static long[] toLongs(ByteBuffer data, DType type) {
    long[] values = new long[data.remaining() / type.bytes()];
    for (int i = 0; i < values.length; i++) {
      values[i] = integer(data, type);
    }
    return values;
  }

  private static long integer(ByteBuffer data, DType type) {
    return switch (type) {
      case I64 -> data.getLong();
      case I32 -> data.getInt();
      case I16 -> data.getShort();
      case I8 -> data.get();
      case U8 -> Byte.toUnsignedInt(data.get());
      case BOOL -> data.get() == 0 ? 0 : 1;
      default -> throw new IllegalArgumentException(type + " is no integer type");
    };
  }

  /** Appends {@code values[from, to)} to {@code target}. */
  static void put(ByteBuffer target, DType type, float[] values, int from, int to) {
    for (int i = from; i < to; i++) {
      float value = values[i];
      switch (type) {
        case F32 -> target.putFloat(value);
        case F64 -> target.putDouble(value);
        case F16 -> target.putShort(HalfFloats.toFloat16(value));
        case BF16 -> target.putShort(HalfFloats.toBfloat16(value));
        default -> throw new IllegalArgumentException("floats cannot be stored as " + type);
      }
    }
  }
}
