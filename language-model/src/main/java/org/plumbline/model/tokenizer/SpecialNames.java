package org.plumbline.model.tokenizer;

import java.util.List;

/**
 * Which of a new tokenizer's special tokens play which part.
 *
 * @param bos "" for none; never added by the tokenizer itself
 */
public record SpecialNames(String bos, String eos, String pad) {
  /** The special tokens of ChatML, in the order of their ids. */
  public static final List<String> CHAT_ML = List.of("<|endoftext|>", "<|im_start|>", "<|im_end|>");

  /** ChatML's parts: a turn's end ends the text, and the end of a document pads. */
  public static SpecialNames chatMl() {
    return new SpecialNames("", CHAT_ML.get(2), CHAT_ML.get(0));
  }
}
