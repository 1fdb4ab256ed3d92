package org.plumbline.pipeline.cli;

import com.fasterxml.jackson.databind.node.ObjectNode;
import java.util.ArrayList;
import java.util.List;
import java.util.function.LongConsumer;
import org.plumbline.model.architecture.RowAdapters;
import org.plumbline.model.architecture.TransformerModel;
import org.plumbline.model.config.Head;
import org.plumbline.model.generation.SequenceScorer;
import org.plumbline.model.generation.SequenceScorer.Sequence;
import org.plumbline.stage.JsonRow;

/**
 * Rows with completions of {@code plumbline score} under a decoder: a language model adds {@code
 * logprob}, a reward model {@code reward}, both {@code tokens}.
 */
final class DecoderRows implements RowScores {
  private final TransformerModel model;
  private final List<JsonRow> rows;
  private final RowAdapters adapters;
  private final List<Sequence> sequences;

  DecoderRows(AdapterChoice choice, List<JsonRow> rows) {
    this.model = choice.loaded().model();
    this.rows = rows;
    this.sequences = rows.stream().map(row -> choice.encoder(row).sequence(row)).toList();
    this.adapters = choice.adapters(rows, 1);
  }

  @Override
  public List<ObjectNode> score(int batchSize, LongConsumer done) {
    SequenceScorer scorer = new SequenceScorer(model, batchSize, done);
    return model.config().head() == Head.SEQUENCE_CLASSIFICATION
        ? rewards(scorer)
        : logProbs(scorer);
  }

  private List<ObjectNode> rewards(SequenceScorer scorer) {
    double[] scores = scorer.scores(sequences.stream().map(Sequence::ids).toList(), adapters);
    List<ObjectNode> scored = new ArrayList<>();
    for (int i = 0; i < rows.size(); i++) {
      int tokens = sequences.get(i).ids().length;
      scored.add(rows.get(i).object().deepCopy().put("reward", scores[i]).put("tokens", tokens));
    }
    return scored;
  }

  private List<ObjectNode> logProbs(SequenceScorer scorer) {
    List<float[]> logProbs = scorer.logProbs(sequences, adapters, 1);
    List<ObjectNode> scored = new ArrayList<>();
    for (int i = 0; i < rows.size(); i++) {
      double sum = 0;
      for (float value : logProbs.get(i)) {
        sum += value;
      }
      int tokens = logProbs.get(i).length;
      scored.add(rows.get(i).object().deepCopy().put("logprob", sum).put("tokens", tokens));
    }
    return scored;
  }
}
