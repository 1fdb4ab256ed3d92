package org.plumbline.model.chat;

import com.fasterxml.jackson.databind.node.ObjectNode;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.time.Clock;
import java.time.ZoneId;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import org.plumbline.model.JsonFiles;
import org.plumbline.model.chat.jinja.JinjaTemplate;
import org.plumbline.model.tokenizer.SpecialToken;
import org.plumbline.model.tokenizer.TextTokenizer;

/**
 * Prompt formats of families whose folders often hold no template, written anew from their
 * publications; all of them mark what the assistant writes.
 */
enum BuiltInTemplate {
  /** Touvron et al. 2023: {@code [INST] <<SYS>>…<</SYS>> … [/INST]}; every round has a BOS. */
  LLAMA_2("<s>", "</s>", List.of()),
  /** Taori et al. 2023: sections {@code ### Instruction:} and {@code ### Response:}. */
  ALPACA("<s>", "</s>", List.of()),
  /** Chiang et al. 2023, version 1.1: {@code USER: … ASSISTANT: …</s>}. */
  VICUNA("<s>", "</s>", List.of()),
  /** Tunstall et al. 2023: {@code <|user|>}, {@code <|assistant|>}, each turn ended by eos. */
  ZEPHYR("<s>", "</s>", List.of()),
  /** OpenAI 2023: {@code <|im_start|>role … <|im_end|>}. */
  CHATML("", "<|im_end|>", List.of("<|im_start|>", "<|im_end|>")),
  /** InternLM 2023: {@code <|User|>:…}, {@code <|Bot|>:…<eoa>}. */
  INTERNLM("<s>", "<eoa>", List.of("<eoa>"));

  private final String bos;
  private final String end;
  private final List<String> marks;

  /** {@code marks}: tokens that it cannot do without, under no other text. */
  BuiltInTemplate(String bos, String end, List<String> marks) {
    this.bos = bos;
    this.end = end;
    this.marks = marks;
  }

  /** As recipes name it, such as llama-2. */
  String title() {
    return name().toLowerCase(Locale.ROOT).replace('_', '-');
  }

  static Optional<BuiltInTemplate> named(String title) {
    return Arrays.stream(values()).filter(known -> known.title().equals(title)).findFirst();
  }

  /** With the family's own special tokens. */
  ChatTemplate template() {
    return template(bos, end);
  }

  /** With a tokenizer's special tokens, where it has the family's under another text. */
  ChatTemplate template(TextTokenizer tokenizer) {
    return template(bosOf(tokenizer), endOf(tokenizer));
  }

  private String bosOf(TextTokenizer tokenizer) {
    String own = tokenizer.specialTokens().bos().map(SpecialToken::text).orElse("");
    return bos.isEmpty() ? "" : own;
  }

  private String endOf(TextTokenizer tokenizer) {
    String eos = tokenizer.specialTokens().eos().map(SpecialToken::text).orElse(end);
    return tokenizer.idOf(end).isPresent() ? end : eos;
  }

  /**
   * The special tokens that it writes and a tokenizer lacks. An end token of the tokenizer's own
   * does where the format asks for no certain one, and no BOS where the tokenizer has none.
   */
  List<String> missing(TextTokenizer tokenizer) {
    List<String> needed = marks.isEmpty() ? List.of(endOf(tokenizer)) : marks;
    return needed.stream().filter(token -> tokenizer.idOf(token).isEmpty()).toList();
  }

  /**
   * Its text for the folder of a tokenizer. It names its special tokens itself, so that it says the
   * same whatever the folder calls its bos_token and eos_token.
   */
  String source(TextTokenizer tokenizer) {
    return set("bos_token", bosOf(tokenizer)) + set("eos_token", endOf(tokenizer)) + text();
  }

  private static String set(String variable, String token) {
    String quoted = "'" + token.replace("\\", "\\\\").replace("'", "\\'") + "'";
    return "{%- set " + variable + " = " + quoted + " %}\n";
  }

  private ChatTemplate template(String bosToken, String endToken) {
    ObjectNode variables = JsonFiles.object().put("bos_token", bosToken).put("eos_token", endToken);
    TemplateSource source =
        new TemplateSource(JinjaTemplate.of(text()), Optional.empty(), variables);
    return JinjaChatTemplate.of(source, List.of(endToken), Clock.system(ZoneId.systemDefault()));
  }

  private String text() {
    String resource = "templates/" + title() + ".jinja";
    try (InputStream in = BuiltInTemplate.class.getResourceAsStream(resource)) {
      if (in == null) {
        throw new IllegalStateException("the program's own " + resource + " is missing");
      }
      return new String(in.readAllBytes(), StandardCharsets.UTF_8);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }
}
