package org.plumbline.data.format;

import com.fasterxml.jackson.databind.JsonNode;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import org.plumbline.data.Answer;
import org.plumbline.data.DatasetShape;
import org.plumbline.data.Judgement;
import org.plumbline.data.Preference;

/**
 * PKU-SafeRLHF (PKU-Alignment/PKU-SafeRLHF, dataset card): {@code response_0}, {@code response_1};
 * {@code better_response_id} orders them by helpfulness and makes the preference. {@code
 * safer_response_id} is kept beside it; to learn safety, map it: {@code --columns} with {@code
 * better_response_id=safer_response_id}.
 */
record PkuSafeRlhfFormat() implements Dialect<Preference> {
  private static final List<String> OF_ANSWER =
      List.of(
          "is_response_%d_safe",
          "response_%d_source",
          "response_%d_harm_category",
          "response_%d_severity_level",
          "response_%d_sha256");

  @Override
  public Optional<String> recognise(Row row) {
    return row.hasAll("prompt", "response_0", "response_1", "better_response_id")
        ? Optional.of("prompt, response_0, response_1 and better_response_id")
        : Optional.empty();
  }

  @Override
  public Parsed<Preference> read(Row row) {
    Set<String> taken =
        new HashSet<>(Set.of("prompt", "response_0", "response_1", "better_response_id"));
    OF_ANSWER.forEach(name -> taken.addAll(List.of(name.formatted(0), name.formatted(1))));
    return new Draft(row, DatasetShape.PKU_SAFERLHF, taken)
        .question(row.text("prompt"))
        .answer(answer(row, 0))
        .answer(answer(row, 1))
        .judged(Judgement.better(row.whole("better_response_id", 0, 1) == 0))
        .done();
  }

  private static Answer answer(Row row, int index) {
    Map<String, JsonNode> extra = new LinkedHashMap<>();
    for (String name : OF_ANSWER) {
      JsonNode value = row.json().get(name.formatted(index));
      if (value != null) {
        extra.put(name.replace("_%d", ""), value);
      }
    }
    String model = row.textOr("response_%d_source".formatted(index), "");
    extra.remove("response_source");
    return Answer.of(row.text("response_" + index), model).with(extra);
  }
}
