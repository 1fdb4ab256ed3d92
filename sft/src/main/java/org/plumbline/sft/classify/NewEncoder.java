package org.plumbline.sft.classify;

import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.nio.file.Path;
import java.util.Iterator;
import java.util.List;
import org.plumbline.model.JsonFiles;
import org.plumbline.model.config.TransformerConfig;
import org.plumbline.model.tokenizer.ByteLevelBpeTrainer;
import org.plumbline.model.tokenizer.SpecialNames;
import org.plumbline.model.tokenizer.TextTokenizer;

/** A BERT-type encoder that does not exist yet: its tokenizer and its config. */
final class NewEncoder {
  private static final String PAD = "[PAD]";
  private static final String CLS = "[CLS]";
  private static final String SEP = "[SEP]";
  private static final List<String> SPECIAL = List.of(PAD, "[UNK]", CLS, SEP, "[MASK]");

  private NewEncoder() {}

  /** Trains the tokenizer and writes it with the config of a bare trunk into the folder. */
  static TransformerConfig write(Path folder, NewEncoderConfig size, Iterator<String> texts) {
    ByteLevelBpeTrainer.train(texts, size.vocabSize(), SPECIAL)
        .write(folder, new SpecialNames("", "", PAD));
    frame(folder.resolve("tokenizer.json"));
    ObjectNode config = named(folder.resolve("tokenizer_config.json"));
    ArrayNode inputs = config.putArray("model_input_names");
    List.of("input_ids", "token_type_ids", "attention_mask").forEach(inputs::add);
    JsonFiles.write(folder.resolve("tokenizer_config.json"), config);
    Path map = folder.resolve("special_tokens_map.json");
    JsonFiles.write(map, named(map));
    try (TextTokenizer tokenizer = TextTokenizer.open(folder)) {
      JsonFiles.write(folder.resolve("config.json"), config(size, tokenizer.vocabSize()));
    }
    return TransformerConfig.read(folder);
  }

  /** [CLS] text [SEP], and [CLS] text [SEP] second [SEP] with token types. */
  private static void frame(Path file) {
    ObjectNode tokenizer = JsonFiles.read(file);
    ObjectNode template = tokenizer.putObject("post_processor").put("type", "TemplateProcessing");
    ArrayNode single = template.putArray("single");
    special(single, CLS, 0);
    sequence(single, "A", 0);
    special(single, SEP, 0);
    ArrayNode pair = template.putArray("pair");
    special(pair, CLS, 0);
    sequence(pair, "A", 0);
    special(pair, SEP, 0);
    sequence(pair, "B", 1);
    special(pair, SEP, 1);
    ObjectNode known = template.putObject("special_tokens");
    for (String token : List.of(CLS, SEP)) {
      ObjectNode one = known.putObject(token).put("id", token);
      one.putArray("ids").add(SPECIAL.indexOf(token));
      one.putArray("tokens").add(token);
    }
    JsonFiles.write(file, tokenizer);
  }

  private static void special(ArrayNode template, String token, int type) {
    template.addObject().putObject("SpecialToken").put("id", token).put("type_id", type);
  }

  private static void sequence(ArrayNode template, String name, int type) {
    template.addObject().putObject("Sequence").put("id", name).put("type_id", type);
  }

  private static ObjectNode named(Path file) {
    ObjectNode names = JsonFiles.read(file);
    names.put("unk_token", "[UNK]").put("cls_token", CLS);
    return names.put("sep_token", SEP).put("mask_token", "[MASK]");
  }

  /** The config of a bare trunk. */
  static ObjectNode config(NewEncoderConfig size, int vocabulary) {
    ObjectNode json = JsonFiles.object();
    json.putArray("architectures").add("BertModel");
    json.put("model_type", "bert");
    json.put("vocab_size", vocabulary);
    json.put("hidden_size", size.hiddenSize());
    json.put("intermediate_size", size.mlp());
    json.put("num_hidden_layers", size.layers());
    json.put("num_attention_heads", size.heads());
    json.put("max_position_embeddings", size.maxPositions());
    json.put("type_vocab_size", 2);
    json.put("hidden_act", "gelu");
    json.put("layer_norm_eps", 1e-12);
    json.put("initializer_range", 0.02);
    json.put("hidden_dropout_prob", 0.0);
    json.put("attention_probs_dropout_prob", 0.0);
    json.put("pad_token_id", SPECIAL.indexOf(PAD));
    json.put("tie_word_embeddings", true);
    json.put("dtype", "float32");
    return json;
  }
}
