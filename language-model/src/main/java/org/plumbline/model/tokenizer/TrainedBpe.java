package org.plumbline.model.tokenizer;

import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.nio.file.Path;
import java.util.List;
import org.plumbline.model.AtomicFile;
import org.plumbline.model.JsonFiles;

/**
 * A trained byte-level BPE.
 *
 * @param tokens by id; bytes are spelled by their printable stand-ins
 * @param merges in order of rank
 */
public record TrainedBpe(List<String> tokens, List<Merge> merges, List<String> specialTokens) {
  private static final String CHAT_ML =
      "{% for message in messages %}"
          + "{{ '<|im_start|>' + message['role'] + '\\n' + message['content'] + '<|im_end|>\\n' }}"
          + "{% endfor %}"
          + "{% if add_generation_prompt %}{{ '<|im_start|>assistant\\n' }}{% endif %}";
  private static final int NO_LIMIT = 1_000_000;

  public TrainedBpe {
    tokens = List.copyOf(tokens);
    merges = List.copyOf(merges);
    specialTokens = List.copyOf(specialTokens);
  }

  /**
   * Writes the tokenizer's files as Hugging Face tokenizers and transformers load them, with the
   * ChatML template where the special tokens are ChatML's.
   */
  public void write(Path folder, SpecialNames names) {
    JsonFiles.write(folder.resolve("tokenizer.json"), tokenizerJson());
    ObjectNode config = JsonFiles.object();
    config.put("tokenizer_class", "PreTrainedTokenizerFast");
    config.put("clean_up_tokenization_spaces", false);
    config.put("model_max_length", NO_LIMIT);
    putNames(config, names);
    ObjectNode decoder = config.putObject("added_tokens_decoder");
    for (int id = 0; id < specialTokens.size(); id++) {
      describe(decoder.putObject(Integer.toString(id)), specialTokens.get(id));
    }
    if (specialTokens.containsAll(SpecialNames.CHAT_ML)) {
      config.put("chat_template", CHAT_ML);
      AtomicFile.writeText(folder.resolve("chat_template.jinja"), CHAT_ML);
    }
    JsonFiles.write(folder.resolve("tokenizer_config.json"), config);
    ObjectNode map = JsonFiles.object();
    putNames(map, names);
    JsonFiles.write(folder.resolve("special_tokens_map.json"), map);
  }

  private void putNames(ObjectNode target, SpecialNames names) {
    putName(target, "bos_token", names.bos());
    putName(target, "eos_token", names.eos());
    putName(target, "pad_token", names.pad());
  }

  private void putName(ObjectNode target, String key, String token) {
    if (!token.isEmpty()) {
      if (!specialTokens.contains(token)) {
        throw new IllegalArgumentException(
            "%s is \"%s\", which is none of the special tokens %s"
                .formatted(key, token, specialTokens));
      }
      target.put(key, token);
    }
  }

  private static ObjectNode describe(ObjectNode target, String token) {
    return target
        .put("content", token)
        .put("lstrip", false)
        .put("normalized", false)
        .put("rstrip", false)
        .put("single_word", false)
        .put("special", true);
  }

  private ObjectNode tokenizerJson() {
    ObjectNode root = JsonFiles.object();
    root.put("version", "1.0");
    root.putNull("truncation");
    root.putNull("padding");
    ArrayNode added = root.putArray("added_tokens");
    for (int id = 0; id < specialTokens.size(); id++) {
      describe(added.addObject().put("id", id), specialTokens.get(id));
    }
    root.putNull("normalizer");
    byteLevel(root.putObject("pre_tokenizer"), false, true);
    byteLevel(root.putObject("post_processor"), true, false);
    byteLevel(root.putObject("decoder"), true, true);
    ObjectNode model = root.putObject("model").put("type", "BPE");
    model.putNull("dropout");
    model.putNull("unk_token");
    model.putNull("continuing_subword_prefix");
    model.putNull("end_of_word_suffix");
    model.put("fuse_unk", false).put("byte_fallback", false).put("ignore_merges", false);
    ObjectNode vocabulary = model.putObject("vocab");
    for (int id = 0; id < tokens.size(); id++) {
      vocabulary.put(tokens.get(id), id);
    }
    ArrayNode rules = model.putArray("merges");
    merges.forEach(merge -> rules.add(merge.left() + " " + merge.right()));
    return root;
  }

  private static void byteLevel(ObjectNode target, boolean prefixSpace, boolean trimOffsets) {
    target
        .put("type", "ByteLevel")
        .put("add_prefix_space", prefixSpace)
        .put("trim_offsets", trimOffsets)
        .put("use_regex", true);
  }
}
