package org.plumbline.model.adapter;

import java.util.List;
import java.util.stream.Stream;
import org.plumbline.model.tensor.Parameter;

/**
 * Tokens that stand in front of every text and have no text of their own.
 *
 * @param count P
 * @param table what is looked up: float32 (P, width)
 * @param encoder weights and biases in turn of the layers that the table goes through, none where
 *     it is used as it is
 * @param tanh activation between those layers: tanh, else ReLU
 * @param keysAndValues true where the result is keys and values of every layer, (P, layers · 2 ·
 *     key heads · head width); false where it is embeddings, (P, H)
 */
public record VirtualTokens(
    int count, Parameter table, List<Parameter> encoder, boolean tanh, boolean keysAndValues) {
  /** Under this name PEFT saves what comes out of the encoder. */
  public static final String SAVED = "prompt_embeddings";

  public VirtualTokens {
    encoder = List.copyOf(encoder);
  }

  /** Its trained tensors. */
  public List<Parameter> parameters() {
    return Stream.concat(Stream.of(table), encoder.stream()).toList();
  }
}
