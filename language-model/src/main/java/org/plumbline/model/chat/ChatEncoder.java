package org.plumbline.model.chat;

import java.nio.file.Path;
import java.util.Arrays;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.OptionalInt;
import java.util.Set;
import org.plumbline.model.ModelFormatException;
import org.plumbline.model.config.GenerationConfig;
import org.plumbline.model.config.TransformerConfig;
import org.plumbline.model.tokenizer.TextTokenizer;

/**
 * A model folder's tokenizer and template together: conversations to ids and replies to text. A
 * lone message of role {@link #RAW}, and the answer to it, are plain text that no template touches.
 */
public final class ChatEncoder implements AutoCloseable {
  /** Role of plain text. */
  public static final String RAW = "text";

  private final TextTokenizer tokenizer;
  private final ChatTemplate template;
  private final ChatTemplate raw;
  private final Set<Integer> stopIds;

  private ChatEncoder(TextTokenizer tokenizer, ChatTemplate template, Set<Integer> stopIds) {
    this.tokenizer = tokenizer;
    this.template = template;
    this.raw = ChatTemplates.raw(tokenizer);
    this.stopIds = stopIds;
  }

  /**
   * Opens a model folder's tokenizer and template.
   *
   * @throws org.plumbline.model.ModelFormatException if either cannot be read as it is
   */
  public static ChatEncoder open(Path folder) {
    ChatEncoder encoder = open(folder, folder);
    int ids = encoder.tokenizer.vocabSize();
    int rows = TransformerConfig.read(folder).vocabSize();
    if (ids > rows) {
      encoder.close();
      throw new ModelFormatException(
          "%s: tokenizer.json has ids up to %d, the embeddings have %d rows. Files of two models, or tokens added without resizing?"
              .formatted(folder, ids - 1, rows));
    }
    return encoder;
  }

  /**
   * Opens the tokenizer and template of one folder for the model of another: an adapter's with new
   * tokens for its base.
   */
  public static ChatEncoder open(Path folder, Path model) {
    TextTokenizer tokenizer = TextTokenizer.open(folder);
    ChatTemplate template = ChatTemplates.forFolder(folder, tokenizer);
    Set<Integer> stops =
        new LinkedHashSet<>(
            GenerationConfig.read(model, TransformerConfig.read(model)).specialIds().eos());
    tokenizer.specialTokens().eos().ifPresent(eos -> stops.add(eos.id()));
    if (!template.endToken().isEmpty()) {
      OptionalInt end = tokenizer.idOf(template.endToken());
      end.ifPresent(stops::add);
    }
    return new ChatEncoder(tokenizer, template, Set.copyOf(stops));
  }

  /** The tokenizer beneath. */
  public TextTokenizer tokenizer() {
    return tokenizer;
  }

  /** Tokens that end a reply: the template's end token and the model's own. */
  public Set<Integer> stopIds() {
    return stopIds;
  }

  /** Ids to which the assistant's answer is appended. */
  public int[] prompt(List<ChatMessage> prompt) {
    return prompt(Conversation.of(prompt));
  }

  /** Ids to which the assistant's answer is appended, tools and other variables considered. */
  public int[] prompt(Conversation prompt) {
    return EncodedDialogue.prompt(template(prompt.messages()), tokenizer, prompt);
  }

  /** A prompt and its answer; the answer and its end token carry loss, earlier turns do not. */
  public EncodedDialogue dialogue(List<ChatMessage> prompt, String answer) {
    return dialogue(Conversation.of(prompt), ChatMessage.assistant(answer));
  }

  /**
   * A prompt and its answer, which may call tools; only the answer and its end token carry loss.
   *
   * @throws IllegalArgumentException where the prompt's ids are not the beginning of all ids, so
   *     that a model would learn what it is never asked for
   */
  public EncodedDialogue dialogue(Conversation prompt, ChatMessage answer) {
    ChatTemplate chosen = template(prompt.messages());
    EncodedDialogue dialogue =
        EncodedDialogue.of(chosen, tokenizer, prompt.with(answer), MaskPolicy.lastAnswer());
    int[] asked = EncodedDialogue.prompt(chosen, tokenizer, prompt);
    int shared = Arrays.mismatch(asked, dialogue.ids());
    if (shared >= 0 && shared < asked.length) {
      throw new IllegalArgumentException(
          "token %d of the prompt's %d is %s, but %s in the dialogue: the chat template writes a prompt differently once it is answered"
              .formatted(
                  shared,
                  asked.length,
                  tokenizer.tokenOf(asked[shared]),
                  shared < dialogue.length()
                      ? tokenizer.tokenOf(dialogue.ids()[shared])
                      : "absent"));
    }
    return dialogue;
  }

  /**
   * A whole conversation with loss on the turns that the policy names.
   *
   * @throws IllegalArgumentException naming the message whose place in the text is not certain
   */
  public EncodedDialogue conversation(Conversation conversation, MaskPolicy policy) {
    return EncodedDialogue.of(template(conversation.messages()), tokenizer, conversation, policy);
  }

  /**
   * A prompt and its answer up to the answer's end token, as generation leaves it: what reward
   * models score.
   */
  public int[] scored(List<ChatMessage> prompt, String answer) {
    EncodedDialogue encoded = dialogue(prompt, answer);
    return Arrays.copyOf(encoded.ids(), Math.max(1, encoded.answerEnd(stopIds)));
  }

  /** The text of a reply, without its end token. */
  public String reply(int[] ids) {
    return tokenizer.decode(ids, true).strip();
  }

  private ChatTemplate template(List<ChatMessage> messages) {
    boolean plain = !messages.isEmpty() && messages.get(0).role().equals(RAW);
    return plain && messages.size() <= 2 ? raw : template;
  }

  @Override
  public void close() {
    tokenizer.close();
  }
}
