package org.plumbline.model.chat;

import com.fasterxml.jackson.databind.JsonNode;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Optional;
import org.plumbline.model.JsonFiles;
import org.plumbline.model.ModelFormatException;
import org.plumbline.model.tokenizer.SpecialToken;
import org.plumbline.model.tokenizer.TextTokenizer;

/** Finds the template of a model folder. */
public final class ChatTemplates {
  /** ChatML's Jinja template without spaces, and with neighbouring strings joined. */
  private static final String PLAIN_CHAT_ML =
      "{%formessageinmessages%}"
          + "{{'<|im_start|>'+message['role']+'\\n'+message['content']+'<|im_end|>\\n'}}"
          + "{%endfor%}{%ifadd_generation_prompt%}{{'<|im_start|>assistant\\n'}}{%endif%}";

  private static final String DEFAULTED_FLAG =
      "{%ifnotadd_generation_promptisdefined%}{%setadd_generation_prompt=false%}{%endif%}";

  private ChatTemplates() {}

  /**
   * ChatML where the folder's template is plain ChatML, or where it has none but its tokenizer has
   * ChatML's tokens; {@link PlainTurns} where there is neither.
   *
   * @throws ModelFormatException for any other template: a wrong guess would train on wrong text
   */
  public static ChatTemplate forFolder(Path folder, TextTokenizer tokenizer) {
    Optional<String> template = source(folder);
    if (template.isPresent()) {
      if (isPlainChatMl(template.get())) {
        return new ChatMl();
      }
      throw new ModelFormatException(
          "%s: its chat template is not supported yet; supported: plain ChatML. ".formatted(folder)
              + "Use raw prompts and completions with this model, or give it ChatML's template.");
    }
    if (tokenizer.idOf(ChatMl.START).isPresent() && tokenizer.idOf(ChatMl.END).isPresent()) {
      return new ChatMl();
    }
    return new PlainTurns(tokenizer.specialTokens().eos().map(SpecialToken::text).orElse(""));
  }

  /** No template, with the tokenizer's eos as end of an answer. */
  public static ChatTemplate raw(TextTokenizer tokenizer) {
    return new RawText(tokenizer.specialTokens().eos().map(SpecialToken::text).orElse(""));
  }

  /** The Jinja source: chat_template.jinja, else the key in tokenizer_config.json. */
  private static Optional<String> source(Path folder) {
    Path jinja = folder.resolve("chat_template.jinja");
    Path config = folder.resolve("tokenizer_config.json");
    try {
      if (Files.isRegularFile(jinja)) {
        return Optional.of(Files.readString(jinja, StandardCharsets.UTF_8));
      }
    } catch (IOException e) {
      throw new ModelFormatException("%s cannot be read: %s".formatted(jinja, e.getMessage()), e);
    }
    if (!Files.isRegularFile(config)) {
      return Optional.empty();
    }
    JsonNode template = JsonFiles.read(config).path("chat_template");
    if (template.isMissingNode() || template.isNull()) {
      return Optional.empty();
    }
    return Optional.of(template.isTextual() ? template.asText() : template.toString());
  }

  private static boolean isPlainChatMl(String template) {
    String plain =
        template
            .replace('"', '\'')
            .replace("{%-", "{%")
            .replace("-%}", "%}")
            .replace("{{-", "{{")
            .replace("-}}", "}}")
            .replace("\n", "")
            .replace(" ", "")
            .replace("}}{{", "+")
            .replace("'+'", "")
            .replace("message.role", "message['role']")
            .replace("message.content", "message['content']")
            .replace(DEFAULTED_FLAG, "");
    return plain.equals(PLAIN_CHAT_ML);
  }
}
