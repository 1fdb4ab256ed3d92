package org.plumbline.data;

/** How a row spells its content; the names are those of TRL's dataset formats where it has one. */
public enum DatasetShape {
  STANDARD_PREFERENCE("standard preference: prompt, chosen and rejected are texts"),
  CONVERSATIONAL_PREFERENCE("conversational preference: prompt, chosen and rejected are messages"),
  STANDARD_IMPLICIT("standard preference, implicit prompt: the common beginning of the two texts"),
  CONVERSATIONAL_IMPLICIT(
      "conversational preference, implicit prompt: the common first messages of the two lists"),
  UNPAIRED("unpaired preference: prompt, completion, and whether it is good"),
  RANKED("answers in a list with ranks, scores or another judgement"),
  OPENAI_COMPARISONS("OpenAI summaries: info, summaries and choice"),
  OPENAI_RATINGS("OpenAI summaries: info and one rated summary"),
  WEBGPT("WebGPT: question, answer_0, answer_1 and their scores"),
  OPENAI_PREFERENCE("OpenAI: input, preferred_output and non_preferred_output"),
  ULTRAFEEDBACK("UltraFeedback: instruction and scored completions"),
  ULTRAFEEDBACK_BINARIZED("UltraFeedback binarised: chosen and rejected with scores"),
  SHP("SHP: history, human_ref_A, human_ref_B and labels"),
  HELPSTEER_RATINGS("HelpSteer: prompt, response and ratings; rows of one prompt together"),
  HELPSTEER_PREFERENCE("HelpSteer: two responses and a preference from -3 to 3"),
  PKU_SAFERLHF("PKU-SafeRLHF: two responses, the better and the safer one"),
  ALPACA_EVAL("AlpacaEval: instruction, output_1, output_2 and preference"),
  MT_BENCH_CONVERSATIONS("MT-Bench: two conversations and a winner"),
  MT_BENCH_GAMES("MT-Bench: a judge's verdicts in both orders"),
  MT_BENCH_SCORES("MT-Bench: a judge's score of one answer"),
  REWARDBENCH("RewardBench: prompt, chosen, rejected and subset"),
  ARGILLA("Argilla: fields with responses and suggestions"),
  LABEL_STUDIO("Label Studio: data with annotations"),
  VERDICT("two answers and a winner"),
  ALPACA("Alpaca: instruction, input and output"),
  SHAREGPT("ShareGPT: conversations of human and gpt"),
  HH_RLHF("HH-RLHF: two transcripts of Human and Assistant turns"),
  MESSAGES("conversational language modelling: messages, the last turn is the answer"),
  STANDARD_COMPLETION("standard prompt-completion: two texts"),
  CONVERSATIONAL_COMPLETION("conversational prompt-completion: two lists of messages"),
  TEXT("standard language modelling: text without a prompt"),
  STANDARD_PROMPT("standard prompt-only: a text"),
  CONVERSATIONAL_PROMPT("conversational prompt-only: messages");

  private final String description;

  DatasetShape(String description) {
    this.description = description;
  }

  /** One line for the user. */
  public String description() {
    return description;
  }
}
