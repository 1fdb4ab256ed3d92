package org.plumbline.model.chat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.plumbline.model.AtomicFile;
import org.plumbline.model.JsonFiles;
import org.plumbline.model.ModelFormatException;
import org.plumbline.model.chat.jinja.JinjaTemplate;
import org.plumbline.model.chat.jinja.TemplateException;

/**
 * Jinja templates as a folder holds them, and the variables that go with them.
 *
 * @param plain for conversations without tools
 * @param withTools for those with tools, where the folder has a template of its own for them
 * @param variables names and texts of special tokens, such as bos_token
 */
record TemplateSource(
    JinjaTemplate plain, Optional<JinjaTemplate> withTools, ObjectNode variables) {
  private static final String CONFIG = "tokenizer_config.json";
  private static final String FILE = "chat_template.jinja";
  private static final String KEY = "chat_template";
  private static final String DEFAULT = "default";
  private static final List<String> TOKENS =
      List.of(
          "bos_token",
          "eos_token",
          "unk_token",
          "sep_token",
          "pad_token",
          "cls_token",
          "mask_token");

  JinjaTemplate template(boolean tools) {
    return tools ? withTools.orElse(plain) : plain;
  }

  /**
   * The templates of a model folder: chat_template.jinja, else the key chat_template of
   * tokenizer_config.json, a text or a list of named ones.
   *
   * @throws ModelFormatException where there is one that cannot be used
   */
  static Optional<TemplateSource> ofFolder(Path folder) {
    Map<String, String> sources = sources(folder);
    if (sources.isEmpty()) {
      return Optional.empty();
    }
    String plain = sources.get(DEFAULT);
    if (plain == null) {
      throw new ModelFormatException(
          "%s: %s holds the chat templates %s, but none named default"
              .formatted(folder, CONFIG, String.join(", ", sources.keySet())));
    }
    Optional<JinjaTemplate> withTools =
        Optional.ofNullable(sources.get("tool_use")).map(source -> compiled(folder, source));
    return Optional.of(new TemplateSource(compiled(folder, plain), withTools, variables(folder)));
  }

  /** The text of the template that a folder uses where no tools are given. */
  static Optional<String> textOf(Path folder) {
    return Optional.ofNullable(sources(folder).get(DEFAULT));
  }

  /** Where a folder's template stands, for messages. */
  static String placeOf(Path folder) {
    return Files.isRegularFile(folder.resolve(FILE)) ? FILE : KEY + " of " + CONFIG;
  }

  /** Makes a text the folder's only template. */
  static void write(String source, Path folder) {
    AtomicFile.writeText(folder.resolve(FILE), source);
    Path file = folder.resolve(CONFIG);
    ObjectNode config = config(folder, CONFIG);
    if (config.remove(KEY) != null) {
      JsonFiles.write(file, config);
    }
  }

  private static JinjaTemplate compiled(Path folder, String source) {
    try {
      return JinjaTemplate.of(source);
    } catch (TemplateException e) {
      throw new ModelFormatException("%s: %s".formatted(folder, e.getMessage()), e);
    }
  }

  private static Map<String, String> sources(Path folder) {
    Path jinja = folder.resolve(FILE);
    if (Files.isRegularFile(jinja)) {
      try {
        return Map.of(DEFAULT, Files.readString(jinja, StandardCharsets.UTF_8));
      } catch (IOException e) {
        throw new ModelFormatException(
            "%s cannot be read: %s. Is it UTF-8?".formatted(jinja, e.getMessage()), e);
      }
    }
    JsonNode template = config(folder, CONFIG).path(KEY);
    Map<String, String> sources = new LinkedHashMap<>();
    if (template.isTextual()) {
      sources.put(DEFAULT, template.textValue());
    }
    for (JsonNode named : template) {
      sources.put(named.path("name").asText(), named.path("template").asText());
    }
    return sources;
  }

  private static ObjectNode config(Path folder, String name) {
    Path file = folder.resolve(name);
    return Files.isRegularFile(file) ? JsonFiles.read(file) : JsonFiles.object();
  }

  /** Special tokens by name, as far as the folder names them. */
  private static ObjectNode variables(Path folder) {
    ObjectNode config = config(folder, CONFIG);
    ObjectNode map = config(folder, "special_tokens_map.json");
    ObjectNode variables = JsonFiles.object();
    for (String name : TOKENS) {
      Optional<String> text = text(config.path(name)).or(() -> text(map.path(name)));
      text.ifPresent(token -> variables.put(name, token));
    }
    JsonNode more = config.path("extra_special_tokens");
    more.properties()
        .forEach(entry -> text(entry.getValue()).ifPresent(t -> variables.put(entry.getKey(), t)));
    ArrayNode additional = JsonFiles.object().putArray("additional");
    JsonNode listed = config.path("additional_special_tokens");
    (listed.isArray() ? listed : map.path("additional_special_tokens"))
        .forEach(token -> text(token).ifPresent(additional::add));
    if (!additional.isEmpty()) {
      variables.set("additional_special_tokens", additional);
    }
    return variables;
  }

  /** A token is a text, or an object whose content is the text. */
  private static Optional<String> text(JsonNode token) {
    JsonNode text = token.isObject() ? token.path("content") : token;
    return Optional.of(text).filter(JsonNode::isTextual).map(JsonNode::textValue);
  }
}
