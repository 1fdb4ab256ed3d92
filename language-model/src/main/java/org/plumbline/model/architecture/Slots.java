package org.plumbline.model.architecture;

import java.util.LinkedHashMap;
import java.util.Map;
import org.plumbline.model.config.Normalization;
import org.plumbline.model.config.Role;
import org.plumbline.model.config.TransformerConfig;

/** Places in the kernels' list of a layer's arrays, beside those of the {@link Site}s. */
final class Slots {
  /** Of most families. */
  private static final int PLAIN = 20;

  /** Of families with the extra norms or experts, whose calls carry more arrays. */
  private static final int RICH = 27;

  static final int EXPERTS_UP = 25;
  static final int EXPERTS_DOWN = 26;

  /** From the end of a family's own: places that adapters ask for. */
  static final int OUTPUT_FACTORS = 0;

  static final int INPUT_FACTORS = 4;
  static final int AFTER_ATTENTION = 8;
  static final int AFTER_MLP = 13;
  static final int PREFIX = 18;

  /** How many these are. */
  static final int MORE = 20;

  /** From there on, of a packed base: three parts a site, four arrays a part, then tables. */
  static final int PARTS = 3;

  static final int ARRAYS = 4;
  static final int TABLES = MORE + 4 * PARTS * ARRAYS;

  /** How many there are with these. */
  static final int PACKED = TABLES + 3;

  /** Weights; the bias of the first two follows in the next place. */
  static final Map<Role, Integer> SINGLE = single();

  private Slots() {}

  private static Map<Role, Integer> single() {
    Map<Role, Integer> places = new LinkedHashMap<>();
    places.put(Role.ATTENTION_NORM, 0);
    places.put(Role.MLP_NORM, 10);
    places.put(Role.QUERY_NORM, 20);
    places.put(Role.KEY_NORM, 21);
    places.put(Role.POST_ATTENTION_NORM, 22);
    places.put(Role.POST_MLP_NORM, 23);
    places.put(Role.ROUTER, 24);
    return places;
  }

  /** Arrays per layer. */
  static int of(TransformerConfig config) {
    boolean rich =
        config.attention().queryKeyNorm()
            || config.norm().placement() == Normalization.Placement.AROUND
            || config.experts().isPresent();
    return rich ? RICH : PLAIN;
  }
}
