package org.plumbline.model.tokenizer;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import org.plumbline.model.JsonFiles;
import org.plumbline.model.ModelFormatException;

/** The tokens that tokenizer_config.json or special_tokens_map.json names; any may be absent. */
public record SpecialTokens(
    Optional<SpecialToken> bos,
    Optional<SpecialToken> eos,
    Optional<SpecialToken> pad,
    Optional<SpecialToken> unknown,
    Optional<SpecialToken> mask) {

  static SpecialTokens read(Path folder, Vocabulary vocabulary) {
    List<Path> files =
        List.of(folder.resolve("tokenizer_config.json"), folder.resolve("special_tokens_map.json"));
    List<ObjectNode> sources =
        files.stream().filter(Files::isRegularFile).map(JsonFiles::read).toList();
    return new SpecialTokens(
        find(folder, sources, vocabulary, "bos_token"),
        find(folder, sources, vocabulary, "eos_token"),
        find(folder, sources, vocabulary, "pad_token"),
        find(folder, sources, vocabulary, "unk_token"),
        find(folder, sources, vocabulary, "mask_token"));
  }

  /** A token is a string, or an object whose content is the string. */
  private static Optional<SpecialToken> find(
      Path folder, List<ObjectNode> sources, Vocabulary vocabulary, String key) {
    for (ObjectNode source : sources) {
      JsonNode value = source.path(key);
      String text = value.isObject() ? value.path("content").asText("") : value.asText("");
      if (!value.isNull() && !text.isEmpty()) {
        int id =
            vocabulary
                .idOf(text)
                .orElseThrow(
                    () ->
                        new ModelFormatException(
                            "%s: %s is \"%s\", which tokenizer.json does not hold. Mixed files?"
                                .formatted(folder, key, text)));
        return Optional.of(new SpecialToken(text, id));
      }
    }
    return Optional.empty();
  }
}
