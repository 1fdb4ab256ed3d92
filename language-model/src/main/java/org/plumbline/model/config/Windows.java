package org.plumbline.model.config;

import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/** Which layers see a window of positions only, in the spellings of the families. */
final class Windows {
  private static final String FULL = "full_attention";
  private static final String SLIDING = "sliding_attention";

  private Windows() {}

  /** {@code sliding_window} of all layers alike; an explicit null switches it off: 0. */
  static int one(ConfigKeys keys, int otherwise) {
    return keys.node("sliding_window").isPresent()
        ? keys.positive("sliding_window")
        : keys.isGiven("sliding_window") ? 0 : otherwise;
  }

  /** Layer types where each n-th layer sees all. */
  static List<String> everyNth(int layers, int n) {
    List<String> types = new ArrayList<>();
    for (int layer = 1; layer <= layers; layer++) {
      types.add(layer % n == 0 ? FULL : SLIDING);
    }
    return types;
  }

  /** The windows of layers of these types; 0 where a layer sees all. */
  static List<Integer> of(ConfigKeys keys, List<String> types, int window) {
    List<Integer> windows = new ArrayList<>();
    for (String type : types) {
      if (!type.equals(FULL) && !(type.equals(SLIDING) && window > 0)) {
        throw keys.wrong(
            "layer_types", type, "full_attention, or sliding_attention with a sliding_window");
      }
      windows.add(type.equals(SLIDING) ? window : 0);
    }
    return windows;
  }

  /** Qwen: layers from max_window_layers on slide, unless layer_types says which. */
  static List<Integer> qwen(ConfigKeys keys, int layers) {
    boolean used = keys.flag("use_sliding_window", false);
    int window = keys.positive("sliding_window", 4096);
    int firstSliding = keys.node("max_window_layers").map(value -> value.asInt()).orElse(28);
    boolean sliding = used && keys.node("sliding_window").isPresent();
    Optional<List<String>> types = DecoderSizes.layerTypes(keys, layers);
    List<String> found = new ArrayList<>();
    for (int layer = 0; layer < layers; layer++) {
      found.add(
          types.isPresent()
              ? types.get().get(layer)
              : sliding && layer >= firstSliding ? SLIDING : FULL);
    }
    return of(keys, found, sliding ? window : 0);
  }
}
