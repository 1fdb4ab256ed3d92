package org.plumbline.model.config;

import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import java.util.OptionalDouble;
import java.util.OptionalInt;
import java.util.Set;
import org.plumbline.model.JsonFiles;
import org.plumbline.model.ModelFormatException;

/**
 * What generation_config.json says; empty where it is silent. Plumbline's own defaults are
 * temperature 1 and no filter, unlike transformers' top_k of 50.
 *
 * @param doSample written false, it asks for the likeliest token each time
 * @param rules none where the file is silent
 * @param beams one where the file is silent
 * @param stopStrings texts of which any ends a reply
 */
public record GenerationConfig(
    SpecialIds specialIds,
    OptionalDouble temperature,
    OptionalInt topK,
    OptionalDouble topP,
    OptionalDouble minP,
    OptionalDouble repetitionPenalty,
    OptionalInt maxNewTokens,
    Optional<Boolean> doSample,
    LogitRules rules,
    BeamConfig beams,
    List<String> stopStrings) {
  private static final String FILE = "generation_config.json";

  public GenerationConfig {
    stopStrings = List.copyOf(stopStrings);
  }

  /** Only the special ids are known. */
  public static GenerationConfig of(SpecialIds ids) {
    return new GenerationConfig(
        ids,
        OptionalDouble.empty(),
        OptionalInt.empty(),
        OptionalDouble.empty(),
        OptionalDouble.empty(),
        OptionalDouble.empty(),
        OptionalInt.empty(),
        Optional.empty(),
        LogitRules.NONE,
        BeamConfig.NONE,
        List.of());
  }

  /**
   * Reads the folder's generation_config.json; ids it leaves out, and all where it is absent, come
   * from config.json.
   *
   * @throws ModelFormatException for a key that asks for another way to generate than there is
   */
  public static GenerationConfig read(Path folder, TransformerConfig config) {
    Path file = folder.resolve(FILE);
    if (!Files.isRegularFile(file)) {
      return of(config.specialIds());
    }
    ConfigKeys keys = new ConfigKeys(file, JsonFiles.read(file));
    refuseOtherWays(keys);
    SpecialIds fallback = config.specialIds();
    OptionalInt bos = keys.id("bos_token_id");
    OptionalInt pad = keys.id("pad_token_id");
    List<Integer> eos = keys.ids("eos_token_id");
    SpecialIds ids =
        new SpecialIds(
            bos.isPresent() ? bos : fallback.bos(),
            eos.isEmpty() ? fallback.eos() : eos,
            pad.isPresent() ? pad : fallback.pad());
    return new GenerationConfig(
        ids,
        number(keys, "temperature"),
        integer(keys, "top_k"),
        number(keys, "top_p"),
        number(keys, "min_p"),
        number(keys, "repetition_penalty"),
        integer(keys, "max_new_tokens"),
        keys.node("do_sample").map(value -> keys.flag("do_sample", false)),
        GenerationRuleKeys.rules(keys),
        GenerationRuleKeys.beams(keys),
        GenerationRuleKeys.texts(keys, "stop_strings"));
  }

  /** Keys outside this list and those read are the concern of other programs. */
  private static void refuseOtherWays(ConfigKeys keys) {
    keys.mustBeOff("num_beam_groups", 1);
    keys.mustBeOff("diversity_penalty", 0);
    keys.mustBeOff("guidance_scale", 1);
    for (String key : List.of("penalty_alpha", "force_words_ids", "watermarking_config")) {
      keys.mustBeAbsent(key);
    }
  }

  private static OptionalDouble number(ConfigKeys keys, String key) {
    return keys.node(key).isPresent()
        ? OptionalDouble.of(keys.number(key))
        : OptionalDouble.empty();
  }

  static OptionalInt integer(ConfigKeys keys, String key) {
    Optional<Integer> value =
        keys.node(key)
            .map(
                node -> {
                  if (!node.isIntegralNumber() || node.asInt() < 0) {
                    throw keys.wrong(key, node, "an integer, 0 or more, is needed");
                  }
                  return node.asInt();
                });
    return value.isPresent() ? OptionalInt.of(value.get()) : OptionalInt.empty();
  }

  /** Ids of which any ends a text. */
  public List<Integer> eos() {
    return specialIds.eos();
  }

  /** The same with these ids as the ends of a text. */
  public GenerationConfig withStops(Set<Integer> stops) {
    SpecialIds ids =
        new SpecialIds(specialIds.bos(), stops.stream().sorted().toList(), specialIds.pad());
    return new GenerationConfig(
        ids,
        temperature,
        topK,
        topP,
        minP,
        repetitionPenalty,
        maxNewTokens,
        doSample,
        rules,
        beams,
        stopStrings);
  }

  /** 0 where the file says {@code do_sample: false}, else its temperature, else the one given. */
  public double samplingTemperature(double otherwise) {
    return doSample.orElse(true) ? temperature.orElse(otherwise) : 0;
  }

  /** Writes generation_config.json, readable by transformers. */
  public void write(Path folder) {
    ObjectNode json = JsonFiles.object();
    ConfigKeys.putSpecialIds(json, specialIds);
    doSample.ifPresent(value -> json.put("do_sample", value));
    temperature.ifPresent(value -> json.put("temperature", value));
    topK.ifPresent(value -> json.put("top_k", value));
    topP.ifPresent(value -> json.put("top_p", value));
    minP.ifPresent(value -> json.put("min_p", value));
    repetitionPenalty.ifPresent(value -> json.put("repetition_penalty", value));
    maxNewTokens.ifPresent(value -> json.put("max_new_tokens", value));
    GenerationRuleKeys.put(json, rules);
    GenerationRuleKeys.put(json, beams);
    if (!stopStrings.isEmpty()) {
      ArrayNode texts = json.putArray("stop_strings");
      stopStrings.forEach(texts::add);
    }
    JsonFiles.write(folder.resolve(FILE), json);
  }
}
