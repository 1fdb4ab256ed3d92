package org.plumbline.model.quantization;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.IOException;
import java.io.InputStream;
import org.junit.jupiter.api.Test;

/** Both codes, bit for bit as bitsandbytes makes them; the file says with what. */
class DynamicCodeTest {
  @Test
  void bothCodesAreThoseOfBitsandbytes() throws IOException {
    try (InputStream file = DynamicCodeTest.class.getResourceAsStream("dynamic_maps.json")) {
      JsonNode wanted = new ObjectMapper().readTree(file);
      assertThat(DynamicCode.signed()).isEqualTo(floats(wanted.path("signed")));
      assertThat(DynamicCode.unsigned()).isEqualTo(floats(wanted.path("unsigned")));
    }
  }

  private static float[] floats(JsonNode list) {
    float[] values = new float[list.size()];
    for (int i = 0; i < values.length; i++) {
      values[i] = Float.parseFloat(list.get(i).asText());
    }
    return values;
  }

  @Test
  void boundsLieBetweenNeighbours() {
    float[] levels = DynamicCode.unsigned();
    float[] bounds = DynamicCode.bounds(levels);
    assertThat(bounds).hasSize(255);
    for (int i = 0; i < bounds.length; i++) {
      assertThat(bounds[i]).isBetween(levels[i], levels[i + 1]);
    }
  }
}
