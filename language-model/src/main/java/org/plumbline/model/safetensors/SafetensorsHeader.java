package org.plumbline.model.safetensors;

import com.fasterxml.jackson.core.JsonFactory;
import com.fasterxml.jackson.core.JsonParser;
import com.fasterxml.jackson.core.JsonToken;
import com.fasterxml.jackson.core.StreamReadConstraints;
import com.fasterxml.jackson.core.StreamReadFeature;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.plumbline.model.ModelFormatException;

/**
 * The JSON part of a safetensors file, checked as the reference implementation checks it: tensors
 * lie end to end, none overlaps another, and together they fill the data section.
 */
record SafetensorsHeader(Map<String, String> metadata, Map<String, TensorInfo> tensors) {
  static final int MAX_BYTES = 100_000_000;
  private static final String METADATA = "__metadata__";
  private static final int MAX_AXES = 64;
  private static final ObjectMapper JSON =
      new ObjectMapper(
          JsonFactory.builder()
              .enable(StreamReadFeature.STRICT_DUPLICATE_DETECTION)
              .streamReadConstraints(
                  StreamReadConstraints.builder()
                      .maxNestingDepth(8)
                      .maxNumberLength(32)
                      .maxDocumentLength(MAX_BYTES)
                      .build())
              .build());

  static SafetensorsHeader parse(Path file, byte[] json, long dataBytes) {
    Map<String, String> metadata = new LinkedHashMap<>();
    List<TensorInfo> tensors = new ArrayList<>();
    if (json.length == 0 || json[0] != '{') {
      throw broken(file, "the header does not begin with '{'");
    }
    try (JsonParser parser = JSON.createParser(json)) {
      parser.nextToken();
      while (parser.nextToken() == JsonToken.FIELD_NAME) {
        String name = parser.currentName();
        parser.nextToken();
        JsonNode value = JSON.readTree(parser);
        if (name.equals(METADATA)) {
          value.properties().forEach(e -> metadata.put(e.getKey(), e.getValue().asText()));
        } else {
          tensors.add(tensor(file, name, value, dataBytes));
        }
      }
      if (parser.currentToken() != JsonToken.END_OBJECT || parser.nextToken() != null) {
        throw broken(file, "the header is not one JSON object");
      }
    } catch (IOException e) {
      throw new ModelFormatException(
          "%s: the safetensors header is not valid JSON (%s). Damaged or not a safetensors file?"
              .formatted(file, firstLine(e)),
          e);
    }
    return new SafetensorsHeader(metadata, ordered(file, tensors, dataBytes));
  }

  private static TensorInfo tensor(Path file, String name, JsonNode entry, long dataBytes) {
    JsonNode dtype = entry.path("dtype");
    JsonNode shape = entry.path("shape");
    JsonNode offsets = entry.path("data_offsets");
    if (!dtype.isTextual() || !shape.isArray() || !offsets.isArray() || offsets.size() != 2) {
      throw broken(file, "tensor \"%s\" needs dtype, shape and two data_offsets".formatted(name));
    }
    if (shape.size() > MAX_AXES) {
      throw broken(file, "tensor \"%s\" has %d axes".formatted(name, shape.size()));
    }
    long[] sizes = new long[shape.size()];
    for (int axis = 0; axis < sizes.length; axis++) {
      sizes[axis] = count(file, name, "shape", shape.get(axis));
    }
    long begin = count(file, name, "data_offsets", offsets.get(0));
    long end = count(file, name, "data_offsets", offsets.get(1));
    if (begin > end || end > dataBytes) {
      throw broken(
          file,
          "tensor \"%s\" lies at bytes %d to %d, but the file holds %d bytes of data"
              .formatted(name, begin, end, dataBytes));
    }
    TensorSpec spec = new TensorSpec(name, type(file, name, dtype.asText()), sizes);
    checkLength(file, spec, end - begin);
    return new TensorInfo(spec, begin, end);
  }

  private static DType type(Path file, String name, String dtype) {
    try {
      return DType.of(dtype);
    } catch (ModelFormatException e) {
      throw new ModelFormatException(
          "%s: tensor \"%s\": %s".formatted(file, name, e.getMessage()), e);
    }
  }

  private static void checkLength(Path file, TensorSpec spec, long found) {
    long needed;
    try {
      needed = spec.bytes();
    } catch (ArithmeticException e) {
      throw new ModelFormatException(
          "%s: the shape of %s does not fit any memory; the file is damaged".formatted(file, spec),
          e);
    }
    if (needed != found) {
      throw broken(
          file, "%s needs %d bytes, its data_offsets span %d".formatted(spec, needed, found));
    }
  }

  private static long count(Path file, String name, String key, JsonNode value) {
    if (!value.isIntegralNumber() || !value.canConvertToLong() || value.asLong() < 0) {
      throw broken(file, "tensor \"%s\" has %s in %s".formatted(name, value, key));
    }
    return value.asLong();
  }

  private static Map<String, TensorInfo> ordered(
      Path file, List<TensorInfo> tensors, long dataBytes) {
    tensors.sort(Comparator.comparingLong(TensorInfo::begin).thenComparingLong(TensorInfo::end));
    Map<String, TensorInfo> ordered = new LinkedHashMap<>();
    long position = 0;
    for (TensorInfo tensor : tensors) {
      if (tensor.begin() != position) {
        throw broken(
            file,
            "tensor \"%s\" begins at byte %d where %d is due: tensors overlap or leave a hole"
                .formatted(tensor.name(), tensor.begin(), position));
      }
      position = tensor.end();
      ordered.put(tensor.name(), tensor);
    }
    if (position != dataBytes) {
      throw broken(
          file,
          "the header describes %d bytes of data, the file holds %d"
              .formatted(position, dataBytes));
    }
    return ordered;
  }

  private static String firstLine(IOException e) {
    return String.valueOf(e.getMessage()).lines().findFirst().orElse("unreadable");
  }

  private static ModelFormatException broken(Path file, String what) {
    return new ModelFormatException(
        "%s is not a sound safetensors file: %s. Truncated or damaged while copying?"
            .formatted(file, what));
  }
}
