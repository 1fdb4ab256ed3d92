package org.plumbline.model.chat;

import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.time.Clock;
import java.time.LocalDateTime;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.stream.IntStream;
import org.plumbline.model.JsonFiles;
import org.plumbline.model.chat.jinja.Rendered;
import org.plumbline.model.chat.jinja.Span;

/**
 * A model's own template, in Jinja. What is trained comes from its {@code {% generation %}} marks;
 * where it has none, from rendering the conversation's beginnings, see {@link TurnRanges}. Special
 * tokens are the template's business, so the tokenizer adds none.
 */
public final class JinjaChatTemplate implements ChatTemplate {
  private static final String PROBE = "plumbline";

  private final TemplateSource source;
  private final Clock clock;
  private final String endToken;

  private JinjaChatTemplate(TemplateSource source, Clock clock, String endToken) {
    this.source = source;
    this.clock = clock;
    this.endToken = endToken;
  }

  /**
   * A template of its source text.
   *
   * @param source with the variables it is always given
   * @param specialTokens texts that may end an answer; the one that the template writes does
   * @param clock tells templates the date
   */
  static JinjaChatTemplate of(TemplateSource source, List<String> specialTokens, Clock clock) {
    JinjaChatTemplate open = new JinjaChatTemplate(source, clock, "");
    return new JinjaChatTemplate(source, clock, open.probedEnd(specialTokens));
  }

  /** The first special token behind the answer of a short conversation; "" where there is none. */
  private String probedEnd(List<String> specialTokens) {
    String tail;
    try {
      List<ChatMessage> turns =
          List.of(ChatMessage.user("user " + PROBE), ChatMessage.assistant(PROBE + " reply"));
      String text = text(turns, false);
      int answer = text.lastIndexOf(PROBE + " reply");
      tail = answer < 0 ? "" : text.substring(answer + PROBE.length() + " reply".length());
    } catch (IllegalArgumentException e) {
      return ""; // a template that takes no such conversation
    }
    return specialTokens.stream()
        .filter(token -> !token.isEmpty() && tail.contains(token))
        .min(
            Comparator.<String>comparingInt(tail::indexOf)
                .thenComparing(Comparator.comparingInt(String::length).reversed()))
        .orElse("");
  }

  @Override
  public String endToken() {
    return endToken;
  }

  @Override
  public boolean addsTokenizerSpecials() {
    return false;
  }

  @Override
  public String text(Conversation conversation, boolean addGenerationPrompt) {
    return rendered(conversation, addGenerationPrompt, LocalDateTime.now(clock)).text();
  }

  private Rendered rendered(
      Conversation conversation, boolean addGenerationPrompt, LocalDateTime now) {
    ObjectNode variables = JsonFiles.object().putNull("tools").putNull("documents");
    variables.setAll(source.variables());
    variables.setAll(conversation.variables());
    ArrayNode messages = variables.putArray("messages");
    conversation.messages().forEach(message -> messages.add(message.json()));
    variables.put("add_generation_prompt", addGenerationPrompt);
    return source.template(conversation.hasTools()).render(variables, now);
  }

  @Override
  public List<Segment> render(
      Conversation conversation, MaskPolicy policy, boolean addGenerationPrompt) {
    LocalDateTime now = LocalDateTime.now(clock);
    Rendered whole = rendered(conversation, addGenerationPrompt, now);
    TurnRanges turns =
        new TurnRanges(
            (part, prompted) -> rendered(part, prompted, now).text(),
            conversation,
            whole.text(),
            endToken);
    List<Integer> trained =
        IntStream.range(0, conversation.messages().size())
            .filter(i -> policy.trains(conversation.messages(), i))
            .boxed()
            .toList();
    if (trained.isEmpty()) {
      return List.of(new Segment(whole.text(), false));
    }
    boolean marks = source.template(conversation.hasTools()).marksGeneration();
    return segments(
        whole.text(),
        marks && policy.isAssistantOnly()
            ? marked(conversation, policy, whole, turns, trained)
            : found(conversation, turns, trained));
  }

  private static List<TextRange> found(
      Conversation conversation, TurnRanges turns, List<Integer> trained) {
    List<TextRange> ranges = new ArrayList<>();
    for (int index : trained) {
      if (conversation.messages().get(index).isAssistant()) {
        ranges.add(turns.answer(index));
      } else {
        turns.content(index).ifPresent(ranges::add);
      }
    }
    return ranges;
  }

  /** What the template marks; for the last answer what of it lies behind its prompt. */
  private static List<TextRange> marked(
      Conversation conversation,
      MaskPolicy policy,
      Rendered whole,
      TurnRanges turns,
      List<Integer> trained) {
    int from = policy.lastOnly() ? turns.promptEnd(trained.get(0)) : 0;
    List<TextRange> ranges = new ArrayList<>();
    for (Span span : whole.generated()) {
      int start = whole.text().offsetByCodePoints(0, span.start());
      int end = whole.text().offsetByCodePoints(start, span.end() - span.start());
      if (end > Math.max(start, from)) {
        ranges.add(new TextRange(Math.max(start, from), end));
      }
    }
    StringBuilder written = new StringBuilder();
    ranges.forEach(range -> written.append(whole.text(), range.start(), range.end()));
    trained.forEach(index -> turns.requireCalls(index, written.toString()));
    if (ranges.isEmpty()) {
      int index = trained.get(trained.size() - 1);
      throw new IllegalArgumentException(
          "message %d (%s): the template's {%% generation %%} blocks mark nothing of it"
              .formatted(index, conversation.messages().get(index).role()));
    }
    return ranges;
  }

  /** The text cut at the ranges, which may overlap. */
  private static List<Segment> segments(String text, List<TextRange> ranges) {
    List<TextRange> ordered =
        ranges.stream().sorted(Comparator.comparingInt(TextRange::start)).toList();
    List<Segment> segments = new ArrayList<>();
    int at = 0;
    for (TextRange range : ordered) {
      if (range.start() > at) {
        segments.add(new Segment(text.substring(at, range.start()), false));
        at = range.start();
      }
      if (range.end() > at) {
        segments.add(new Segment(text.substring(at, range.end()), true));
        at = range.end();
      }
    }
    if (at < text.length()) {
      segments.add(new Segment(text.substring(at), false));
    }
    return segments;
  }
}
