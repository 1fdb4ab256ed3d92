package org.plumbline.model.tokenizer;

import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.plumbline.model.JsonFiles;
import org.plumbline.model.ModelFormatException;

/** Gives a folder's tokenizer new special tokens, as transformers' add_special_tokens does. */
public final class TokenAdder {
  private TokenAdder() {}

  /**
   * Writes the tokenizer's files into another folder with these tokens added behind all others;
   * tokens that it has already stay as they are.
   *
   * @return the tokens that are new
   * @throws ModelFormatException for an empty token
   */
  public static List<String> add(TextTokenizer tokenizer, List<String> tokens, Path target) {
    tokenizer.copyFiles(target);
    List<String> added = new ArrayList<>();
    for (String token : tokens) {
      if (token.isBlank()) {
        throw new ModelFormatException("new_tokens holds a blank token; give each a text");
      }
      if (tokenizer.idOf(token).isEmpty() && !added.contains(token)) {
        added.add(token);
      }
    }
    if (added.isEmpty()) {
      return added;
    }
    ObjectNode json = JsonFiles.read(target.resolve("tokenizer.json"));
    ArrayNode list = json.withArray("added_tokens");
    Path configFile = target.resolve("tokenizer_config.json");
    ObjectNode config =
        Files.isRegularFile(configFile) ? JsonFiles.read(configFile) : JsonFiles.object();
    for (int i = 0; i < added.size(); i++) {
      int id = tokenizer.vocabSize() + i;
      describe(list.addObject().put("id", id), added.get(i));
      if (config.has("added_tokens_decoder")) {
        ObjectNode decoder = (ObjectNode) config.get("added_tokens_decoder");
        describe(decoder.putObject(Integer.toString(id)), added.get(i));
      }
    }
    if (!config.path("additional_special_tokens").isArray()) {
      config.putArray("additional_special_tokens");
    }
    ArrayNode special = (ArrayNode) config.get("additional_special_tokens");
    added.forEach(special::add);
    JsonFiles.write(target.resolve("tokenizer.json"), json);
    JsonFiles.write(configFile, config);
    return added;
  }

  private static void describe(ObjectNode entry, String token) {
    entry
        .put("content", token)
        .put("single_word", false)
        .put("lstrip", false)
        .put("rstrip", false)
        .put("normalized", false)
        .put("special", true);
  }
}
