package org.plumbline.model.adapter;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.nio.file.Path;
import java.util.Optional;

/**
 * What an adapter's folder says of the base that it was made for.
 *
 * @param name {@code base_model_name_or_path}, empty where there is none
 * @param sha256 {@code base_sha256}, the fingerprint of the base's weights; PEFT's folders have
 *     none
 */
public record AdapterBase(String name, Optional<String> sha256) {
  private static final String NAME = "base_model_name_or_path";
  private static final String SHA256 = "base_sha256";

  /**
   * Reads an adapter's folder.
   *
   * @throws org.plumbline.model.ModelFormatException where it is none
   */
  public static AdapterBase read(Path folder) {
    JsonNode json = PeftJson.read(folder).node();
    return new AdapterBase(
        json.path(NAME).asText(""),
        Optional.of(json.path(SHA256).asText("")).filter(text -> !text.isEmpty()));
  }

  void describe(ObjectNode json) {
    json.put(NAME, name);
    sha256.ifPresent(digest -> json.put(SHA256, digest));
  }
}
