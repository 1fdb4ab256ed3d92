package org.plumbline.model.config;

import java.util.Optional;
import org.plumbline.model.quantization.Scheme;

/**
 * The key {@code quantization_config}. Which weights are packed, and how, their tensors say; here
 * only kinds that are not read are refused.
 */
final class QuantizationKeys {
  static final String KEY = "quantization_config";

  /** Ours: fingerprint of the weights before they were packed. */
  static final String BASE_SHA256 = "base_sha256";

  private static final String READ =
      "read are folders without quantisation and those of bitsandbytes (nf4, fp4, int8)";
  private static final String[] HARMLESS = {
    "_load_in_4bit",
    "_load_in_8bit",
    BASE_SHA256,
    "bnb_4bit_compute_dtype",
    "bnb_4bit_quant_storage",
    "bnb_4bit_use_double_quant",
    "llm_int8_enable_fp32_cpu_offload",
    "llm_int8_has_fp16_weight",
    "llm_int8_skip_modules",
    "llm_int8_threshold"
  };

  private QuantizationKeys() {}

  static void read(ConfigKeys keys) {
    Optional<ConfigKeys> found = keys.object(KEY);
    if (found.isEmpty()) {
      return;
    }
    ConfigKeys inner = found.get();
    String method = inner.text("quant_method").orElse("absent");
    boolean four = inner.flag("load_in_4bit", false);
    boolean eight = inner.flag("load_in_8bit", false);
    if (!method.equals("bitsandbytes") && !(method.equals("absent") && (four || eight))) {
      throw inner.wrong("quant_method", method, READ);
    }
    String type = inner.text("bnb_4bit_quant_type").orElse(Scheme.FP4.label());
    if (four && Scheme.of(type).filter(Scheme::fourBit).isEmpty()) {
      throw inner.wrong("bnb_4bit_quant_type", type, READ);
    }
    inner.ignore(HARMLESS);
    inner.finish();
  }
}
