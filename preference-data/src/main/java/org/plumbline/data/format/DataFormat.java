package org.plumbline.data.format;

import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.stream.Collectors;

/** Formats of files, in the order in which they are tried on a row. */
public enum DataFormat {
  /** Recognised by the first row. */
  AUTO("recognised by the fields of the first row"),
  /** Our own rows, TRL's shapes and HH-RLHF's, each row by its own fields. */
  PLUMBLINE("Plumbline's own rows, TRL's shapes and HH-RLHF transcripts, row by row"),
  OPENAI_COMPARISONS("OpenAI summarize-from-feedback comparisons"),
  WEBGPT_COMPARISONS("OpenAI WebGPT comparisons"),
  OPENAI_PREFERENCE("OpenAI preference fine-tuning"),
  ULTRAFEEDBACK("UltraFeedback: scored completions, or binarised"),
  SHP("Stanford Human Preferences"),
  HELPSTEER("HelpSteer 1 to 3: ratings, or preferences"),
  PKU_SAFERLHF("PKU-SafeRLHF"),
  ALPACA_EVAL("AlpacaEval annotations"),
  MT_BENCH("MT-Bench and Chatbot Arena judgements"),
  REWARDBENCH("RewardBench 1 and 2"),
  ARGILLA("Argilla export: records with responses"),
  LABEL_STUDIO("Label Studio export: pairwise and ranking"),
  VERDICTS("two answers and a winner"),
  HH_RLHF("Anthropic HH-RLHF transcripts"),
  TRL("TRL's preference shapes; texts are never read as transcripts"),
  /** Demonstrations in TRL's and OpenAI's shapes. */
  MESSAGES("OpenAI chat messages, TRL prompt-completion, text"),
  ALPACA("Alpaca instructions and self-instruct seed tasks"),
  SHAREGPT("ShareGPT conversations");

  private static final List<DataFormat> DEMONSTRATIONS = List.of(MESSAGES, ALPACA, SHAREGPT);

  private final String description;

  DataFormat(String description) {
    this.description = description;
  }

  /** Spelling on the command line. */
  public String label() {
    return name().toLowerCase(Locale.ROOT).replace('_', '-');
  }

  /** One line for the user. */
  public String description() {
    return description;
  }

  /** Whether its rows are answers to imitate rather than to compare. */
  public boolean isDemonstrations() {
    return DEMONSTRATIONS.contains(this);
  }

  /** The format spelt so, if there is one. */
  public static Optional<DataFormat> of(String label) {
    return Arrays.stream(values()).filter(format -> format.label().equals(label)).findFirst();
  }

  /** All spellings, for messages. */
  public static String labels() {
    return Arrays.stream(values()).map(DataFormat::label).collect(Collectors.joining(", "));
  }
}
