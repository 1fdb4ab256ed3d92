package org.plumbline.model.chat;

import com.fasterxml.jackson.databind.JsonNode;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/**
 * Where the turns of a rendered conversation lie, for templates that do not mark it. A turn of the
 * assistant begins where the conversation before it ends, generation prompt included, and ends
 * behind the token that ends answers. Every step is verified on the text itself, so that a template
 * which rewrites earlier turns is refused, not trained on.
 */
final class TurnRanges {
  /** Renders a conversation, always at the same time of day. */
  @FunctionalInterface
  interface Renderer {
    String text(Conversation conversation, boolean addGenerationPrompt);
  }

  private static final int SHOWN = 40;

  private final Renderer renderer;
  private final Conversation conversation;
  private final String whole;
  private final String endToken;

  /**
   * For one conversation.
   *
   * @param whole what it renders to
   * @param endToken the text that ends an answer, "" for none
   */
  TurnRanges(Renderer renderer, Conversation conversation, String whole, String endToken) {
    this.renderer = renderer;
    this.conversation = conversation;
    this.whole = whole;
    this.endToken = endToken;
  }

  /**
   * What the model writes in a turn of the assistant: its text or calls, and the end token.
   *
   * @throws IllegalArgumentException naming message and difference where the text does not show it
   */
  TextRange answer(int index) {
    int start = promptEnd(index);
    String upTo = render(index, index + 1, false);
    int limit = Math.max(start, shared(upTo));
    int contentEnd = contentEnd(index, start, limit, upTo);
    int end = endToken.isEmpty() ? -1 : whole.indexOf(endToken, contentEnd);
    if (end < 0 || end + endToken.length() > limit) {
      end = openEnd(contentEnd, upTo);
    } else {
      end += endToken.length();
    }
    String written = whole.substring(start, end);
    if (missingCall(index, written).isPresent() && !whole.startsWith(upTo)) {
      throw differs(index, upTo);
    }
    requireCalls(index, written);
    return new TextRange(start, end);
  }

  /** Where an answer without end token ends: with what is sure to belong to it. */
  private int openEnd(int contentEnd, String upTo) {
    int end = whole.startsWith(upTo) ? upTo.length() : contentEnd;
    while (end > contentEnd && Character.isWhitespace(whole.charAt(end - 1))) {
      end--;
    }
    return end;
  }

  /**
   * Refuses a template that leaves out calls of tools.
   *
   * @param written what is trained of the message
   */
  void requireCalls(int index, String written) {
    missingCall(index, written)
        .ifPresent(
            tool -> {
              throw refusal(
                  index,
                  "the template leaves out its call of the tool %s, so it is not one for tools"
                      .formatted(tool));
            });
  }

  private Optional<String> missingCall(int index, String written) {
    for (JsonNode call : conversation.messages().get(index).json().path("tool_calls")) {
      JsonNode function = call.has("function") ? call.path("function") : call;
      String name = function.path("name").asText("");
      if (!written.contains(name)) {
        return Optional.of(name);
      }
    }
    return Optional.empty();
  }

  /** The text of a turn of another role, and the end token where it follows at once. */
  Optional<TextRange> content(int index) {
    if (conversation.messages().get(index).content().isBlank()) {
      return Optional.empty();
    }
    int from = index == 0 ? 0 : shared(render(index, index, false));
    String upTo = render(index, index + 1, false);
    int end = contentEnd(index, from, shared(upTo), upTo);
    int start = whole.indexOf(texts(conversation.messages().get(index)).get(0), from);
    boolean ended = !endToken.isEmpty() && whole.startsWith(endToken, end);
    return Optional.of(new TextRange(start, ended ? end + endToken.length() : end));
  }

  /** Where the prompt of an answer ends, which must be the beginning of the whole text. */
  int promptEnd(int index) {
    String prompt = render(index, index, true);
    if (!whole.startsWith(prompt)) {
      throw refusal(
          index,
          "the prompt for it is not how the template writes what comes before it: the prompt goes on with %s, the conversation with %s. Such a template can prompt a model but not train it"
              .formatted(after(prompt, prompt), after(whole, prompt)));
    }
    return prompt.length();
  }

  private int contentEnd(int index, int start, int limit, String upTo) {
    int at = start;
    for (String text : texts(conversation.messages().get(index))) {
      int found = whole.indexOf(text, at);
      if (found >= 0 && found + text.length() <= limit) {
        at = found + text.length();
      } else if (whole.startsWith(upTo)) {
        throw refusal(
            index,
            "its content %s is not in the rendered text, so the template rewrites it"
                .formatted(shown(text)));
      } else {
        throw differs(index, upTo);
      }
    }
    return at;
  }

  private IllegalArgumentException differs(int index, String upTo) {
    return refusal(
        index,
        "the template writes it differently once the conversation goes on: at the end of a conversation %s, here %s. Templates that strip thinking from earlier turns do this; train the last answer only, or give the model a template with {%% generation %%} marks"
            .formatted(after(upTo, upTo), after(whole, upTo)));
  }

  private IllegalArgumentException refusal(int index, String problem) {
    return new IllegalArgumentException(
        "message %d (%s): %s".formatted(index, conversation.messages().get(index).role(), problem));
  }

  /** What comes in a text after what the other one and the whole have in common. */
  private String after(String text, String other) {
    return shown(text.substring(Math.min(shared(other), text.length())));
  }

  private static String shown(String text) {
    String line = text.replace("\n", "\\n");
    return "\"" + (line.length() > SHOWN ? line.substring(0, SHOWN) + "…" : line) + "\"";
  }

  private String render(int index, int count, boolean addGenerationPrompt) {
    try {
      return renderer.text(conversation.first(count), addGenerationPrompt);
    } catch (IllegalArgumentException e) {
      throw new IllegalArgumentException(
          "message %d (%s): the template refuses the conversation up to it: %s"
              .formatted(index, conversation.messages().get(index).role(), e.getMessage()),
          e);
    }
  }

  /** Length of the beginning that a text shares with the whole. */
  private int shared(String text) {
    int length = Math.min(text.length(), whole.length());
    int at = 0;
    while (at < length && text.charAt(at) == whole.charAt(at)) {
      at++;
    }
    return at;
  }

  /** The texts of a message, which templates may strip of whitespace. */
  private static List<String> texts(ChatMessage message) {
    List<String> texts = new ArrayList<>();
    JsonNode content = message.json().path("content");
    if (content.isTextual()) {
      texts.add(content.textValue().strip());
    }
    for (JsonNode part : content) {
      texts.add(part.isTextual() ? part.textValue().strip() : part.path("text").asText("").strip());
    }
    texts.removeIf(String::isEmpty);
    return texts;
  }
}
