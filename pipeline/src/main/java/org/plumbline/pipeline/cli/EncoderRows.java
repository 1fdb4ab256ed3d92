package org.plumbline.pipeline.cli;

import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.util.ArrayList;
import java.util.List;
import java.util.function.LongConsumer;
import org.plumbline.model.architecture.RowAdapters;
import org.plumbline.model.config.Head;
import org.plumbline.model.config.TransformerConfig;
import org.plumbline.model.generation.EncoderScorer;
import org.plumbline.model.tokenizer.EncodedPair;
import org.plumbline.model.tokenizer.TextTokenizer;
import org.plumbline.stage.JsonRow;
import org.plumbline.stage.UserException;

/**
 * Rows {@code {"text","text_pair"?}} of {@code plumbline score} under an encoder: a masked language
 * model adds {@code pseudo_logprob}, a classifier {@code logits}, {@code probabilities}, {@code
 * label}.
 */
final class EncoderRows implements RowScores {
  private final ModelOptions.Loaded loaded;
  private final TransformerConfig config;
  private final TextTokenizer tokenizer;
  private final List<JsonRow> rows;
  private final List<EncodedPair> texts = new ArrayList<>();
  private final RowAdapters adapters;

  EncoderRows(AdapterChoice choice, List<JsonRow> rows) {
    this.loaded = choice.loaded();
    this.config = loaded.model().config();
    this.tokenizer = choice.encoder().tokenizer();
    this.rows = rows;
    if (config.head() != Head.MASKED_LANGUAGE_MODEL
        && config.head() != Head.SEQUENCE_CLASSIFICATION) {
      throw new UserException(
          "%s has no head that scores a text; needed: a *ForMaskedLM or *ForSequenceClassification folder"
              .formatted(loaded.folder()));
    }
    for (JsonRow row : rows) {
      EncodedPair text =
          choice
              .encoder(row)
              .tokenizer()
              .encodePair(row.text("text"), row.optionalText("text_pair"));
      if (text.length() > config.maxPositions()) {
        throw row.error(
            "the text has %d tokens, the model takes %d; shorten it"
                .formatted(text.length(), config.maxPositions()));
      }
      texts.add(text);
    }
    this.adapters = choice.adapters(rows, 1);
  }

  @Override
  public List<ObjectNode> score(int batchSize, LongConsumer done) {
    EncoderScorer scorer = new EncoderScorer(loaded.model(), batchSize, done);
    return config.head() == Head.MASKED_LANGUAGE_MODEL ? likelihoods(scorer) : classes(scorer);
  }

  private List<ObjectNode> likelihoods(EncoderScorer scorer) {
    int mask =
        tokenizer
            .specialTokens()
            .mask()
            .orElseThrow(
                () ->
                    new UserException(
                        "%s names no mask_token in tokenizer_config.json or special_tokens_map.json; a masked language model is scored by masking"
                            .formatted(loaded.folder())))
            .id();
    List<float[]> all = scorer.maskedLogProbs(texts, mask, adapters);
    List<ObjectNode> results = new ArrayList<>();
    for (int i = 0; i < rows.size(); i++) {
      double sum = 0;
      for (float value : all.get(i)) {
        sum += value;
      }
      results.add(
          rows.get(i)
              .object()
              .deepCopy()
              .put("pseudo_logprob", sum)
              .put("tokens", all.get(i).length));
    }
    return results;
  }

  private List<ObjectNode> classes(EncoderScorer scorer) {
    List<float[]> all = scorer.logits(texts, adapters);
    List<ObjectNode> results = new ArrayList<>();
    for (int i = 0; i < rows.size(); i++) {
      float[] logits = all.get(i);
      ObjectNode row = rows.get(i).object().deepCopy();
      ArrayNode raw = row.putArray("logits");
      ArrayNode shares = row.putArray("probabilities");
      int best = 0;
      for (int label = 0; label < logits.length; label++) {
        raw.add(logits[label]);
        shares.add(probability(logits, label));
        best = logits[label] > logits[best] ? label : best;
      }
      results.add(row.put("label", config.labels().get(best)));
    }
    return results;
  }

  private static double probability(float[] logits, int label) {
    double sum = 0;
    for (float logit : logits) {
      sum += Math.exp((double) logit - logits[label]);
    }
    return 1 / sum;
  }
}
