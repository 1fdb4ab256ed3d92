package org.plumbline.sft;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.OptionalInt;
import java.util.stream.IntStream;
import org.plumbline.data.Demonstration;
import org.plumbline.model.chat.ChatEncoder;
import org.plumbline.model.chat.ChatMessage;
import org.plumbline.model.chat.Conversation;
import org.plumbline.model.chat.EncodedDialogue;
import org.plumbline.model.chat.MaskPolicy;
import org.plumbline.model.tokenizer.SpecialToken;
import org.plumbline.stage.UserException;
import org.plumbline.training.ModelArtifacts;

/**
 * Texts as rows of token ids, every token learned. A document is its text with what the tokenizer
 * adds by itself (a BOS) and the end token; a dialogue is what the template makes of it.
 */
final class DocumentRows {
  private final ChatEncoder encoder;
  private final DocumentPacking packing;
  private final int maxLength;
  private final OptionalInt end;

  DocumentRows(ChatEncoder encoder, DocumentPacking packing, int maxLength) {
    this.encoder = encoder;
    this.packing = packing;
    this.maxLength = maxLength;
    this.end =
        encoder
            .tokenizer()
            .specialTokens()
            .eos()
            .map(SpecialToken::id)
            .map(OptionalInt::of)
            .orElse(OptionalInt.empty());
  }

  /** Rows of at least two tokens over all texts, dialogues in their order before the documents. */
  List<EncodedDialogue> of(List<Demonstration> texts) {
    if (packing != DocumentPacking.CONCATENATE) {
      return texts.stream().flatMap(text -> pieces(ids(text)).stream()).toList();
    }
    List<EncodedDialogue> rows = new ArrayList<>();
    IntStream.Builder stream = IntStream.builder();
    for (Demonstration text : texts) {
      if (text.isText()) {
        Arrays.stream(ids(text)).forEach(stream);
      } else {
        rows.addAll(pieces(ids(text)));
      }
    }
    rows.addAll(pieces(stream.build().toArray()));
    return rows;
  }

  /** The rows of a single text, none of which holds anything of another. */
  List<EncodedDialogue> of(Demonstration text) {
    return pieces(ids(text));
  }

  private int[] ids(Demonstration text) {
    if (!text.isText()) {
      return dialogue(text);
    }
    int[] ids = encoder.tokenizer().encode(text.answer(), true);
    if (end.isEmpty() || (ids.length > 0 && ids[ids.length - 1] == end.getAsInt())) {
      return ids;
    }
    int[] ended = Arrays.copyOf(ids, ids.length + 1);
    ended[ids.length] = end.getAsInt();
    return ended;
  }

  private int[] dialogue(Demonstration row) {
    Conversation prompt = ModelArtifacts.conversation(row.prompt());
    ChatMessage answer = ModelArtifacts.message(row.turn());
    try {
      return row.prompt().isRaw()
          ? encoder.dialogue(prompt, answer).ids()
          : encoder.conversation(prompt.with(answer), MaskPolicy.none()).ids();
    } catch (IllegalArgumentException e) {
      throw new UserException("row %s: %s".formatted(row.prompt().id(), e.getMessage()), e);
    }
  }

  /** A last piece of one token is left out: there is nothing to predict it from. */
  private List<EncodedDialogue> pieces(int[] ids) {
    List<EncodedDialogue> pieces = new ArrayList<>();
    for (int from = 0; from < ids.length; from += maxLength) {
      int[] piece = Arrays.copyOfRange(ids, from, Math.min(from + maxLength, ids.length));
      if (piece.length > 1) {
        boolean[] loss = new boolean[piece.length];
        Arrays.fill(loss, true);
        pieces.add(new EncodedDialogue(piece, loss));
      }
    }
    return pieces;
  }
}
