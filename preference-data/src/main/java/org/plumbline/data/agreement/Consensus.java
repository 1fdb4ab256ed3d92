package org.plumbline.data.agreement;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.DoubleNode;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import org.plumbline.data.Annotator;
import org.plumbline.data.Comparison;
import org.plumbline.data.Judgement;
import org.plumbline.data.Preference;
import org.plumbline.data.Provenance;

/**
 * One judgement per compared pair of answers: what the model finds most probable. Rankings of more
 * answers have no single consensus here.
 */
public final class Consensus {
  /** Name under which the consensus stands as an annotator. */
  public static final String NAME = "consensus";

  private static final Annotator MODEL = Annotator.judge(NAME, "dawid-skene");

  private final Map<String, double[]> shares;
  private final Set<String> done = new HashSet<>();

  /** The consensus of a fitted model. */
  public Consensus(DawidSkene model) {
    this.shares = model.consensus();
  }

  /** The item's consensus, the first time that it comes. */
  public Optional<Preference> next(Preference preference) {
    List<Comparison> comparisons = Comparison.of(preference);
    if (comparisons.size() != 1) {
      return Optional.empty();
    }
    Comparison own = comparisons.get(0);
    double[] share = shares.get(own.item());
    return share == null || !done.add(own.item())
        ? Optional.empty()
        : Optional.of(judged(preference, own, share));
  }

  /** How many items came. */
  public int written() {
    return done.size();
  }

  private static Preference judged(Preference preference, Comparison own, double[] share) {
    int best = 0;
    for (int k = 1; k < share.length; k++) {
      best = share[k] > share[best] ? k : best;
    }
    Judgement judgement =
        best == ComparisonLabels.TIE
            ? Judgement.tie(2)
            : Judgement.better((best == 0) == own.inOrder());
    Map<String, JsonNode> extra = new LinkedHashMap<>();
    extra.put("probability", DoubleNode.valueOf(share[best]));
    Provenance from =
        new Provenance(
            MODEL,
            Optional.empty(),
            preference.provenance().guideline(),
            false,
            preference.provenance().source());
    Preference agreed =
        new Preference("", preference.prompt(), preference.answers(), judgement, from, extra);
    return agreed.withId(agreed.contentHash());
  }
}
