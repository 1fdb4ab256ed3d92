package org.plumbline.sft;

import java.util.Arrays;
import java.util.List;
import java.util.Set;
import java.util.stream.Collectors;
import org.plumbline.data.Demonstration;
import org.plumbline.data.Prompt;
import org.plumbline.model.chat.ChatEncoder;
import org.plumbline.model.chat.ChatMessage;
import org.plumbline.model.chat.Conversation;
import org.plumbline.model.chat.EncodedDialogue;
import org.plumbline.model.chat.MaskPolicy;
import org.plumbline.stage.UserException;
import org.plumbline.training.ModelArtifacts;

/**
 * Demonstrations as token ids with the mask of what is learned. A row of text without a prompt is
 * plain text that no template touches, and all of it is learned.
 */
final class DemonstrationEncoder {
  private static final Set<String> ANSWERS = Set.of(ChatMessage.ASSISTANT);

  private final ChatEncoder encoder;
  private final TrainOn trainOn;
  private final Set<String> roles;

  /**
   * An encoder.
   *
   * @param roles whose turns are learned, where single turns are; no results of tools
   */
  DemonstrationEncoder(ChatEncoder encoder, TrainOn trainOn, Set<String> roles) {
    this.encoder = encoder;
    this.trainOn = trainOn;
    this.roles = roles;
  }

  /**
   * Encodes a row.
   *
   * @throws UserException naming the row where the template refuses it, or where it is not certain
   *     which of its tokens the assistant writes
   */
  MaskedRow encode(Demonstration row) {
    try {
      return row.isText() ? text(row) : dialogue(row);
    } catch (IllegalArgumentException e) {
      throw new UserException("row %s: %s".formatted(row.prompt().id(), e.getMessage()), e);
    }
  }

  private MaskedRow text(Demonstration row) {
    Conversation nothing = Conversation.of(List.of(new ChatMessage(ChatEncoder.RAW, "")));
    EncodedDialogue encoded = encoder.dialogue(nothing, ChatMessage.assistant(row.answer()));
    return new MaskedRow(encoded, encoded.loss());
  }

  private MaskedRow dialogue(Demonstration row) {
    Conversation prompt = ModelArtifacts.conversation(row.prompt());
    ChatMessage answer = ModelArtifacts.message(row.turn());
    if (trainOn == TrainOn.TEXT && !hasToolResults(row.prompt())) {
      EncodedDialogue encoded = encoder.dialogue(prompt, answer);
      boolean[] all = new boolean[encoded.length()];
      Arrays.fill(all, true);
      return new MaskedRow(encoded, all);
    }
    boolean last = trainOn == TrainOn.LAST_ANSWER;
    if (row.prompt().isRaw() || (last && roles.equals(ANSWERS))) {
      EncodedDialogue encoded = encoder.dialogue(prompt, answer);
      return new MaskedRow(encoded, encoded.loss());
    }
    Conversation whole = prompt.with(answer);
    Set<String> learned = trainOn == TrainOn.TEXT ? otherRoles(whole) : roles;
    EncodedDialogue encoded = encoder.conversation(whole, new MaskPolicy(learned, last));
    return new MaskedRow(encoded.lastAnswerOnly(), encoded.loss());
  }

  private static boolean hasToolResults(Prompt prompt) {
    return prompt.messages().stream()
        .anyMatch(turn -> MaskPolicy.TOOL_RESULTS.contains(turn.role()));
  }

  private static Set<String> otherRoles(Conversation whole) {
    return whole.messages().stream()
        .map(ChatMessage::role)
        .filter(role -> !MaskPolicy.TOOL_RESULTS.contains(role))
        .collect(Collectors.toSet());
  }
}
