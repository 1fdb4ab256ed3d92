package org.plumbline.model.chat;

import com.fasterxml.jackson.databind.node.ObjectNode;
import java.nio.file.Path;
import java.time.Clock;
import java.time.ZoneId;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.stream.IntStream;
import org.plumbline.model.ModelFormatException;
import org.plumbline.model.chat.jinja.JinjaTemplate;
import org.plumbline.model.tokenizer.SpecialToken;
import org.plumbline.model.tokenizer.TextTokenizer;

/** Finds templates: those of model folders, those of files, and those built in. */
public final class ChatTemplates {
  private ChatTemplates() {}

  /** As {@link #forFolder(Path, TextTokenizer, Clock)}, with the system's clock. */
  public static ChatTemplate forFolder(Path folder, TextTokenizer tokenizer) {
    return forFolder(folder, tokenizer, Clock.system(ZoneId.systemDefault()));
  }

  /**
   * The folder's own template; {@link ChatMl} where it has none but its tokenizer has ChatML's
   * tokens, {@link PlainTurns} where there is neither.
   *
   * @param clock tells the date to templates that ask for it
   * @throws ModelFormatException where the folder's template is not valid, naming line and column
   */
  public static ChatTemplate forFolder(Path folder, TextTokenizer tokenizer, Clock clock) {
    Optional<TemplateSource> source = TemplateSource.ofFolder(folder);
    if (source.isPresent()) {
      return JinjaChatTemplate.of(source.get(), specialTokens(tokenizer), clock);
    }
    if (tokenizer.idOf(ChatMl.START).isPresent() && tokenizer.idOf(ChatMl.END).isPresent()) {
      return new ChatMl();
    }
    return new PlainTurns(eos(tokenizer));
  }

  /** Whether a folder holds a template, be it a file or a key of its tokenizer's config. */
  public static boolean hasOwn(Path folder) {
    return TemplateSource.textOf(folder).isPresent();
  }

  private static List<String> specialTokens(TextTokenizer tokenizer) {
    return IntStream.range(0, tokenizer.vocabSize())
        .filter(tokenizer::isSpecial)
        .mapToObj(tokenizer::tokenOf)
        .toList();
  }

  private static String eos(TextTokenizer tokenizer) {
    return tokenizer.specialTokens().eos().map(SpecialToken::text).orElse("");
  }

  /**
   * A Jinja template by itself.
   *
   * @param variables that it is always given, such as bos_token
   * @throws org.plumbline.model.chat.jinja.TemplateException where it is not valid
   */
  public static ChatTemplate ofJinja(String source, ObjectNode variables, Clock clock) {
    TemplateSource template =
        new TemplateSource(JinjaTemplate.of(source), Optional.empty(), variables.deepCopy());
    return JinjaChatTemplate.of(template, List.of(), clock);
  }

  /**
   * A built-in template with its family's special tokens.
   *
   * @param name llama-2, alpaca, vicuna, zephyr, chatml or internlm
   * @throws IllegalArgumentException for another name
   */
  public static ChatTemplate named(String name) {
    return builtIn(name).template();
  }

  /** A built-in template with the special tokens of the tokenizer it is used with. */
  public static ChatTemplate named(String name, TextTokenizer tokenizer) {
    return builtIn(name).template(tokenizer);
  }

  /** The names of the built-in templates. */
  public static List<String> names() {
    return Arrays.stream(BuiltInTemplate.values()).map(BuiltInTemplate::title).toList();
  }

  static BuiltInTemplate builtIn(String name) {
    return BuiltInTemplate.named(name)
        .orElseThrow(
            () ->
                new IllegalArgumentException(
                    "chat template %s is unknown; built in: %s"
                        .formatted(name, String.join(", ", names()))));
  }

  /** No template, with the tokenizer's eos as end of an answer. */
  public static ChatTemplate raw(TextTokenizer tokenizer) {
    return new RawText(eos(tokenizer));
  }
}
