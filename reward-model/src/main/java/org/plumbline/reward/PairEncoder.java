package org.plumbline.reward;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import org.plumbline.data.Outcome;
import org.plumbline.data.PreferencePair;
import org.plumbline.model.chat.ChatEncoder;
import org.plumbline.stage.RunContext;
import org.plumbline.stage.UserException;
import org.plumbline.training.ModelArtifacts;

/** Turns pairs into ids, and counts those that cannot teach anything. */
final class PairEncoder {
  private final ChatEncoder encoder;
  private final int maxLength;

  PairEncoder(ChatEncoder encoder, int maxLength) {
    this.encoder = encoder;
    this.maxLength = maxLength;
  }

  /**
   * Encoded pairs and why others are missing.
   *
   * @param ties pairs without a winner
   * @param identical pairs that the length limit made equal
   */
  record Encoded(List<EncodedPair> pairs, int ties, int identical) {}

  Encoded encode(List<PreferencePair> pairs, RunContext context, String split) {
    List<EncodedPair> kept = new ArrayList<>();
    int ties = 0;
    int identical = 0;
    for (PreferencePair pair : pairs) {
      if (pair.outcome() != Outcome.CHOSEN) {
        ties++;
        continue;
      }
      int[] chosen = ids(pair, pair.chosen());
      int[] rejected = ids(pair, pair.rejected());
      if (Arrays.equals(chosen, rejected)) {
        identical++;
      } else {
        kept.add(new EncodedPair(chosen, rejected, pair.margin().orElse(0)));
      }
    }
    if (kept.isEmpty() && !pairs.isEmpty()) {
      throw new UserException(
          "none of the %d %s pairs is left (%d ties, %d identical at max_length=%d); raise max_length or look at the data"
              .formatted(pairs.size(), split, ties, identical, maxLength));
    }
    if (identical > 0) {
      context.warn(
          "%s: %d of %d %s pairs dropped, equal after truncation to max_length=%d"
              .formatted(context.stageName(), identical, pairs.size(), split, maxLength));
    }
    return new Encoded(kept, ties, identical);
  }

  private int[] ids(PreferencePair pair, String answer) {
    return fit(encoder.scored(ModelArtifacts.messages(pair.prompt()), answer), maxLength);
  }

  /** Cuts the prompt from its left: the end of the answer is where the score is read. */
  static int[] fit(int[] ids, int maxLength) {
    return ids.length <= maxLength
        ? ids
        : Arrays.copyOfRange(ids, ids.length - maxLength, ids.length);
  }
}
