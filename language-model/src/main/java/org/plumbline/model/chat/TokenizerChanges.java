package org.plumbline.model.chat;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.stream.Collectors;
import org.plumbline.model.ModelFormatException;
import org.plumbline.model.tokenizer.TextTokenizer;
import org.plumbline.model.tokenizer.TokenAdder;

/**
 * What a stage changes of a model folder's tokenizer files before it trains.
 *
 * @param newTokens special tokens that are added; those there already stay as they are
 * @param template name of the built-in chat template that the folder gets
 * @param replace whether it may take the place of another one
 */
public record TokenizerChanges(List<String> newTokens, Optional<String> template, boolean replace) {
  /** Nothing. */
  public static final TokenizerChanges NONE =
      new TokenizerChanges(List.of(), Optional.empty(), false);

  public TokenizerChanges {
    newTokens = List.copyOf(newTokens);
    template.ifPresent(ChatTemplates::builtIn);
  }

  /** True where the files stay as they are. */
  public boolean isNone() {
    return newTokens.isEmpty() && template.isEmpty();
  }

  /**
   * Refuses what a folder's tokenizer cannot be given.
   *
   * @throws ModelFormatException naming the tokens that the template needs and the tokenizer lacks,
   *     or the template that nobody asked to replace
   */
  public void requireFits(Path folder) {
    if (template.isEmpty()) {
      return;
    }
    String name = template.get();
    try (TextTokenizer tokenizer = TextTokenizer.open(folder)) {
      List<String> missing = new ArrayList<>(ChatTemplates.builtIn(name).missing(tokenizer));
      missing.removeAll(newTokens);
      if (!missing.isEmpty()) {
        throw new ModelFormatException(
            "%s: template: %s writes special tokens that its tokenizer lacks: %s. Add them, new_tokens: [%s], or take another template"
                .formatted(folder, name, String.join(", ", missing), quoted(missing)));
      }
    }
    if (!replace) {
      replaced(folder)
          .ifPresent(
              other -> {
                throw new ModelFormatException(
                    "%s has %s, which template: %s would replace. Leave template out, or ask for it with replace_template: true"
                        .formatted(folder, other, name));
              });
    }
  }

  private static String quoted(List<String> tokens) {
    return tokens.stream().map(token -> "\"" + token + "\"").collect(Collectors.joining(", "));
  }

  /** The folder's own template that gives way, in words; empty where it has none or the same. */
  public Optional<String> replaced(Path folder) {
    Optional<String> own = TemplateSource.textOf(folder);
    if (own.isEmpty() || template.isEmpty()) {
      return Optional.empty();
    }
    try (TextTokenizer tokenizer = TextTokenizer.open(folder)) {
      for (BuiltInTemplate known : BuiltInTemplate.values()) {
        if (known.source(tokenizer).equals(own.get())) {
          return Optional.of(known.title())
              .filter(title -> !title.equals(template.get()))
              .map(title -> "the built-in template " + title);
        }
      }
    }
    String text = own.get().strip();
    String line = text.lines().findFirst().orElse("");
    String start = line.substring(0, Math.min(line.length(), 40));
    return Optional.of(
        "a template of its own (%s, %d characters, %s%s)"
            .formatted(
                TemplateSource.placeOf(folder),
                text.length(),
                start,
                start.length() < text.length() ? " \u2026" : ""));
  }

  /**
   * Writes a folder's tokenizer files, changed, into another.
   *
   * @throws ModelFormatException as {@link #requireFits} does, and for a blank token
   */
  public void write(Path folder, Path directory) {
    requireFits(folder);
    try (TextTokenizer tokenizer = TextTokenizer.open(folder)) {
      TokenAdder.add(tokenizer, newTokens, directory);
    }
    if (template.isPresent()) {
      try (TextTokenizer grown = TextTokenizer.open(directory)) {
        TemplateSource.write(ChatTemplates.builtIn(template.get()).source(grown), directory);
      }
    }
  }
}
