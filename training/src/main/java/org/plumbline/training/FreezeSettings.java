package org.plumbline.training;

import org.plumbline.stage.config.Check;
import org.plumbline.stage.config.Default;

/**
 * Key {@code freeze:} of a stage, read for method full: what is not trained.
 *
 * @param layers how many of the first layers
 * @param embeddings whether the embeddings below them
 */
public record FreezeSettings(@Default("0") int layers, @Default("false") boolean embeddings) {
  public FreezeSettings {
    Check.nonNegative("freeze.layers", layers);
  }
}
