package org.plumbline.feedback;

import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.OptionalDouble;

/** A chat model as judge: asks once, asks once more when the reply is unreadable, never guesses. */
final class ChatJudge implements Judge {
  private final Chat chat;
  private final JudgeConfig config;
  private final JudgePrompt prompt;

  ChatJudge(Chat chat, JudgeConfig config) {
    this.chat = chat;
    this.config = config;
    this.prompt = new JudgePrompt(config.criteria());
  }

  @Override
  public Verdict compare(JudgeQuestion question) {
    List<ChatMessage> messages = new ArrayList<>(prompt.messages(question));
    ChatReply first = ask(messages);
    Optional<Outcome> outcome = read(first);
    if (outcome.isPresent() || first.refused()) {
      return verdict(outcome, first, first.usage(), List.of(first.content()));
    }
    messages.add(new ChatMessage("assistant", first.content()));
    messages.add(JudgePrompt.again());
    ChatReply second = ask(messages);
    return verdict(
        read(second),
        second,
        first.usage().plus(second.usage()),
        List.of(first.content(), second.content()));
  }

  private static Optional<Outcome> read(ChatReply reply) {
    return reply.refused() ? Optional.empty() : VerdictParser.parse(reply.content());
  }

  private ChatReply ask(List<ChatMessage> messages) {
    return chat.complete(
        new ChatRequest(
            config.model().orElse(""),
            config.temperature(),
            config.maxTokens(),
            config.jsonMode(),
            config.logprobs(),
            messages));
  }

  private Verdict verdict(
      Optional<Outcome> outcome, ChatReply reply, Usage usage, List<String> replies) {
    return new Verdict(
        outcome.orElse(Outcome.NONE),
        outcome.isPresent() ? WinnerProbability.of(reply) : OptionalDouble.empty(),
        List.of(new Asked("ab", outcome.orElse(Outcome.NONE), replies)),
        usage,
        usage.cost(config.promptPrice(), config.completionPrice()));
  }
}
