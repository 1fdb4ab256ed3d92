package org.plumbline.data.format;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.IntNode;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import org.plumbline.data.Annotator;
import org.plumbline.data.Answer;
import org.plumbline.data.DatasetShape;
import org.plumbline.data.Judgement;
import org.plumbline.data.Preference;

/**
 * MT-Bench and Chatbot Arena. Judgement files of lm-sys/FastChat (fastchat/llm_judge/common.py,
 * play_a_match_pair and play_a_match_single): a verdict in each order becomes a preference of its
 * own, {@code game} 1 or 2; the texts are taken from the judge's prompt. Human judgements
 * (lmsys/mt_bench_human_judgments, lmsys/chatbot_arena_conversations): two conversations and a
 * {@code winner}; of {@code turn} 1 only the first answers were judged.
 */
record MtBenchFormat() implements Dialect<Preference> {
  private static final Set<String> CONVERSATIONS =
      Set.of("model_a", "model_b", "winner", "judge", "conversation_a", "conversation_b");
  private static final Set<String> GAMES =
      Set.of(
          "model_1",
          "model_2",
          "g1_winner",
          "g2_winner",
          "judge",
          "g1_user_prompt",
          "g2_user_prompt",
          "g1_judgment",
          "g2_judgment");
  private static final Set<String> SCORES =
      Set.of("model", "judge", "user_prompt", "score", "tstamp");

  @Override
  public Optional<String> recognise(Row row) {
    if (row.hasAll("conversation_a", "conversation_b", "winner")) {
      return Optional.of("conversation_a, conversation_b and winner");
    }
    if (row.hasAll("g1_winner", "g2_winner", "g1_user_prompt")) {
      return Optional.of("g1_winner, g2_winner and g1_user_prompt");
    }
    return row.hasAll("judge", "user_prompt", "score")
        ? Optional.of("judge, user_prompt and score")
        : Optional.empty();
  }

  @Override
  public Parsed<Preference> read(Row row) {
    if (row.has("conversation_a")) {
      return conversations(row);
    }
    if (row.has("g1_winner")) {
      return Parsed.all(DatasetShape.MT_BENCH_GAMES, List.of(game(row, 1), game(row, 2)));
    }
    return score(row);
  }

  private static Parsed<Preference> conversations(Row row) {
    boolean firstTurn = row.number("turn").orElse(0) == 1;
    MtBenchTurns turns =
        MtBenchTurns.of(
            row, row.messages("conversation_a"), row.messages("conversation_b"), firstTurn);
    Judgement judgement = Winner.in(row, "winner");
    Draft draft =
        new Draft(row, DatasetShape.MT_BENCH_CONVERSATIONS, CONVERSATIONS)
            .prompt(turns.prompt())
            .answer(turns.first().by(row.textOr("model_a", "")))
            .answer(turns.second().by(row.textOr("model_b", "")))
            .judged(judgement)
            .by(judge(row))
            .at(row.seconds("tstamp"));
    boolean plainTie = !judgement.isTie() || row.text("winner").equals("tie");
    return (plainTie ? draft : draft.extra("winner", row.json().get("winner"))).done();
  }

  private static Parsed<Preference> game(Row row, int number) {
    String game = "g" + number;
    MtBenchPrompt texts = MtBenchPrompt.pair(row, game + "_user_prompt");
    String first = row.textOr(number == 1 ? "model_1" : "model_2", "");
    String second = row.textOr(number == 1 ? "model_2" : "model_1", "");
    Judgement winner = Winner.in(row, game + "_winner");
    boolean ordered = winner.kind() == Judgement.Kind.RANKED && !winner.isTie();
    boolean firstWon = ordered && (winner.ranks().get(0) == 1) == (number == 1);
    Draft draft =
        new Draft(row, DatasetShape.MT_BENCH_GAMES, GAMES)
            .prompt(texts.prompt())
            .answer(texts.answers().get(0).by(first))
            .answer(texts.answers().get(1).by(second))
            .judged(ordered ? Judgement.better(firstWon) : winner)
            .by(judge(row))
            .at(row.seconds("tstamp"))
            .extra("game", IntNode.valueOf(number));
    JsonNode judgment = row.json().get(game + "_judgment");
    return (judgment == null ? draft : draft.extra("judgment", judgment)).done();
  }

  private static Parsed<Preference> score(Row row) {
    MtBenchPrompt texts = MtBenchPrompt.single(row, "user_prompt");
    double score = row.neededNumber("score");
    // FastChat writes -1 where no score was found in the judge's reply
    Judgement.Kind kind = score < 0 ? Judgement.Kind.ABSTAINED : Judgement.Kind.RATED;
    Answer answer = texts.answers().get(0).by(row.textOr("model", ""));
    return new Draft(row, DatasetShape.MT_BENCH_SCORES, SCORES)
        .prompt(texts.prompt())
        .answer(score < 0 ? answer : answer.scored(row.number("score")))
        .judged(Judgement.of(kind))
        .by(judge(row))
        .at(row.seconds("tstamp"))
        .done();
  }

  /** A model with the name of its prompt, or the name of a person. */
  private static Annotator judge(Row row) {
    JsonNode judge = row.json().path("judge");
    if (judge.isArray()) {
      return Annotator.judge(judge.path(0).asText(), judge.path(1).asText());
    }
    String name = judge.asText();
    return name.matches("(author|expert|arena_user)_.*")
        ? Annotator.person(name)
        : Annotator.named(name);
  }
}
