package org.plumbline.model.config;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.plumbline.model.ModelFormatException;

/** The keys of generation_config.json behind {@link LogitRules} and {@link BeamConfig}. */
final class GenerationRuleKeys {
  private GenerationRuleKeys() {}

  static LogitRules rules(ConfigKeys keys) {
    Map<List<Integer>, Double> biases = new LinkedHashMap<>();
    for (JsonNode pair : entries(keys, "sequence_bias")) {
      if (pair.size() != 2 || !pair.get(1).isNumber()) {
        throw keys.wrong(
            "sequence_bias", pair, "pairs of a list of token ids and a number are needed");
      }
      biases.put(run(keys, "sequence_bias", pair.get(0)), pair.get(1).asDouble());
    }
    List<List<Integer>> badWords = new ArrayList<>();
    for (JsonNode entry : entries(keys, "bad_words_ids")) {
      badWords.add(run(keys, "bad_words_ids", entry));
    }
    Set<Integer> suppressed = new LinkedHashSet<>(keys.ids("suppress_tokens"));
    try {
      return new LogitRules(
          keys.number("typical_p", 1),
          keys.number("epsilon_cutoff", 0),
          keys.number("eta_cutoff", 0),
          count(keys, "no_repeat_ngram_size", 0),
          count(keys, "min_length", 0),
          count(keys, "min_new_tokens", 0),
          suppressed,
          new LinkedHashSet<>(keys.ids("begin_suppress_tokens")),
          badWords,
          biases);
    } catch (IllegalArgumentException e) {
      throw new ModelFormatException(keys.file() + ": " + e.getMessage(), e);
    }
  }

  static BeamConfig beams(ConfigKeys keys) {
    return new BeamConfig(
        keys.positive("num_beams", 1),
        keys.number("length_penalty", 1),
        keys.flag("early_stopping", false));
  }

  /** One text or a list of them. */
  static List<String> texts(ConfigKeys keys, String key) {
    List<String> texts = new ArrayList<>();
    keys.node(key)
        .ifPresent(
            value -> {
              for (JsonNode text : value instanceof ArrayNode list ? list : List.of(value)) {
                if (!text.isTextual() || text.asText().isEmpty()) {
                  throw keys.wrong(key, value, "a text or a list of texts is needed");
                }
                texts.add(text.asText());
              }
            });
    return texts;
  }

  static void put(ObjectNode json, LogitRules rules) {
    if (rules.typicalP() < 1) {
      json.put("typical_p", rules.typicalP());
    }
    if (rules.epsilonCutoff() > 0) {
      json.put("epsilon_cutoff", rules.epsilonCutoff());
    }
    if (rules.etaCutoff() > 0) {
      json.put("eta_cutoff", rules.etaCutoff());
    }
    putCount(json, "no_repeat_ngram_size", rules.noRepeatNgramSize());
    putCount(json, "min_length", rules.minLength());
    putCount(json, "min_new_tokens", rules.minNewTokens());
    putIds(json, "suppress_tokens", rules.suppressTokens());
    putIds(json, "begin_suppress_tokens", rules.beginSuppressTokens());
    if (!rules.badWords().isEmpty()) {
      ArrayNode runs = json.putArray("bad_words_ids");
      rules.badWords().forEach(run -> run.forEach(runs.addArray()::add));
    }
    if (!rules.sequenceBias().isEmpty()) {
      ArrayNode pairs = json.putArray("sequence_bias");
      rules
          .sequenceBias()
          .forEach(
              (run, bias) -> {
                ArrayNode pair = pairs.addArray();
                run.forEach(pair.addArray()::add);
                pair.add(bias);
              });
    }
  }

  static void put(ObjectNode json, BeamConfig beams) {
    if (beams.searches()) {
      json.put("num_beams", beams.beams());
    }
    if (beams.lengthPenalty() != 1) {
      json.put("length_penalty", beams.lengthPenalty());
    }
    if (beams.earlyStopping()) {
      json.put("early_stopping", true);
    }
  }

  private static void putCount(ObjectNode json, String key, int count) {
    if (count > 0) {
      json.put(key, count);
    }
  }

  private static void putIds(ObjectNode json, String key, Set<Integer> ids) {
    if (!ids.isEmpty()) {
      ArrayNode array = json.putArray(key);
      ids.stream().sorted().forEach(array::add);
    }
  }

  private static Iterable<JsonNode> entries(ConfigKeys keys, String key) {
    return keys.node(key)
        .map(
            value -> {
              if (!value.isArray()) {
                throw keys.wrong(key, value, "a list is needed");
              }
              return (Iterable<JsonNode>) value;
            })
        .orElse(List.of());
  }

  private static List<Integer> run(ConfigKeys keys, String key, JsonNode entry) {
    List<Integer> run = new ArrayList<>();
    for (JsonNode id : entry) {
      if (!id.isIntegralNumber() || !id.canConvertToInt()) {
        throw keys.wrong(key, entry, "a list of token ids is needed");
      }
      run.add(id.asInt());
    }
    return run;
  }

  private static int count(ConfigKeys keys, String key, int otherwise) {
    return GenerationConfig.integer(keys, key).orElse(otherwise);
  }
}
