package org.plumbline.data.agreement;

import java.util.LinkedHashMap;
import java.util.Map;

/** How many gold items an annotator answered rightly. */
public record GoldScore(int right, int items) {
  private static final double Z = 1.959963984540054; // 95 %, two-sided

  /** Share answered rightly. */
  public double share() {
    return (double) right / items;
  }

  /** Lower end of Wilson's 95 % interval. */
  public double lower() {
    return centre() - half();
  }

  /** Upper end of Wilson's 95 % interval. */
  public double upper() {
    return centre() + half();
  }

  private double centre() {
    return (share() + Z * Z / (2 * items)) / (1 + Z * Z / items);
  }

  private double half() {
    return Z
        / (1 + Z * Z / items)
        * Math.sqrt(share() * (1 - share()) / items + Z * Z / (4.0 * items * items));
  }

  Map<String, Object> toJson() {
    Map<String, Object> json = new LinkedHashMap<>();
    json.put("right", right);
    json.put("items", items);
    json.put("share", share());
    json.put("lower", lower());
    json.put("upper", upper());
    return json;
  }
}
