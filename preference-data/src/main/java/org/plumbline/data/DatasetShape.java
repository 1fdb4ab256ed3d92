package org.plumbline.data;

/** How a row spells its content; the names are those of TRL's dataset formats where it has one. */
public enum DatasetShape {
  STANDARD_PREFERENCE("standard preference: prompt, chosen and rejected are texts"),
  CONVERSATIONAL_PREFERENCE("conversational preference: prompt, chosen and rejected are messages"),
  STANDARD_IMPLICIT("standard preference, implicit prompt: the common beginning of the two texts"),
  CONVERSATIONAL_IMPLICIT(
      "conversational preference, implicit prompt: the common first messages of the two lists"),
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
